"""From votes to verdicts: what has enough votes is decided on, in one step with writing it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select, update

from anigifs.catalog.annotation import Task, Vote
from anigifs.catalog.database import Database
from anigifs.catalog.filling import stand
from anigifs.catalog.findings import newest_verdict, verdict_row
from anigifs.catalog.handing import TASK
from anigifs.catalog.records import Verdict
from anigifs.catalog.schema import verdicts
from anigifs.catalog.schema_people import tasks
from anigifs.catalog.votes import votes_on

BATCH = 100


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of an item. verdict: to be appended, if any; more: ask one more person."""

    verdict: Verdict | None = None
    more: bool = False


Decide = Callable[[Task, list[Vote], Verdict | None], Settlement]
"""(task, the votes that count, its newest verdict) -> what becomes of it."""


class Settling:
    """Items that have their votes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(self, rule: str, decide: Decide) -> int:
        """Decide on every closed item that this rule has not looked at; return on how many.

        Votes are read and verdicts written within one transaction for each hundred items, so that
        no vote comes in between. Golds, and items that left the queue, are left out.
        """
        count = 0
        while True:
            with self._database.write() as connection:
                done = _batch(connection, rule, decide)
            if not done:
                return count
            count += done

    def rule_on(self, verdict: Verdict) -> None:
        """A person's word: append it, and ask nobody about the item any more."""
        mine = (tasks.c.sha256 == verdict.sha256) & (tasks.c.label == verdict.label)
        with self._database.write(durable=True) as connection:
            connection.execute(verdicts.insert().values(**verdict_row(verdict)))
            ids = connection.execute(select(tasks.c.id).where(mine)).scalars().all()
            connection.execute(update(tasks).where(mine).values(retired=True))
            stand(connection, ids)


def unsettled(rule: str) -> Select[Any]:
    """Closed tasks whose votes this rule has not looked at; the index holds every column of it."""
    before_or_after = (tasks.c.settled < rule) | (tasks.c.settled > rule)
    return select(*TASK).where(
        tasks.c.closed.is_(True), tasks.c.retired.is_(False), tasks.c.gold.is_(False),
        before_or_after,
    )  # fmt: skip


def _batch(connection: Connection, rule: str, decide: Decide) -> int:
    rows: list[Any] = list(connection.execute(unsettled(rule).limit(BATCH)))
    more = []
    for task in (Task(**row._mapping) for row in rows):
        end = decide(
            task,
            votes_on(connection, task.sha256, task.label),
            newest_verdict(connection, task.sha256, task.label),
        )
        if end.verdict is not None:
            connection.execute(verdicts.insert().values(**verdict_row(end.verdict)))
        if end.more:
            more.append(task.id)
    done = update(tasks).where(tasks.c.id.in_([row.id for row in rows]))
    connection.execute(done.values(settled=rule))
    if more:
        asked = {"wanted": tasks.c.wanted + 1, "extra": tasks.c.extra + 1, "settled": ""}
        connection.execute(update(tasks).where(tasks.c.id.in_(more)).values(**asked))
        stand(connection, more)
    return len(rows)
