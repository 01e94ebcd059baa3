"""The connection to the catalog: short transactions, and faults in words.

Nothing above this file knows that it is SQLite: times, JSON and locks go through SQLAlchemy, and
`insert_new` is the one statement that each database words in its own way.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, OperationalError

from anigifs.core.errors import AnigifsError, IntegrityError
from anigifs.core.files import atomic

T = TypeVar("T")

CHUNK = 500
"""Values in one IN list: databases allow from 999 on."""
BUSY_S = 30.0

DISK_FULL = "disk-full"
DATABASE_LOCKED = "database-locked"


class WorkspaceFault(AnigifsError):
    """The workspace cannot be written now; nothing is lost. `reason` is a stable code."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Database:
    """An engine and two kinds of transactions."""

    def __init__(self, path: Path, busy_s: float = BUSY_S) -> None:
        self.path = path
        self.engine = _engine(path, busy_s)
        self._busy_s, self._turn = busy_s, Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the catalog and changes nothing."""
        with self._told(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, durable: bool = False) -> Iterator[Connection]:
        """A transaction that is committed at the end, or rolled back on any error.

        Threads of this process take turns; SQLite alone would let them sleep and try again.

        Args:
            durable: once it returns it survives a power cut; else it may be lost in one (whole).

        Raises:
            WorkspaceFault: another process holds the catalog for too long; the disk is full.
        """
        with self._told(), self._my_turn(), self.engine.connect() as plain:
            connection = plain.execution_options(writes="FULL" if durable else "NORMAL")
            with connection.begin():
                yield connection

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self._busy_s):
            raise _fault(self.path, TimeoutError("locked by another thread"))
        try:
            yield
        finally:
            self._turn.release()

    def copy_to(self, file: Path) -> None:
        """Copy the catalog as of one moment, while others go on writing, into a new file."""
        with atomic(file) as part, closing(self.engine.raw_connection()) as connection:
            part.unlink()  # SQLite's own copy wants to make the file
            try:
                connection.cursor().execute("VACUUM INTO ?", (str(part),))
            except sqlite3.OperationalError as error:
                raise _fault(self.path, error) from error

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise _fault(self.path, error.orig or error) from error
        except DatabaseError as error:
            raise _damage(self.path, error.orig or error) from error


def _fault(path: Path, error: BaseException) -> Exception:
    """What a database error means for a person."""
    text = str(error).lower()
    if "locked" in text or "busy" in text:
        return WorkspaceFault(
            DATABASE_LOCKED,
            f"{path} is locked by another process; wait for it or stop it, then run this again "
            "(a folder on a network disk may also refuse locks: use a local disk)",
        )
    if "disk is full" in text or "disk i/o error" in text:
        return disk_full(path)
    return _damage(path, error)


def disk_full(path: Path) -> WorkspaceFault:
    """The disk that holds `path` takes no more."""
    return WorkspaceFault(
        DISK_FULL, f"the disk of {path} is full; free some space and run the same command again"
    )


def _damage(path: Path, error: BaseException) -> Exception:
    text = str(error).lower()
    if "malformed" in text or "not a database" in text:
        return IntegrityError(f"{path} is damaged ({error}); restore a backup")
    return WorkspaceFault("database", f"{path}: {error}")


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose unique columns are not there yet; return how many were."""
    if not rows:
        return 0
    words = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = words.insert(table).on_conflict_do_nothing()
    return max(connection.execute(statement, list(rows)).rowcount, 0)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """`values` in lists of at most `size`."""
    listed = list(values)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def _engine(path: Path, busy_s: float) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": busy_s})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later can fail without waiting.
    writes = connection.get_execution_options().get("writes")
    if writes:
        connection.exec_driver_sql(f"PRAGMA synchronous={writes}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
