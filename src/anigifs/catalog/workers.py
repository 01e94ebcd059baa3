"""Who is alive: each worker holds a lock on a file, which the system frees when it dies."""

from __future__ import annotations

import fcntl
import os
import platform
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alive(folder: Path, stage: str) -> Iterator[str]:
    """A name for a worker, such as `fetch@host.1234.ab12cd34`, alive as long as the block runs."""
    name = f"{stage}@{platform.node() or 'here'}.{os.getpid()}.{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    path = _lock(folder, name)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield name
        finally:
            path.unlink(missing_ok=True)


def is_alive(folder: Path, name: str) -> bool:
    """Whether this worker still runs. Of another computer's we know nothing, so they do."""
    host = name.partition("@")[2].rsplit(".", 2)[0]
    if host != (platform.node() or "here"):
        return True
    try:
        with _lock(folder, name).open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def sweep(folder: Path) -> None:
    """Remove the lock files of the dead of this computer."""
    for file in folder.glob("*.lock"):
        if not is_alive(folder, file.stem):
            file.unlink(missing_ok=True)


def _lock(folder: Path, name: str) -> Path:
    return folder / f"{name.replace('/', '_')}.lock"
