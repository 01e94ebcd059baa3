"""Open a release as records: names and sizes are checked, bytes are left to `verify`."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Literal

from anigifs.core.errors import IntegrityError, UnknownName, shorten
from anigifs.core.records import Box, Clip, ClipSet, Domain, Problem
from anigifs.datasets.release import layout, tables
from anigifs.datasets.release.hydrated import read_hydrated
from anigifs.datasets.release.layout import Manifest
from anigifs.datasets.release.tables import Row

_WHY = {
    "url": "not shipped: run `anigifs release hydrate`, then open the release with media=DIR",
    "id": "not shipped: its provider lets only its id be told",
}


def read_release(
    root: Path,
    *,
    scheme: str = "",
    media: Path | None = None,
    absent: Literal["skip", "keep"] = "skip",
) -> ClipSet:
    """The clips of the release at `root`, ordered by id.

    Args:
        root: the folder that holds release.json.
        scheme: one of its ways to split (a folder of `splits/`): only the clips and classes of
            this scheme, with its splits. Empty: all clips, with the release's main split.
        media: a folder that `anigifs release hydrate` filled: clips that are not shipped are
            taken from there.
        absent: what becomes of clips without bytes: `skip` makes each a problem of the set;
            `keep` yields their records with a path where no file is.

    Raises:
        DataAbsent: no whole release lies there; `media` was not filled by `hydrate`.
        UnknownName: there is no such scheme.
        IntegrityError: a listed file is missing without a tombstone or has another size, or
            the tables are damaged. Added files are only noticed by `verify_release`.
    """
    manifest = layout.read_manifest(root)
    if faults := size_faults(root, manifest):
        named = shorten([f"{fault.item} ({fault.reason})" for fault in faults], 5)
        raise IntegrityError(
            f"{len(faults)} of {len(manifest.files)} files of the release {root} are not as "
            f"published: {named}. Fetch them again; `anigifs release verify {root}` checks all."
        )
    try:
        rows = read_rows(root, manifest)
        found = _clip_set(root, manifest, rows)
        found = _of_scheme(found, schemes(root, manifest), scheme) if scheme else found
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the tables of the release {root} are damaged: {error!r}") from None
    missing = {row["clip_id"]: row["media"] for row in rows if _is_absent(row)}
    if media is not None:
        found = _from_folder(found, missing, media)
    return found if absent == "keep" else _without(found, missing)


def read_rows(root: Path, manifest: Manifest) -> list[Row]:
    """The rows of the clips that are published, with every column, ordered by id.

    Raises:
        IntegrityError: the table is damaged, or names a file that the manifest does not.
    """
    rows = tables.read_parquet(root / layout.PARQUET)
    kept = [row for row in rows if row["path"] not in manifest.taken_down]
    for row in kept:
        layout.check_inside(row["path"], root)
        if row["path"] not in manifest.files and not _is_absent(row):
            raise IntegrityError(f"{root}: {row['path']!r} is in the table, not in the manifest")
    return kept


def schemes(root: Path, manifest: Manifest) -> dict[str, dict[str, str]]:
    """The ways to split this release: scheme to clip to split."""
    found: dict[str, dict[str, str]] = {}
    for name in sorted(manifest.files):
        match PurePosixPath(name).parts:
            case ("splits", scheme, file) if file.endswith(".csv"):
                members = found.setdefault(scheme, {})
                for row in tables.read_csv(root / name):
                    members[row["clip_id"]] = file.removesuffix(".csv")
    return found


def size_faults(root: Path, manifest: Manifest) -> list[Problem]:
    """Listed files that are missing, not plain files, of another size, or taken down yet there."""
    faults = []
    for name, fact in manifest.files.items():
        try:
            status = os.lstat(root / name)
        except OSError:
            if name not in manifest.taken_down:
                faults.append(Problem(name, "missing"))
            continue
        if name in manifest.taken_down:
            faults.append(Problem(name, "taken down, but still there"))
        elif not stat.S_ISREG(status.st_mode):
            faults.append(Problem(name, "not a plain file"))
        elif status.st_size != fact.bytes:
            faults.append(Problem(name, f"{status.st_size} bytes, published with {fact.bytes}"))
    return faults


def _clip_set(root: Path, manifest: Manifest, rows: list[Row]) -> ClipSet:
    boxes = read_boxes(root / layout.BOXES) if layout.BOXES in manifest.files else {}
    return ClipSet(
        name=manifest.name,
        classes=tuple(row["name"] for row in tables.read_csv(root / layout.CLASSES)),
        clips=tuple(_clip(root, row, boxes.get(row["clip_id"], ())) for row in rows),
        simulated=manifest.simulated,
    )


def _is_absent(row: Row) -> bool:
    return row.get("media") in layout.ABSENT


def _of_scheme(found: ClipSet, known: dict[str, dict[str, str]], scheme: str) -> ClipSet:
    if scheme not in known:
        raise UnknownName("split scheme of this release", scheme, known)
    splits = known[scheme]
    clips = [replace(clip, split=splits[clip.id]) for clip in found.clips if clip.id in splits]
    labels = {clip.label for clip in clips}
    classes = tuple(name for name in found.classes if name in labels)
    return replace(found, classes=classes, clips=tuple(clips))


def _from_folder(found: ClipSet, missing: dict[str, str], folder: Path) -> ClipSet:
    """The same, with those of the missing clips that were fetched; they miss no more."""
    have = read_hydrated(folder)
    clips = []
    for clip in found.clips:
        if clip.id in missing and clip.id in have:
            clip = replace(clip, path=folder / have[clip.id].path)
            del missing[clip.id]
        clips.append(clip)
    return replace(found, clips=tuple(clips))


def _without(found: ClipSet, missing: dict[str, str]) -> ClipSet:
    problems = tuple(
        Problem(clip.id, _WHY[missing[clip.id]]) for clip in found.clips if clip.id in missing
    )
    kept = found.where(lambda clip: clip.id not in missing)
    return replace(kept, problems=found.problems + problems)


def _clip(root: Path, row: Row, boxes: tuple[Box, ...] | list[Box]) -> Clip:
    start, end = row["start_s"], row["end_s"]
    return Clip(
        id=row["clip_id"],
        path=root / row["path"],
        domain=Domain(row["domain"]),
        label=row["label"],
        split=row["split"],
        group=row["group"],
        span_s=None if start is None or end is None else (start, end),
        boxes=tuple(boxes),
    )


def read_boxes(path: Path) -> dict[str, list[Box]]:
    """The boxes of a file such as boxes.csv, by clip. Raises `IntegrityError`: it is no CSV."""
    found = defaultdict(list)
    for row in tables.read_csv(path):
        clip_id = row.pop("clip_id")
        found[clip_id].append(Box(**{key: float(value) for key, value in row.items()}))
    return found
