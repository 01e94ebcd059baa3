"""Build a release from a workspace: plan it, store the bytes, write the tables, seal it.

The same workspace gives the same bytes: nothing of the hour, of this computer or of the order of
work gets in. A run that is killed is gone on with by the same call.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from anigifs import __version__
from anigifs.catalog import Workspace
from anigifs.catalog.annotation import is_simulated
from anigifs.catalog.database import chunks
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet
from anigifs.datasets.release import ReleaseWriter, is_release, read_manifest, read_release
from anigifs.datasets.release.layout import FileFact, Tombstone
from anigifs.media.fingerprint import RECIPE
from anigifs.release import beside
from anigifs.release.beside import Print, VoteRow
from anigifs.release.card import write_documents
from anigifs.release.plan import Boxes, BuildConfig, clip_id, plan
from anigifs.release.records import Built, ClipRow, Media

MADE_BY = "anigifs release build"
AT_ONCE = 500
Documents = Callable[[Path, Workspace, Built], None]
"""Writes what describes a release into its folder, when its tables are there."""


class Store(Protocol):
    """Where the bytes and the votes of a release come from."""

    def read(self, row: ClipRow) -> bytes:
        """The bytes of a clip."""

    def votes(self) -> Iterable[VoteRow]:
        """What people said."""

    def prints(self, rows: Iterable[ClipRow]) -> Iterable[Print]:
        """How these clips look, in their order; those without a fingerprint are left out."""


class FromWorkspace:
    """The store of a first version."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def read(self, row: ClipRow) -> bytes:
        """The blob, checked."""
        return self._workspace.blobs.read(row.sha256)

    def votes(self) -> Iterator[VoteRow]:
        """The votes that count, but those on what was taken down; notes are not published."""
        people = {person.name: person for person in self._workspace.people.all()}
        gone = self._workspace.takedowns.names()
        for vote in self._workspace.votes.current():
            if vote.sha256 not in gone:
                yield VoteRow(
                    clip_id=clip_id(vote.sha256), sha256=vote.sha256, label=vote.label,
                    person=f"p{people[vote.person].id}",
                    simulated=is_simulated(vote.person),
                    animation=vote.animation.value, character=vote.character.value,
                    exact=vote.exact.value, other=vote.other, took_ms=vote.took_ms,
                )  # fmt: skip

    def prints(self, rows: Iterable[ClipRow]) -> Iterator[Print]:
        """What dedup knows them by."""
        for part in chunks(rows, AT_ONCE):
            found = self._workspace.fingerprints.get(RECIPE, [row.sha256 for row in part])
            for row in part:
                if row.sha256 in found:
                    yield Print(row.id, RECIPE, found[row.sha256])


def build(
    workspace: Workspace, out: Path, config: BuildConfig, previous: Path | None = None,
    boxes: Boxes | None = None, describe: Documents = write_documents,
) -> ClipSet:  # fmt: skip
    """Write the release of `workspace` at `out`; returns it, absent clips included.

    Finished already, the same call changes nothing.

    Args:
        workspace: what people accepted in it is released.
        out: a new folder, or one that a killed run left.
        config: name, version, splits.
        previous: the release that this one follows.
        boxes: around the acting character, by clip.
        describe: writes the card and the figures.

    Raises:
        InputError: nothing can be released; the version does not fit; `out` is taken.
        IntegrityError: bytes are missing or changed.
    """
    built = plan(workspace, config, previous, boxes)
    stones = _stones(workspace, previous, built) if previous else ()
    built = replace(built, facts=facts_of(built, stones))

    def finish() -> None:
        describe(out, workspace, built)

    return write(out, built, FromWorkspace(workspace), stones, finish)


def write(
    out: Path, built: Built, store: Store, stones: Iterable[Tombstone],
    finish: Callable[[], None],
) -> ClipSet:  # fmt: skip
    """Write a planned release, whose facts are set; `finish` is called before it is sealed.

    Raises:
        InputError, IntegrityError: as `build`.
    """
    if is_release(out) and read_manifest(out).facts == built.facts:
        return read_release(out, absent="keep")
    writer = ReleaseWriter(
        out, built.name, built.version, built.classes, built.domain, built.simulated, built.facts
    )
    for row in track(built.rows, "release", len(built.rows)):
        if row.id not in writer:
            _add(writer, row, built, store)

    def seal() -> None:
        _tables(out, built, store)
        finish()

    return writer.close(seal, stones)


