"""What people said: appended and durable; the newest act of a person on an item counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select, update

from anigifs.catalog.annotation import BY_RULE, QUESTIONS, Act, Answer, Flag, KeyBox, Vote
from anigifs.catalog.database import Database, now
from anigifs.catalog.findings import newest_verdict, verdict_row
from anigifs.catalog.handing import place
from anigifs.catalog.records import Said
from anigifs.catalog.schema import verdicts
from anigifs.catalog.schema_people import leases, people, tasks, votes
from anigifs.catalog.tasks import LEASE_S, lease
from anigifs.core.errors import InputError

STORED = ""
REOPENED = "reopened"
NOT_HANDED = "this item was not handed to you"
TAKEN = "this id belongs to another vote"
NOT_AN_ACT = "only a vote or a skip can be sent"


class Votes:
    """Votes, skips, and what was taken back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, person_id: int, new: Sequence[Vote]) -> list[str]:
        """Store votes and skips; return the client ids that are stored now or were already.

        One transaction, durable when it returns. See `record_each` for those left out.
        """
        return [name for name, why in self.record_each(person_id, new).items() if why == STORED]

    def record_each(self, person_id: int, new: Sequence[Vote]) -> dict[str, str]:
        """As `record`, but for each client id why it was refused: "" is stored.

        An item must have been handed to this person. A vote after the lease ran out counts as
        well, also where others have voted meanwhile; a second vote of a person on an item
        replaces the first. `person` and `at_s` of the votes are not looked at.
        """
        with self._database.write(durable=True) as connection:
            told = {vote.client_id: _store(connection, person_id, vote) for vote in new}
        return told

    def bring(self, person_id: int, new: Sequence[Vote]) -> list[str]:
        """Store votes made elsewhere: as `record`, but on items that were handed to nobody."""
        with self._database.write(durable=True) as connection:
            told = {v.client_id: _store(connection, person_id, v, handed=True) for v in new}
        return [name for name, why in told.items() if why == STORED]

    def undo_last(self, person_id: int, client_id: str) -> Vote | None:
        """Take back a person's latest vote or skip, and hand its item to them again.

        Where others hold the item by now (it had been skipped) or it left the queue, it is not
        leased again, but a vote on it would count. The same `client_id` again takes back nothing
        more. A verdict by a rule that rests on the vote is withdrawn.

        Returns: what was taken back; None: there is nothing left.
        """
        with self._database.write(durable=True) as connection:
            if (earlier := _row_of(connection, client_id)) is not None:
                return _undone_by(connection, person_id, earlier)
            row = _latest(connection, person_id)
            if row is None:
                return None
            _undo(connection, row, client_id)
            return _vote(row)

    def current(self) -> list[Vote]:
        """The votes that count, oldest first: of each person and item, if the newest is a vote."""
        return self._select(votes.c.id.in_(_newest()), votes.c.act == Act.VOTE)

    def of(self, sha256: str, label: str) -> list[Vote]:
        """The votes that count on an item, oldest first."""
        with self._database.read() as connection:
            return votes_on(connection, sha256, label)

    def flagged(self) -> list[Vote]:
        """Votes and skips that count and carry a flag, for the owner."""
        return self._select(votes.c.id.in_(_newest()), votes.c.flag != Flag.NONE)

    def history(self) -> list[Vote]:
        """Every row, oldest first, with skips, undos and what was replaced."""
        return self._select()

    def _select(self, *which: ColumnElement[bool]) -> list[Vote]:
        with self._database.read() as connection:
            rows = connection.execute(_rows().where(*which).order_by(votes.c.id)).all()
        return [_vote(row) for row in rows]


def votes_on(connection: Connection, sha256: str, label: str) -> list[Vote]:
    """Within a transaction: the votes that count on an item, oldest first."""
    mine = (votes.c.sha256 == sha256) & (votes.c.label == label)
    chosen = _rows().where(votes.c.id.in_(_newest().where(mine)), votes.c.act == Act.VOTE)
    return [_vote(row) for row in connection.execute(chosen.order_by(votes.c.id))]


def _rows() -> Select[Any]:
    return select(votes, people.c.name.label("person")).join(
        people, people.c.id == votes.c.person_id
    )


def _newest() -> Select[tuple[int]]:
    by = (votes.c.sha256, votes.c.label, votes.c.person_id)
    return select(func.max(votes.c.id)).group_by(*by)


def _row_of(connection: Connection, client_id: str) -> Row[Any] | None:
    return connection.execute(_rows().where(votes.c.client_id == client_id)).first()


def _store(connection: Connection, person_id: int, vote: Vote, handed: bool = False) -> str:
    if vote.act == Act.UNDO:
        return NOT_AN_ACT
    if (row := _row_of(connection, vote.client_id)) is not None:
        same = (row.person_id, row.sha256, row.label) == (person_id, vote.sha256, vote.label)
        return STORED if same else TAKEN
    task = _task_id(connection, vote)
    if not handed and not _was_handed(connection, task, person_id):
        return NOT_HANDED
    _append(connection, person_id, vote)
    _end(connection, task, person_id)
    return STORED


