"""Bytes under their own sha256: whole or absent, written once, never changed."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from anigifs.catalog.database import disk_full
from anigifs.core.errors import InputError, IntegrityError

_NAME = re.compile(r"[0-9a-f]{64}")
SYNCS = 16
"""Files synced at once: a disk takes several in one go; 4 at once took twice as long."""
_FULL = {errno.ENOSPC, errno.EDQUOT}


class BlobStore:
    """A folder `ab/abcdef…` of files named by their content, and `incoming` for half-made ones."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def put(self, data: bytes) -> str:
        """Store `data`; return its sha256. See `put_all`."""
        return self.put_all([data])[0]

    def put_all(self, items: Sequence[bytes]) -> list[str]:
        """Store each; return their sha256s. On return all of them survive a power cut.

        Raises:
            WorkspaceFault: the disk is full; none half-written is left.
        """
        names = [hashlib.sha256(data).hexdigest() for data in items]
        distinct = dict(zip(names, items, strict=True))
        try:
            self.incoming.mkdir(parents=True, exist_ok=True)
            with ThreadPoolExecutor(SYNCS) as pool:
                folders = set(pool.map(self._store, distinct.keys(), distinct.values()))
                list(pool.map(_sync, folders))
        except OSError as error:
            if error.errno in _FULL:
                raise disk_full(self.root) from error
            raise
        return names

    def path(self, sha256: str) -> Path:
        """Where the blob lies, or would lie. Raises `InputError` for what is no sha256."""
        if not _NAME.fullmatch(sha256):
            raise InputError(f"a blob is named by 64 lower-case hex digits; got {sha256!r}")
        return self.root / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes:
        """The blob's bytes, checked.

        Raises:
            IntegrityError: it is missing, or its bytes are others than its name says.
        """
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise IntegrityError(f"the blob {path} is missing; restore a backup") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise IntegrityError(f"the blob {path} was changed on disk; restore a backup")
        return data

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def __iter__(self) -> Iterator[str]:
        """Every stored sha256."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(file.name for file in folder.iterdir())

    def absent(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that are not stored."""
        return [name for name in names if name not in self]

    def sweep(self, older_than_s: float) -> int:
        """Remove half-made files that were last written before this time; return how many."""
        old = [file for file in self.incoming.glob("*") if _mtime(file) < older_than_s]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def _store(self, name: str, data: bytes) -> Path:
        """Write one blob, if it is not there; the folder it lies in."""
        path = self.path(name)
        if path.exists():
            return path.parent
        part = self.incoming / f"{name}.{secrets.token_hex(4)}"
        try:
            with open(part, "xb", opener=_read_only) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._place(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return path.parent

    def _place(self, part: Path, path: Path) -> None:
        try:
            part.replace(path)
        except FileNotFoundError:
            path.parent.mkdir(exist_ok=True)
            _sync(self.root)
            part.replace(path)


def _read_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o444)


def _mtime(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
