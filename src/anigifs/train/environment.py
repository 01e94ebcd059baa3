"""What a run was made with, so that it can be made again."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from anigifs.models.selftest import versions

PACKAGES = (
    "anigifs", "torch", "lightning-fabric", "numpy", "numba", "av", "opencv-python-headless",
    "pillow", "transformers", "torchvision",
)  # fmt: skip


def describe(device: torch.device, processes: int = 1) -> dict[str, Any]:
    """Versions, machine, devices, thread count and git commit; plain values for JSON."""
    return {
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "processes": processes,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "libraries": versions(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "commit": _commit(),
        "command": sys.argv,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of this source tree, with `+` when files differ from it; None: no git."""
    here = Path(__file__).parent
    try:
        commit = _git(here, "rev-parse", "HEAD")
        return commit + ("+" if _git(here, "status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=10
    ).stdout.strip()