def _task_id(connection: Connection, vote: Vote) -> int | None:
    mine = (tasks.c.sha256 == vote.sha256) & (tasks.c.label == vote.label)
    return connection.execute(select(tasks.c.id).where(mine)).scalar()


def _was_handed(connection: Connection, task: int | None, person_id: int) -> bool:
    mine = (leases.c.task_id == task) & (leases.c.person_id == person_id)
    return connection.execute(select(leases.c.task_id).where(mine)).first() is not None


def _append(connection: Connection, person_id: int, vote: Vote) -> None:
    mine = (votes.c.sha256 == vote.sha256) & (votes.c.label == vote.label)
    before = select(votes.c.act).where(mine, votes.c.person_id == person_id)
    before = before.order_by(votes.c.id.desc()).limit(1)
    step = (vote.act == Act.VOTE) - (connection.execute(before).scalar() == Act.VOTE)
    row = asdict(vote) | {"person_id": person_id, "at_s": now()}
    del row["person"]
    connection.execute(votes.insert().values(**row))
    counted = update(people).where(people.c.id == person_id)
    connection.execute(counted.values(done=people.c.done + step))


def _end(connection: Connection, task: int | None, person_id: int) -> None:
    """The person is done with the task: others' turn, and rules look at it again."""
    if task is None:
        return
    mine = (leases.c.task_id == task) & (leases.c.person_id == person_id)
    connection.execute(update(leases).where(mine).values(live=False))
    connection.execute(update(tasks).where(tasks.c.id == task).values(settled=""))
    place(connection, [task])


def _latest(connection: Connection, person_id: int) -> Row[Any] | None:
    """The person's newest row that still counts: one undo takes back one row before it."""
    later = votes.alias()
    replaced = exists().where(
        later.c.sha256 == votes.c.sha256, later.c.label == votes.c.label,
        later.c.person_id == person_id, later.c.id > votes.c.id,
    )  # fmt: skip
    mine = _rows().where(votes.c.person_id == person_id, votes.c.act != Act.UNDO, ~replaced)
    return connection.execute(mine.order_by(votes.c.id.desc()).limit(1)).first()


def _undo(connection: Connection, row: Row[Any], client_id: str) -> None:
    item = {"sha256": row.sha256, "label": row.label}
    _append(connection, row.person_id, Vote(client_id=client_id, person="", act=Act.UNDO, **item))
    _withdraw(connection, **item)
    if (task := _task_id(connection, _vote(row))) is None:
        return
    connection.execute(update(tasks).where(tasks.c.id == task).values(settled=""))
    place(connection, [task])
    if not connection.execute(select(tasks.c.open).where(tasks.c.id == task)).scalar_one():
        return  # others hold it by now, or it left the queue: a vote would still count
    given = select(people.c.given).where(people.c.id == row.person_id)
    first = select(func.min(leases.c.turn)).where(
        leases.c.person_id == row.person_id, leases.c.live.is_(True)
    )
    turn = connection.execute(first).scalar()
    turn = connection.execute(given).scalar_one() if turn is None else turn - 1
    lease(connection, task, row.person_id, now() + LEASE_S, turn)


def _undone_by(connection: Connection, person_id: int, undo: Row[Any]) -> Vote:
    if undo.act != Act.UNDO or undo.person_id != person_id:
        raise InputError(f"the id {undo.client_id!r} belongs to another vote; make a new one")
    mine = (votes.c.sha256 == undo.sha256) & (votes.c.label == undo.label)
    before = _rows().where(mine, votes.c.person_id == person_id, votes.c.id < undo.id)
    return _vote(connection.execute(before.order_by(votes.c.id.desc()).limit(1)).one())


def _withdraw(connection: Connection, sha256: str, label: str) -> None:
    """A rule's verdict rests on votes that are no more; an adjudicator's stays."""
    verdict = newest_verdict(connection, sha256, label)
    if verdict is None or not verdict.by.startswith(BY_RULE) or verdict.reason == REOPENED:
        return
    note = replace(verdict, said=Said.NOTE, reason=REOPENED, evidence={})
    connection.execute(verdicts.insert().values(**verdict_row(note)))
    item = (tasks.c.sha256 == sha256) & (tasks.c.label == label)
    connection.execute(update(tasks).where(item).values(retired=False))


def _vote(row: Row[Any]) -> Vote:
    values = {name: getattr(row, name) for name in Vote.__slots__}
    answers = {name: Answer(values[name]) for name in QUESTIONS}
    boxes = tuple(KeyBox(**box) for box in row.boxes)
    kinds = {"act": Act(row.act), "flag": Flag(row.flag), "boxes": boxes}
    return Vote(**values | answers | kinds)
