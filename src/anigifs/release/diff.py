"""What changed between two versions of a release, and which step of the version that asks for.

major: labels or splits changed: a class came or went, a clip has another label, moved to another
       split, or is gone without having been taken down
minor: clips were added, or a way to split
patch: nothing but metadata; clips were taken down
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from anigifs.core.errors import InputError
from anigifs.datasets.release import layout, read_manifest, reader, tables

Step = Literal["major", "minor", "patch"]
MAIN = ""
"""The name under which the main split stands among the schemes."""
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What two versions are compared by.

    labels: clip to class. schemes: scheme to clip to split; the main split is under "".
    facts: clip to everything else in its row. gone: the clips that were taken down, ever.
    files: path to sha256 of every file but the media and the tables of clips.
    """

    name: str
    version: str
    classes: tuple[str, ...]
    labels: Mapping[str, str]
    schemes: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)


class Moved(NamedTuple):
    """A clip that changed: what was, what is. scheme: "" for a label or the main split."""

    clip: str
    was: str
    now: str
    scheme: str = MAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The differences, each sorted. needs: the step of the version that they ask for."""

    old: str
    new: str
    needs: Step
    added: tuple[str, ...]
    removed: tuple[str, ...]
    taken_down: tuple[str, ...]
    relabelled: tuple[Moved, ...]
    moved: tuple[Moved, ...]
    changed: Mapping[str, int]
    classes_added: tuple[str, ...]
    classes_removed: tuple[str, ...]
    classes_reordered: bool
    schemes_added: tuple[str, ...]
    schemes_removed: tuple[str, ...]
    files: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for a program."""
        told = asdict(self)
        for name in ("relabelled", "moved"):
            told[name] = [each._asdict() for each in getattr(self, name)]
        return told


def snapshot(root: Path) -> Snapshot:
    """The release at `root`. Raises `DataAbsent` or `IntegrityError` as reading it does."""
    manifest = read_manifest(root)
    rows = reader.read_rows(root, manifest)
    main = {row["clip_id"]: row["split"] for row in rows if row["split"]}
    left_out = ("clip_id", "label", "split")
    stems = {Path(path).stem for path in manifest.taken_down}
    return Snapshot(
        name=manifest.name,
        version=manifest.version,
        classes=tuple(row["name"] for row in tables.read_csv(root / layout.CLASSES)),
        labels={row["clip_id"]: row["label"] for row in rows},
        schemes={MAIN: main, **reader.schemes(root, manifest)},
        facts={
            row["clip_id"]: {key: value for key, value in row.items() if key not in left_out}
            for row in rows
        },
        gone=frozenset(stems),
        files={
            path: fact.sha256
            for path, fact in manifest.files.items()
            if not path.startswith("media/") and path not in (layout.PARQUET, layout.CSV)
        },
    )


def compare(old: Snapshot, new: Snapshot) -> Diff:
    """What changed from `old` to `new`."""
    both = sorted(old.labels.keys() & new.labels.keys())
    missing = sorted(old.labels.keys() - new.labels.keys())
    names = set(old.classes) ^ set(new.classes)
    kept = [name for name in old.classes if name not in names]
    found: dict[str, Any] = {
        "added": tuple(sorted(new.labels.keys() - old.labels.keys())),
        "removed": tuple(name for name in missing if name not in new.gone),
        "taken_down": tuple(name for name in missing if name in new.gone),
        "relabelled": tuple(
            Moved(name, old.labels[name], new.labels[name])
            for name in both if old.labels[name] != new.labels[name]
        ),
        "moved": _moved(old, new, both),
        "classes_added": tuple(sorted(names & set(new.classes))),
        "classes_removed": tuple(sorted(names & set(old.classes))),
        "classes_reordered": kept != [name for name in new.classes if name not in names],
        "schemes_added": tuple(sorted(new.schemes.keys() - old.schemes.keys())),
        "schemes_removed": tuple(sorted(old.schemes.keys() - new.schemes.keys())),
    }  # fmt: skip
    return Diff(
        old=old.version,
        new=new.version,
        needs=_needs(found),
        changed=_changed(old, new, both),
        files=tuple(sorted(
            path for path in old.files.keys() | new.files.keys()
            if old.files.get(path) != new.files.get(path)
        )),
        **found,
    )  # fmt: skip