def facts_of(built: Built, stones: Iterable[Tombstone] = ()) -> dict[str, Any]:
    """What release.json says of the making; equal for equal releases only."""
    digest = hashlib.sha256()
    for row in (*built.rows, *built.left_out, *stones):
        digest.update(repr(row).encode())
    return {
        "made_by": MADE_BY,
        "made_with": f"anigifs {__version__}",
        "schemes": [
            {
                "name": each.name, "about": each.about, "seed": each.seed,
                "options": dict(each.options), "splits": dict(each.splits),
                "classes": len(each.classes),
            } for each in built.schemes
        ],
        "media": Counter(row.media.value for row in built.rows),
        "licences": built.licences,
        "classes_without_clips": len(built.empty),
        "left_out": Counter(one.reason.partition(":")[0] for one in built.left_out),
        "rows_sha256": digest.hexdigest(),
    }  # fmt: skip


def columns(row: ClipRow) -> dict[str, Any]:
    """What clips.parquet says of a clip beyond what it says of every dataset's."""
    return {
        "media": row.media.value, "source": f"{row.provider}:{row.item}", "url": row.url,
        "page_url": row.page_url, "licence": row.licence, "licence_url": row.licence_url,
        "width": row.width, "height": row.height, "frames": row.frames,
        "duration_ms": row.duration_ms, "colours": row.colours, "moving": row.moving,
        "year": row.year,
    }  # fmt: skip


def row_of(
    cells: Mapping[str, Any], credit: Mapping[str, str], splits: Mapping[str, str]
) -> ClipRow:
    """The clip of a row of clips.parquet, a row of ATTRIBUTION.csv, and its splits."""
    provider, _, item = cells["source"].partition(":")
    same = ("url", "page_url", "licence", "licence_url", "width", "height", "frames",
            "duration_ms", "colours", "moving", "year")  # fmt: skip
    known: dict[str, Any] = {name: cells.get(name) for name in same} | dict(credit)
    return ClipRow(
        id=cells["clip_id"], sha256=cells["sha256"], path=cells["path"],
        media=Media(cells["media"]), label=cells["label"], splits=splits, group=cells["group"],
        bytes=cells["bytes"], provider=provider, item=item, **known,
    )  # fmt: skip


def _add(writer: ReleaseWriter, row: ClipRow, built: Built, store: Store) -> None:
    clip = Clip(
        id=row.id, path=Path("-"), domain=built.domain, label=row.label,
        split=row.splits.get(built.schemes[0].name, ""), group=row.group, boxes=row.boxes,
    )  # fmt: skip
    suffix = Path(row.path).suffix
    if row.media is Media.SHIPPED:
        writer.add(clip, store.read(row), suffix, columns(row))
    else:
        fact = FileFact(bytes=row.bytes, sha256=row.sha256)
        writer.add_absent(clip, fact, suffix, columns(row))


def _tables(root: Path, built: Built, store: Store) -> None:
    beside.write_beside(root, built)
    known = {row.id for row in built.rows}
    votes = store.votes()
    beside.write_votes(
        root, (vote if vote.clip_id in known else vote._replace(clip_id="") for vote in votes)
    )
    beside.write_prints(root, store.prints(row for row in built.rows if row.media is Media.URL))


def _stones(workspace: Workspace, previous: Path, built: Built) -> tuple[Tombstone, ...]:
    """The tombstones of the previous version, and of its clips that were taken down since."""
    manifest = read_manifest(previous)
    reasons = {clip_id(each.sha256): each.reason for each in workspace.takedowns.all()}
    found = read_release(previous, absent="keep")
    new = [
        Tombstone(path=clip.path.relative_to(previous).as_posix(), reason=reasons[clip.id],
                  version=built.version)
        for clip in found.clips if clip.id in reasons
    ]  # fmt: skip
    return (*manifest.tombstones, *new)
