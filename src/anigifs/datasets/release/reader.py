"""Open a release as records: names and sizes are checked, bytes are left to `verify`."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from pathlib import Path

from anigifs.core.errors import IntegrityError, shorten
from anigifs.core.records import Box, Clip, ClipSet, Domain, Problem
from anigifs.datasets.release import layout, tables
from anigifs.datasets.release.layout import Manifest
from anigifs.datasets.release.tables import Row


def read_release(root: Path) -> ClipSet:
    """The clips of the release at `root`, ordered by id.

    Raises:
        DataAbsent: no whole release lies there.
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
        return _clip_set(root, manifest)
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the tables of the release {root} are damaged: {error!r}") from None


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


def _clip_set(root: Path, manifest: Manifest) -> ClipSet:
    rows = tables.read_parquet(root / layout.PARQUET)
    kept = [row for row in rows if row["path"] not in manifest.taken_down]
    for row in kept:
        if row["path"] not in manifest.files:
            raise IntegrityError(f"{root}: {row['path']!r} is in the table, not in the manifest")
    boxes = _boxes(root) if layout.BOXES in manifest.files else {}
    return ClipSet(
        name=manifest.name,
        classes=tuple(row["name"] for row in tables.read_csv(root / layout.CLASSES)),
        clips=tuple(_clip(root, row, boxes.get(row["clip_id"], ())) for row in kept),
        simulated=manifest.simulated,
    )


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


def _boxes(root: Path) -> dict[str, list[Box]]:
    found = defaultdict(list)
    for row in tables.read_csv(root / layout.BOXES):
        clip_id = row.pop("clip_id")
        found[clip_id].append(Box(**{key: float(value) for key, value in row.items()}))
    return found
