"""Filling the queue of people: what changed is written, in short transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, select, update

from anigifs.catalog.annotation import NewTask
from anigifs.catalog.database import Database, chunks, insert_new
from anigifs.catalog.handing import count_turns, place
from anigifs.catalog.schema_people import tasks, votes

BATCH = 2_000
"""Rows in one transaction, so that voters wait for a tenth of a second at most."""

Item = tuple[str, str]
_FRESH = {
    "extra": 0, "voted": 0, "held": 0, "seen": "", "open": True, "closed": False,
    "retired": False, "settled": "",
}  # fmt: skip
_SET = ("wanted", "gold", "retired", "rank", "why")


def fill(database: Database, listed: Mapping[Item, NewTask], wanted: int) -> int:
    """Make the queue hold these items and no others; return how many are new or back."""
    known = _known(database)
    added = [row for item, row in listed.items() if item not in known]
    for batch in chunks(added, BATCH):
        with database.write() as connection:
            _add(connection, batch, wanted)
    changes = list(_changes(known, listed, wanted))
    for part in chunks(changes, BATCH):
        with database.write() as connection:
            _change(connection, part)
    back = sum(bool(known[c["item"]].retired) and not c["to_retired"] for c in changes)
    return len(added) + back


def stand(connection: Connection, ids: Sequence[int]) -> None:
    """Open or close tasks after their wanted, gold or retired changed, many at once."""
    enough = and_(tasks.c.gold.is_(False), tasks.c.voted >= tasks.c.wanted)
    room = tasks.c.gold.is_(True) | (tasks.c.voted + tasks.c.held < tasks.c.wanted)
    values = {
        "closed": case((tasks.c.retired.is_(True) | enough, True), else_=False),
        "open": case((tasks.c.retired.is_(False) & room, True), else_=False),
    }
    for part in chunks(ids):
        connection.execute(update(tasks).where(tasks.c.id.in_(part)).values(**values))
    count_turns(connection)


def _known(database: Database) -> dict[Item, Row[Any]]:
    columns = [tasks.c[name] for name in ("id", "sha256", "label", "extra", *_SET)]
    with database.read() as connection:
        return {(row.sha256, row.label): row for row in connection.execute(select(*columns))}


def _add(connection: Connection, batch: Sequence[NewTask], wanted: int) -> None:
    last = connection.execute(select(func.coalesce(func.max(tasks.c.id), 0))).scalar_one()
    rows = [{**_FRESH, **asdict(row), "wanted": 0 if row.gold else wanted} for row in batch]
    insert_new(connection, tasks, rows)
    same = (votes.c.sha256 == tasks.c.sha256) & (votes.c.label == tasks.c.label)
    voted = select(tasks.c.id).join(votes, same).where(tasks.c.id > last).distinct()
    count_turns(connection)
    place(connection, connection.execute(voted).scalars().all())


def _changes(
    known: Mapping[Item, Row[Any]], listed: Mapping[Item, NewTask], wanted: int
) -> Iterator[dict[str, Any]]:
    for item, old in known.items():
        new = listed.get(item)
        if new is None:
            now = {**{name: getattr(old, name) for name in _SET}, "retired": True}
        else:
            ask = 0 if new.gold else wanted + old.extra
            now = {"wanted": ask, "gold": new.gold, "retired": False, "rank": new.rank,
                   "why": new.why}  # fmt: skip
        differs = [name for name, value in now.items() if getattr(old, name) != value]
        if differs:
            placed = not set(differs) <= {"rank", "why"}
            yield {"item": item, "which": old.id, "placed": placed} | {
                f"to_{name}": value for name, value in now.items()
            }


def _change(connection: Connection, part: Sequence[Mapping[str, Any]]) -> None:
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in _SET}
    change = update(tasks).where(tasks.c.id == bindparam("which")).values(**values)
    wanted = [{key: c[key] for key in ("which", *(f"to_{n}" for n in _SET))} for c in part]
    connection.execute(change, wanted)
    if moved := [c["which"] for c in part if c["placed"]]:
        for ids in chunks(moved):
            again = update(tasks).where(tasks.c.id.in_(ids))
            connection.execute(again.values(settled=""))
        stand(connection, moved)
