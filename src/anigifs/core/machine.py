"""What a computer has, as far as it can be told from the standard library alone."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

GIB = 2**30
LITTLE_DISK_GIB = 2
LITTLE_MEMORY_GIB = 2

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "train": ("torch", "lightning-fabric"),
    "hf": ("transformers",),
    "torchvision": ("torchvision",),
}
"""What each optional part of the package brings."""

NICE = {"tensorboard": "pip install tensorboard (logs that TensorBoard shows)"}
"""Packages that one option uses when they are there, and how to get them."""


class State(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    ABSENT = "absent"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about this computer, and what to do about it where there is something to do."""

    topic: str
    name: str
    found: str
    state: State = State.OK
    remedy: str = ""


def machine(folder: Path) -> list[Finding]:
    """Python, cores, memory, and the disk that holds `folder`."""
    free, total = shutil.disk_usage(folder).free / GIB, memory_bytes() / GIB
    python = f"{platform.python_version()} ({sys.executable})"
    disk = f"{free:,.1f} GiB free at {folder.resolve()}"
    return [
        Finding("machine", "python", python),
        Finding("machine", "system", platform.platform()),
        Finding("machine", "cores", f"{cores()} usable of {os.cpu_count()}"),
        _enough("memory", f"{total:,.1f} GiB", total >= LITTLE_MEMORY_GIB, "smaller batches"),
        _enough("disk", disk, free >= LITTLE_DISK_GIB, "free space, or another --out"),
    ]


def packages() -> list[Finding]:
    """The optional parts: what of each is installed, and how to get the rest."""
    wanted = [
        (name, f"pip install 'anigifs[{extra}]'")
        for extra, names in EXTRAS.items()
        for name in names
    ]
    return [_package(name, remedy) for name, remedy in [*wanted, *NICE.items()]]


def cores() -> int:
    """CPUs that this process may use: affinity and the container's quota count."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota, _, period = _text("/sys/fs/cgroup/cpu.max").partition(" ")
    limit = int(quota) / int(period) if quota.isdigit() and period.isdigit() else float("inf")
    return max(1, int(min(allowed or 1, limit)))


def memory_bytes() -> int:
    """Memory that this process may use: the machine's, or the container's limit if smaller."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = _text("/sys/fs/cgroup/memory.max")
    return min(pages, int(limit)) if limit.isdigit() else pages


def _enough(name: str, found: str, enough: bool, remedy: str) -> Finding:
    if enough:
        return Finding("machine", name, found)
    return Finding("machine", name, found, State.BAD, f"little; needs {remedy}")


def _package(name: str, remedy: str) -> Finding:
    try:
        return Finding("packages", name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding("packages", name, "not installed", State.ABSENT, remedy)


def _text(file: str) -> str:
    try:
        return Path(file).read_text("ascii").strip()
    except OSError:
        return ""
