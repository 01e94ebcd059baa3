"""The queue of people: which items wait, and who gets which next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, not_, select, update

from anigifs.catalog.annotation import NewTask, Task
from anigifs.catalog.database import Database, insert_new, now
from anigifs.catalog.filling import fill
from anigifs.catalog.handing import TASK, free, place
from anigifs.catalog.schema_people import leases, people, tasks, turns

LEASE_S = 900.0


class Tasks:
    """Items under a class that people are asked about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refresh(self, rows: Iterable[NewTask], wanted: int) -> int:
        """Make the queue hold exactly these items; return how many are new or back.

        Items that are not among them leave the queue (their votes stay); one that closed with
        enough votes stays closed. Only what changed is written, in short transactions.

        Args:
            rows: everything that waits for people or was voted on, golds among it.
            wanted: how many people shall vote on each.
        """
        return fill(self._database, {(row.sha256, row.label): row for row in rows}, wanted)

    def take(
        self, person_id: int, count: int, lease_s: float = LEASE_S, gold_share: float = 0.0
    ) -> list[Task]:
        """Up to `count` items for a person: those held already first, each leased anew.

        An item is handed to at most `wanted` people at once, votes counted, and to nobody who
        voted on it or skipped it. Golds come in among the others: one in each block of
        1 / `gold_share` items, at a place that only this catalog knows.
        """
        at = now()
        with self._database.write() as connection:
            free(connection, leases.c.until_s <= at)
            held = _held(connection, person_id, count)
            for _ in range(count - len(held)):
                if not _hand(connection, person_id, at + lease_s, gold_share):
                    break
            mine = update(leases).where(leases.c.person_id == person_id, leases.c.live.is_(True))
            connection.execute(mine.values(until_s=at + lease_s))
            return [_task(row) for row in _held(connection, person_id, count)]

    def get(self, sha256: str, label: str) -> Task | None:
        """The task of an item; None: it never was in the queue."""
        found = self._select(tasks.c.sha256 == sha256, tasks.c.label == label)
        return found[0] if found else None

    def of(self, sha256: str) -> list[Task]:
        """The tasks of a blob, one for each class that it was proposed for."""
        return self._select(tasks.c.sha256 == sha256)

    def all(self) -> list[Task]:
        """Every task, best rank first."""
        return self._select()

    def open(self, count: int) -> list[Task]:
        """The best ranked that people are asked about, with the reasons why, for the owner."""
        return self._select(tasks.c.closed.is_(False), tasks.c.gold.is_(False), limit=count)

    def waiting(self, person_id: int) -> int:
        """How many items this person may still be given, those held now among them."""
        mine = turns.c.seen.contains(_mark(person_id), autoescape=True)
        left = select(func.coalesce(func.sum(turns.c.open), 0)).where(not_(mine))
        held = select(func.count()).where(leases.c.person_id == person_id, leases.c.live.is_(True))
        golds = select(func.count()).where(*_open_golds(person_id))
        with self._database.read() as connection:
            others = connection.execute(left).scalar_one()
            golden = connection.execute(golds).scalar_one() if others else 0
            return int(others + golden + connection.execute(held).scalar_one())

    def _select(self, *which: ColumnElement[bool], limit: int | None = None) -> list[Task]:
        chosen = select(*TASK).where(*which).order_by(tasks.c.rank, tasks.c.id).limit(limit)
        with self._database.read() as connection:
            return [Task(**row._mapping) for row in connection.execute(chosen)]


def next_for(person_id: int) -> Any:
    """The id of the best ordinary item for a person: the best of the first of each `seen`."""
    mine = turns.c.seen.contains(_mark(person_id), autoescape=True)
    first = (
        select(tasks.c.id)
        .where(tasks.c.gold.is_(False), tasks.c.open.is_(True), tasks.c.seen == turns.c.seen)
        .order_by(tasks.c.rank, tasks.c.id)
        .limit(1)
        .correlate(turns)
        .scalar_subquery()
    )
    firsts = select(first).where(turns.c.open > 0, not_(mine))
    best = select(tasks.c.id).where(tasks.c.id.in_(firsts))
    return best.order_by(tasks.c.rank, tasks.c.id).limit(1)


def _hand(connection: Connection, person_id: int, until_s: float, gold_share: float) -> bool:
    """Lease one more item to a person; False: there is none for them."""
    chosen = connection.execute(next_for(person_id)).scalar()
    if chosen is None:
        return False
    mine = people.c.id == person_id
    turn, salt = connection.execute(select(people.c.given, people.c.at_s).where(mine)).one()
    if _gold_is_due(turn, f"{person_id}:{salt!r}", gold_share):
        golds = select(tasks.c.id).where(*_open_golds(person_id))
        golden = connection.execute(golds.order_by(tasks.c.rank, tasks.c.id).limit(1)).scalar()
        chosen = chosen if golden is None else golden
    connection.execute(update(people).where(mine).values(given=people.c.given + 1))
    lease(connection, chosen, person_id, until_s, turn)
    return True


def lease(connection: Connection, task_id: int, person_id: int, until_s: float, turn: int) -> None:
    """Within a transaction: a task is this person's until then."""
    key = {"task_id": task_id, "person_id": person_id}
    values = {"until_s": until_s, "live": True, "turn": turn}
    if not insert_new(connection, leases, [key | values]):
        mine = (leases.c.task_id == task_id) & (leases.c.person_id == person_id)
        connection.execute(update(leases).where(mine).values(**values))
    place(connection, [task_id])


def _gold_is_due(turn: int, salt: str, share: float) -> bool:
    if share <= 0:
        return False
    block = max(1, round(1 / share))
    digest = hashlib.sha256(f"{salt}:{turn // block}".encode()).digest()
    return turn % block == int.from_bytes(digest[:8]) % block


def _open_golds(person_id: int) -> tuple[ColumnElement[bool], ...]:
    mine = tasks.c.seen.contains(_mark(person_id), autoescape=True)
    return tasks.c.gold.is_(True), tasks.c.open.is_(True), not_(mine)


def _mark(person_id: int) -> str:
    return f" {person_id} "


def _held(connection: Connection, person_id: int, count: int) -> list[Any]:
    until = leases.c.until_s.label("lease_until_s")
    mine = select(*TASK, until).join(leases, leases.c.task_id == tasks.c.id)
    mine = mine.where(leases.c.person_id == person_id, leases.c.live.is_(True))
    return list(connection.execute(mine.order_by(leases.c.turn).limit(count)))


def _task(row: Row[Any]) -> Task:
    return Task(**row._mapping)