def lines(found: Diff, most: int = 20) -> list[str]:
    """The differences for people, `most` clips of each kind by name."""
    told = [f"{found.old} -> {found.new}: this is a {found.needs} change"]
    for name in ("added", "removed", "taken_down", "classes_added", "classes_removed",
                 "schemes_added", "schemes_removed", "files"):  # fmt: skip
        told += _listed(name.replace("_", " "), list(getattr(found, name)), most)
    told += ["the classes have another order"] if found.classes_reordered else []
    told += _listed("relabelled", [f"{m.clip}: {m.was} -> {m.now}" for m in found.relabelled], most)
    moves = [f"{m.clip}: {m.was or '-'} -> {m.now or '-'}{_in(m.scheme)}" for m in found.moved]
    told += _listed("moved", moves, most)
    told += [f"{name}: differs for {count} clips" for name, count in found.changed.items()]
    return told


def require_step(found: Diff) -> None:
    """Refuse a new version number that is not the step that the changes ask for.

    Raises:
        InputError: the message names the needed one.
    """
    old, new = parse(found.old), parse(found.new)
    right = {"major": (old[0] + 1, 0, 0), "minor": (old[0], old[1] + 1, 0),
             "patch": (old[0], old[1], old[2] + 1)}[found.needs]  # fmt: skip
    if _step(old, new) != found.needs:
        raise InputError(
            f"{found.new} cannot follow {found.old}: {_why(found)}, which is a {found.needs} "
            f"change; give it the version {'.'.join(map(str, right))}"
        )


def parse(version: str) -> tuple[int, int, int]:
    """MAJOR.MINOR.PATCH. Raises `InputError` for anything else."""
    if not (found := _VERSION.fullmatch(version)):
        raise InputError(f"a version is MAJOR.MINOR.PATCH, for example 1.0.0; got {version!r}")
    return int(found[1]), int(found[2]), int(found[3])


def _step(old: tuple[int, int, int], new: tuple[int, int, int]) -> str:
    """Which step leads from `old` to `new`: the first higher number, zeros behind it."""
    for place, name in enumerate(("major", "minor", "patch")):
        if new[place] != old[place]:
            return name if new[place] > old[place] and not any(new[place + 1 :]) else "none"
    return "none"


def _needs(found: Mapping[str, Any]) -> Step:
    major = ("removed", "relabelled", "moved", "classes_added", "classes_removed",
             "classes_reordered", "schemes_removed")  # fmt: skip
    if any(found[name] for name in major):
        return "major"
    return "minor" if found["added"] or found["schemes_added"] else "patch"


def _why(found: Diff) -> str:
    reasons = {
        "clips are gone": found.removed, "labels changed": found.relabelled,
        "splits changed": found.moved or found.schemes_removed,
        "the classes changed":
            found.classes_added or found.classes_removed or found.classes_reordered,
        "clips were added": found.added, "a way to split was added": found.schemes_added,
    }  # fmt: skip
    told = [reason for reason, changed in reasons.items() if changed]
    return " and ".join(told[:2]) or "only metadata changed"


def _moved(old: Snapshot, new: Snapshot, both: list[str]) -> tuple[Moved, ...]:
    shared = sorted(old.schemes.keys() & new.schemes.keys())
    pairs = ((name, old.schemes[name], new.schemes[name]) for name in shared)
    return tuple(
        Moved(clip, was.get(clip, ""), now.get(clip, ""), name)
        for name, was, now in pairs
        for clip in both
        if was.get(clip) != now.get(clip)
    )


def _changed(old: Snapshot, new: Snapshot, both: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for clip in both:
        was, now = old.facts.get(clip, {}), new.facts.get(clip, {})
        for name in was.keys() | now.keys():
            if was.get(name) != now.get(name):
                counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


def _listed(what: str, names: list[str], most: int) -> list[str]:
    if not names:
        return []
    more = [f"  ... and {len(names) - most} more"] if len(names) > most else []
    return [f"{what}: {len(names)}", *(f"  {name}" for name in names[:most]), *more]


def _in(scheme: str) -> str:
    return f" ({scheme})" if scheme else ""
