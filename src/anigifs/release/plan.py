"""Decide what a release will be, before a byte is written: clips, classes, splits, version."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from anigifs.catalog import Workspace
from anigifs.catalog.annotation import is_simulated
from anigifs.catalog.database import chunks
from anigifs.core.config import Config
from anigifs.core.errors import InputError, IntegrityError, shorten
from anigifs.core.records import Box, Domain
from anigifs.datasets.release import layout
from anigifs.release import cells, classes, diff, splits
from anigifs.release.diff import Snapshot
from anigifs.release.gather import Chosen, accepted, looks
from anigifs.release.groups import grouped
from anigifs.release.records import Built, ClipRow, LeftOut, Media, Scheme
from anigifs.release.splits import Draw, Item, SplitConfig

ID_DIGITS = 16
AT_ONCE = 1_000
Boxes = Mapping[str, Sequence[Box]]


class BuildConfig(Config):
    """What a release shall be."""

    version: str
    """MAJOR.MINOR.PATCH. Labels or splits changed: major; clips added: minor; else patch."""
    name: str = Field("ani-gifs", min_length=1)
    """The dataset's name."""
    domain: Domain = Domain.ANIMATED_GIF
    """Where the pixels of its clips come from."""
    simulated: bool = False
    """Say that it was made by programs; also set where simulated people voted."""
    splits: SplitConfig = SplitConfig()
    """How it is split."""


def plan(
    workspace: Workspace,
    config: BuildConfig,
    previous: Path | None = None,
    boxes: Boxes | None = None,
) -> Built:
    """What the release of this workspace would be.

    Args:
        workspace: people's verdicts decide what is in.
        config: name, version, splits.
        previous: the release that this one follows: its splits stay, its version is checked.
        boxes: around the acting character, by clip.

    Raises:
        InputError: nothing was accepted; a class name cannot be released; the version does not
            fit what changed since `previous`.
        IntegrityError: bytes are missing.
    """
    diff.parse(config.version)
    before = diff.snapshot(previous) if previous else None
    chosen, left_out = accepted(workspace)
    if not chosen:
        raise InputError(_nothing(workspace, left_out))
    _check_names(chosen)
    items = _items(workspace, chosen)
    schemes = _schemes(items, config.splits, before)
    labels = classes.ordered(one.label for one in chosen)
    rows = _rows(workspace, chosen, _Places(labels, items, schemes, boxes or {}))
    funnel = workspace.funnel()
    built = Built(
        name=layout.check_name("the release name", config.name),
        version=config.version,
        domain=config.domain,
        simulated=config.simulated or _is_simulated(workspace),
        classes=labels,
        rows=rows,
        schemes=tuple(_scheme(name, found, config.splits) for name, found in schemes.items()),
        licences=licences(rows),
        funnel=funnel,
        empty=classes.emptied(funnel, labels),
        left_out=tuple(left_out),
    )
    if before is not None:
        check_version(before, built, workspace)
    return built


def clip_id(sha256: str) -> str:
    """The id of a clip: the same in every version, and no number to any reader of CSV."""
    return f"g{sha256[:ID_DIGITS]}"


