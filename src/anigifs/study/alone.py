"""Locks: what two processes must not do at once in one folder.

A lock goes with its process, however that ends, so nothing has to be cleaned up after a crash.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from anigifs.core.errors import InputError

LOCK = ".lock"
TRIES, PAUSE_S = 5, 0.2


@contextmanager
def alone(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold the lock of `folder`, which is made if it is not there.

    wait: for whoever holds it; else that is an error.

    Raises:
        InputError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        if wait:
            fcntl.flock(file, fcntl.LOCK_EX)
        elif not any(_tried(file) for _ in range(TRIES)):
            raise InputError(f"another process is at work in {folder}; wait for it, or stop it")
        yield


def taken(folder: Path) -> bool:
    """Whether some process holds the lock of `folder`."""
    if not (folder / LOCK).exists():
        return False
    with (folder / LOCK).open("a") as file:
        return not _free(file)


def _tried(file: IO[str]) -> bool:
    """Take the lock, or wait a moment: `taken` of another process holds it for an instant."""
    if _free(file):
        return True
    time.sleep(PAUSE_S)
    return False


def _free(file: IO[str]) -> bool:
    """Take the lock unless another process holds it; it goes when the file is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
