"""Whom an item may be handed to: the bookkeeping of tasks, within a caller's transaction.

Every change of votes or leases ends in `place`, which works out a task's counts anew from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from anigifs.catalog.annotation import Act, Task
from anigifs.catalog.database import chunks, insert_new
from anigifs.catalog.schema_people import leases, tasks, turns, votes

TASK = [tasks.c[name] for name in Task.__slots__ if name != "lease_until_s"]
"""The columns of a `Task`."""


def place(connection: Connection, task_ids: Iterable[int]) -> None:
    """Count votes and live leases of these tasks anew, and put each where it belongs."""
    for part in chunks(sorted(set(task_ids))):
        for task in connection.execute(select(tasks).where(tasks.c.id.in_(part))).all():
            values = _standing(connection, task)
            if any(getattr(task, name) != value for name, value in values.items()):
                connection.execute(update(tasks).where(tasks.c.id == task.id).values(**values))
                _count(connection, task, values)


def free(connection: Connection, which: ColumnElement[bool]) -> None:
    """End live leases; their tasks go to others, and their holders may still vote."""
    live = leases.c.live.is_(True)
    ended = connection.execute(select(leases.c.task_id).where(live, which)).scalars().all()
    if ended:
        connection.execute(update(leases).where(live, which).values(live=False))
        place(connection, ended)


def acts(connection: Connection, sha256: str, label: str) -> dict[int, Act]:
    """The newest act of each person on an item."""
    mine = select(votes.c.person_id, votes.c.act)
    mine = mine.where(votes.c.sha256 == sha256, votes.c.label == label).order_by(votes.c.id)
    return {person: Act(act) for person, act in connection.execute(mine)}


def count_turns(connection: Connection) -> None:
    """Count all open tasks anew, after many were changed at once."""
    connection.execute(turns.delete())
    opened = select(tasks.c.seen, func.count()).where(tasks.c.gold.is_(False))
    opened = opened.where(tasks.c.open.is_(True)).group_by(tasks.c.seen)
    connection.execute(turns.insert().from_select(["seen", "open"], opened))


def _standing(connection: Connection, task: Row[Any]) -> dict[str, Any]:
    newest = acts(connection, task.sha256, task.label)
    holds = select(leases.c.person_id).where(
        leases.c.task_id == task.id, leases.c.live.is_(True)
    )  # fmt: skip
    holders = set(connection.execute(holds).scalars())
    voted = {person for person, act in newest.items() if act == Act.VOTE}
    skipped = {person for person, act in newest.items() if act == Act.SKIP}
    enough = not task.gold and len(voted) >= task.wanted
    room = task.gold or len(voted | holders) < task.wanted
    return {
        "voted": len(voted),
        "held": len(holders),
        "seen": _text(voted | skipped | holders),
        "closed": task.retired or enough,
        "open": room and not task.retired,
    }


def _text(people: Iterable[int]) -> str:
    return "".join(f" {person}" for person in sorted(people)) + " " * bool(people)


def _count(connection: Connection, task: Row[Any], values: dict[str, Any]) -> None:
    if task.gold:
        return
    for is_open, seen, step in ((task.open, task.seen, -1), (values["open"], values["seen"], 1)):
        if is_open:
            insert_new(connection, turns, [{"seen": seen, "open": 0}])
            change = update(turns).where(turns.c.seen == seen)
            connection.execute(change.values(open=turns.c.open + step))
