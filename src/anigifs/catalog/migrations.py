"""From an older catalog to this version's, in one transaction, after a copy was set aside.

A new workspace gets the tables of `schema` at once. Step n of `STEPS` brings an existing one from
version n to n + 1: new tables with `schema.table.create(connection)`, new columns with ALTER TABLE
in words that every database knows. Steps are never changed once published.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, select, text, update

from anigifs.catalog.database import Database
from anigifs.catalog.schema import VERSION, meta, metadata
from anigifs.catalog.schema_people import TABLES
from anigifs.core.errors import InputError

Step = Callable[[Connection], None]


def _annotation(connection: Connection) -> None:
    """1 to 2: people and their votes; verdicts keep what they rest on."""
    metadata.create_all(connection, tables=TABLES)
    connection.execute(text("ALTER TABLE verdicts ADD COLUMN evidence JSON"))


STEPS: tuple[Step, ...] = (_annotation,)


def create(database: Database, facts: dict[str, str]) -> None:
    """Make all tables, and note the version and some facts about the making."""
    with database.write() as connection:
        metadata.create_all(connection)
        rows = {"version": str(VERSION), **facts}
        connection.execute(meta.insert(), [{"name": n, "value": v} for n, v in rows.items()])


def version_of(database: Database) -> int:
    """The version of a catalog. Raises `InputError` where there is no catalog of ours."""
    with database.read() as connection:
        if not inspect(connection).has_table("meta"):
            raise InputError(f"{database.path} is not a catalog; make one with: anigifs init DIR")
        return int(
            connection.execute(select(meta.c.value).where(meta.c.name == "version")).scalar_one()
        )


def migrate(
    database: Database,
    set_aside: Callable[[int], None],
    steps: Sequence[Step] = STEPS,
) -> None:
    """Bring the catalog to this version; nothing is done where it is there already.

    Args:
        database: the catalog.
        set_aside: makes a copy first; it is given the old version.
        steps: one for each version from 1 on.

    Raises:
        InputError: the catalog is of a newer version than this program.
    """
    found, wanted = version_of(database), len(steps) + 1
    if found > wanted:
        raise InputError(
            f"{database.path} was written by a newer anigifs (catalog {found}, this one knows "
            f"{wanted}); update this one: pip install --upgrade anigifs"
        )
    if found < wanted:
        set_aside(found)
        with database.write() as connection:
            _run(connection, steps)


def _run(connection: Connection, steps: Sequence[Step]) -> None:
    """Run what is missing; read again, for another process may have been faster."""
    noted = select(meta.c.value).where(meta.c.name == "version")
    for step in steps[int(connection.execute(noted).scalar_one()) - 1 :]:
        step(connection)
    connection.execute(
        update(meta).where(meta.c.name == "version").values(value=str(len(steps) + 1))
    )
