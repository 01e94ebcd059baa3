"""A consistent copy of a live workspace: one file, made while others go on working.

The catalog is copied first, as of one moment; every blob that the copy lists is on disk by then,
for rows follow bytes, and blobs never change. So the copy is whole, whatever happens meanwhile.
"""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from anigifs.catalog.blobs import BlobStore
from anigifs.catalog.database import Database
from anigifs.core.errors import InputError, IntegrityError
from anigifs.core.files import atomic


def pack(root: Path, blobs: BlobStore, database: Database, file: Path) -> int:
    """Write catalog, settings and blobs into a tar archive; return how many blobs.

    Unpacked into an empty folder (`mkdir DIR; tar -xf FILE -C DIR`), it is a workspace.

    Raises:
        IntegrityError: the catalog lists a blob that is not there and was not taken down.
    """
    with tempfile.TemporaryDirectory(dir=root) as scratch:
        copy = Path(scratch) / "catalog.db"
        database.copy_to(copy)
        listed = _listed(copy)
        with atomic(file) as part, tarfile.open(part, "w") as archive:
            archive.add(copy, "catalog.db")
            archive.add(root / "workspace.toml", "workspace.toml")
            _add_blobs(archive, root, blobs, listed)
    return len(listed)


def check_target(file: Path, root: Path) -> None:
    """Raises `InputError` for a name that is no .tar or .db, a file that exists, or one inside."""
    if file.suffix not in (".tar", ".db"):
        raise InputError(
            f"a backup is FILE.tar (the whole workspace) or FILE.db (the catalog alone); got {file}"
        )
    if file.exists():
        raise InputError(f"{file} exists; name a new file, so that no older backup is lost")
    if root.resolve() in file.resolve().parents:
        raise InputError(f"{file} lies inside the workspace; keep a backup elsewhere")


def _listed(copy: Path) -> list[str]:
    from anigifs.catalog.guidance import Takedowns
    from anigifs.catalog.sources import Fetches

    database = Database(copy)
    try:
        gone = Takedowns(database).names()
        return [name for name in Fetches(database, None).blobs() if name not in gone]
    finally:
        database.close()


def _add_blobs(
    archive: tarfile.TarFile, root: Path, blobs: BlobStore, listed: Iterable[str]
) -> None:
    for name in listed:
        path = blobs.path(name)
        if not path.exists():
            raise IntegrityError(f"the catalog lists the blob {path}, which is missing")
        archive.add(path, str(path.relative_to(root)))