def licences(rows: Iterable[ClipRow]) -> dict[str, dict[str, int]]:
    """Licence to what is released of its clips to how many, sorted."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row.licence][row.media.value] += 1
    return {name: dict(sorted(counts[name].items())) for name in sorted(counts)}


def check_version(before: Snapshot, built: Built, workspace: Workspace) -> None:
    """Refuse a version that does not fit what changed. Raises `InputError`."""
    if before.name != built.name:
        raise InputError(f"the previous release is of {before.name!r}, this one of {built.name!r}")
    gone = frozenset(clip_id(name) for name in workspace.takedowns.names())
    diff.require_step(diff.compare(before, snapshot_of(built, gone)))


def snapshot_of(built: Built, gone: frozenset[str] = frozenset()) -> Snapshot:
    """A planned release, to be compared by labels and splits."""
    named = [scheme.name for scheme in built.schemes]
    schemes = {
        name: {row.id: row.splits[name] for row in built.rows if name in row.splits}
        for name in named
    }
    return Snapshot(
        name=built.name,
        version=built.version,
        classes=built.classes,
        labels={row.id: row.label for row in built.rows},
        schemes={diff.MAIN: schemes[named[0]], **schemes},
        gone=gone,
    )


class _Places:
    """Where each clip belongs: folder, group, splits, boxes."""

    def __init__(
        self, labels: tuple[str, ...], items: Sequence[Item], schemes: Mapping[str, Draw],
        boxes: Boxes,
    ) -> None:  # fmt: skip
        self.folders = layout.class_folders(labels)
        self.groups = {item.id: item.group for item in items}
        self.schemes, self.boxes = schemes, boxes

    def of(self, one: Chosen, suffix: str) -> dict[str, Any]:
        name = clip_id(one.sha256)
        found = {scheme: made.splits.get(name) for scheme, made in self.schemes.items()}
        return {
            "id": name,
            "path": f"media/{self.folders[one.label]}/{name}{suffix}",
            "group": self.groups[name],
            "splits": {scheme: split for scheme, split in found.items() if split},
            "boxes": tuple(self.boxes.get(name, ())),
        }


def _items(workspace: Workspace, chosen: Sequence[Chosen]) -> list[Item]:
    names = [one.sha256 for one in chosen]
    groups = grouped(names, workspace.decisions.current(), workspace.provenance.pages())
    items = [Item(clip_id(one.sha256), one.label, clip_id(groups[one.sha256])) for one in chosen]
    if len({item.id for item in items}) < len(items):
        raise IntegrityError("two animations share the first 16 digits of their sha256")
    return items


def _schemes(
    items: Sequence[Item], config: SplitConfig, before: Snapshot | None
) -> dict[str, Draw]:
    found = {}
    for name in config.schemes:
        made = splits.draw(name, items, config, _kept(before, name))
        splits.refuse_crossing(items, made.splits, name)
        if made.splits:
            found[name] = made
    if not found:
        raise InputError(
            f"no class has {config.least} clips in {splits.LEAST_GROUPS} groups, so da-40 would "
            "be empty; lower --least, or take dg-full as well"
        )
    return found


def _kept(before: Snapshot | None, name: str) -> Draw | None:
    if before is None or name not in before.schemes:
        return None
    made = dict(before.schemes[name])
    return Draw(
        tuple(sorted({before.labels[clip] for clip in made if clip in before.labels})), made
    )


def _scheme(name: str, made: Draw, config: SplitConfig) -> Scheme:
    drawn = name != "dg-full"
    options: dict[str, Any] = {"shares": list(config.shares)} if drawn else {}
    if name == "da-40":
        options |= {"top": config.top, "least": config.least}
    return Scheme(
        name=name,
        classes=classes.ordered(made.classes),
        splits=dict(sorted(Counter(made.splits.values()).items())),
        about=splits.about(name, config, len(made.classes)),
        seed=config.seed if drawn else None,
        options=options,
    )


def _rows(workspace: Workspace, chosen: Sequence[Chosen], places: _Places) -> tuple[ClipRow, ...]:
    rows = []
    for part in chunks(chosen, AT_ONCE):
        seen = looks(workspace, [one.sha256 for one in part])
        rows += [_row(workspace, one, seen[one.sha256], places) for one in part]
    return tuple(sorted(rows, key=lambda row: row.id))


def _row(workspace: Workspace, one: Chosen, seen: Mapping[str, Any], places: _Places) -> ClipRow:
    hit, path = one.hit, workspace.blobs.path(one.sha256)
    told = one.media is not Media.ID
    return ClipRow(
        sha256=one.sha256, media=one.media, label=one.label, bytes=path.stat().st_size,
        provider=hit.provider, item=hit.id,
        url=hit.url if told and hit.url.startswith("http") and hit.may_release_url else "",
        page_url=hit.page_url if told and hit.may_release_url else "",
        title=hit.title if told else "", creator=hit.creator if told else "", credit=hit.credit,
        licence=hit.spdx, licence_text=hit.licence_text, licence_url=hit.licence_url,
        year=one.year, **numbers(seen), **places.of(one, suffix_of(path)),
    )  # fmt: skip


def numbers(seen: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of `ClipRow` as their types."""
    whole = {name: int(seen[name]) for name in ("width", "height", "frames") if name in seen}
    parts = ("duration_ms", "colours", "moving")
    return whole | {name: float(seen[name]) for name in parts if name in seen}


def suffix_of(path: Path) -> str:
    """The suffix that the first bytes of a file ask for."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"\x89PNG"):
        return ".png"
    if head[:4] == b"RIFF":
        return ".webp"
    return ".mp4" if head[4:8] == b"ftyp" else ".gif"


def _check_names(chosen: Iterable[Chosen]) -> None:
    if bad := sorted({one.label for one in chosen if not one.label or cells.runs(one.label)}):
        raise InputError(
            f"the class names {shorten([repr(name) for name in bad], 5)} cannot be released: a "
            "spreadsheet would take them for formulas, or they are empty; rename the classes"
        )


def _is_simulated(workspace: Workspace) -> bool:
    return any(is_simulated(person.name) for person in workspace.people.all())


def _nothing(workspace: Workspace, left_out: Sequence[LeftOut]) -> str:
    reasons = Counter(one.reason.partition(":")[0] for one in left_out).most_common(3)
    told = "; ".join(f"{reason} ({count} times)" for reason, count in reasons)
    why = f"what was accepted is left out: {told}" if told else "nothing was accepted yet"
    return f"{workspace.root} has nothing to release: {why}. See: anigifs status {workspace.root}"
