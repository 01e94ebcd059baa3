"""Check a release byte by byte against its manifest."""

from __future__ import annotations

from pathlib import Path

from anigifs.core import files
from anigifs.core.errors import IntegrityError
from anigifs.core.progress import track
from anigifs.core.records import Problem
from anigifs.datasets.release import layout
from anigifs.datasets.release.reader import size_faults
from anigifs.datasets.release.writer import files_below


def verify_release(root: Path) -> list[Problem]:
    """Every difference between the release at `root` and its manifest; none: it is as published.

    Notices missing, changed and added files. An absence is accepted only where a tombstone
    says so.

    Raises:
        DataAbsent: no whole release lies there.
        IntegrityError: the manifest itself is damaged.
    """
    manifest = layout.read_manifest(root)
    faults = size_faults(root, manifest)
    seen = {fault.item for fault in faults} | manifest.taken_down
    for name in track(sorted(manifest.files.keys() - seen), "verify"):
        if files.sha256(root / name) != manifest.files[name].sha256:
            faults.append(Problem(name, "other bytes than published"))
    expected = manifest.files.keys() | {layout.MANIFEST, layout.JOURNAL}
    added = [
        Problem(name, "not part of the release")
        for name in files_below(root)
        if name not in expected
    ]
    return sorted([*faults, *added], key=lambda fault: fault.item)


def require_whole(root: Path, faults: list[Problem]) -> None:
    """Raise `IntegrityError`, naming every fault that `verify_release` found, if any."""
    if faults:
        named = "".join(f"\n  {fault.item}: {fault.reason}" for fault in faults)
        raise IntegrityError(
            f"the release {root} is not as published, {len(faults)} files differ:{named}\n"
            "Fetch these files again; a published version never changes."
        )
