"""A patch version of a published release, without what was taken down since."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from anigifs.catalog import Workspace
from anigifs.core.errors import InputError, IntegrityError
from anigifs.core.records import ClipSet
from anigifs.datasets.release import layout, read_manifest, read_release, reader, tables
from anigifs.datasets.release.layout import Tombstone
from anigifs.release import beside, classes
from anigifs.release.beside import Print, VoteRow
from anigifs.release.build import MADE_BY, Documents, facts_of, row_of, write
from anigifs.release.card import write_documents
from anigifs.release.diff import parse
from anigifs.release.plan import licences
from anigifs.release.records import Built, ClipRow, Scheme


class FromRelease:
    """The store of a version that follows: the release before it."""

    def __init__(self, root: Path, gone: Iterable[str]) -> None:
        self._root, self._gone = root, frozenset(gone)

    def read(self, row: ClipRow) -> bytes:
        """The published bytes, checked."""
        data = (self._root / row.path).read_bytes()
        if hashlib.sha256(data).hexdigest() != row.sha256:
            raise IntegrityError(
                f"{self._root / row.path} is not as published; see: anigifs release verify"
            )
        return data

    def votes(self) -> Iterator[VoteRow]:
        """The published votes, but those on what was taken down."""
        return (vote for vote in beside.read_votes(self._root) if vote.sha256 not in self._gone)

    def prints(self, rows: Iterable[ClipRow]) -> Iterator[Print]:
        """The published fingerprints."""
        wanted = {row.id for row in rows}
        return (each for each in beside.read_prints(self._root) if each.clip_id in wanted)


def without(
    root: Path, out: Path, workspace: Workspace, describe: Documents = write_documents
) -> ClipSet:
    """Write the next patch version of the release at `root`, without what was taken down.

    The clips that stay keep everything: ids, labels, splits, bytes. The classes stay, too, even
    where one has no clip any more.

    Args:
        root: the published release, which is not touched.
        out: a new folder.
        workspace: its takedowns count.
        describe: writes the card and the figures.

    Raises:
        InputError: nothing of the release was taken down; it was not built from a workspace.
        IntegrityError: the release is damaged.
    """
    gone = {each.sha256: each.reason for each in workspace.takedowns.all()}
    old = read_built(root, workspace)
    ended = [row for row in old.rows if row.sha256 in gone]
    if not ended:
        raise InputError(f"nothing of {root} was taken down, so there is nothing to publish anew")
    major, minor, patch = parse(old.version)
    version = f"{major}.{minor}.{patch + 1}"
    stones = (
        *read_manifest(root).tombstones,
        *(Tombstone(path=row.path, reason=gone[row.sha256], version=version) for row in ended),
    )
    built = _kept(replace(old, version=version), frozenset(gone))
    built = replace(built, facts=facts_of(built, stones))

    def finish() -> None:
        describe(out, workspace, built)

    return write(out, built, FromRelease(root, gone), stones, finish)


def read_built(root: Path, workspace: Workspace) -> Built:
    """A published release as it was planned, with the funnel of today.

    Raises:
        InputError: it was not built from a workspace.
    """
    manifest = read_manifest(root)
    if manifest.facts.get("made_by") != MADE_BY:
        raise InputError(
            f"{root} was not made by `{MADE_BY}`; make it again with the command that made it"
        )
    credit, splits = beside.read_credits(root), reader.schemes(root, manifest)
    boxes = {clip.id: clip.boxes for clip in read_release(root, absent="keep").clips}
    rows = tuple(
        replace(
            row_of(cells, credit[name], {s: m[name] for s, m in splits.items() if name in m}),
            boxes=boxes[name],
        )
        for cells in reader.read_rows(root, manifest)
        for name in [cells["clip_id"]]
    )
    names = tuple(row["name"] for row in tables.read_csv(root / layout.CLASSES))
    funnel = workspace.funnel()
    return Built(
        name=manifest.name, version=manifest.version, domain=manifest.domain,
        simulated=manifest.simulated, classes=names, rows=rows,
        schemes=tuple(_scheme(facts, rows) for facts in manifest.facts["schemes"]),
        licences=licences(rows), funnel=funnel, empty=classes.emptied(funnel, names),
        left_out=beside.read_left_out(root), facts=manifest.facts,
    )  # fmt: skip


def _kept(old: Built, gone: frozenset[str]) -> Built:
    rows = tuple(row for row in old.rows if row.sha256 not in gone)
    if not rows:
        raise InputError("nothing would be left of the release; withdraw it instead")
    return replace(
        old,
        rows=rows,
        licences=licences(rows),
        schemes=tuple(
            replace(each, splits=_counts(each.name, rows, each.splits)) for each in old.schemes
        ),
        left_out=tuple(one for one in old.left_out if one.sha256 not in gone),
    )


def _scheme(facts: dict[str, Any], rows: tuple[ClipRow, ...]) -> Scheme:
    name = facts["name"]
    return Scheme(
        name=name,
        classes=classes.ordered(row.label for row in rows if name in row.splits),
        splits=facts["splits"],
        about=facts["about"],
        seed=facts["seed"],
        options=facts["options"],
    )


def _counts(scheme: str, rows: tuple[ClipRow, ...], before: Iterable[str]) -> dict[str, int]:
    """Clips in each split; one that became empty stays, with no clip."""
    counts = Counter(row.splits[scheme] for row in rows if scheme in row.splits)
    return {split: counts[split] for split in sorted(before)}
