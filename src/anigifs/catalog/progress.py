"""How far people have come: counts of items by class, and of votes by person.

Everything is counted by the database, so that a page of numbers does not hold up votes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from anigifs.catalog.annotation import Act
from anigifs.catalog.database import Database
from anigifs.catalog.findings import newest
from anigifs.catalog.records import Said
from anigifs.catalog.schema import verdicts
from anigifs.catalog.schema_people import people, tasks, votes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassProgress:
    """The items of one class, golds left out; the last five are disjoint and sum to `items`.

    accepted, rejected: settled. voted: everybody asked has voted, and nothing is settled.
    begun: some have. untouched: nobody has.
    """

    label: str
    items: int
    accepted: int
    rejected: int
    voted: int
    begun: int
    untouched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonProgress:
    """What one person did that counts. last_s: when they last did anything, None if never."""

    name: str
    role: str
    revoked: bool
    votes: int = 0
    skips: int = 0
    last_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassItem:
    """An item of one class. said: accepted, rejected, or "" where nothing is settled."""

    sha256: str
    voted: int
    gold: bool
    said: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Classes by name, people in the order of their invitation."""

    classes: tuple[ClassProgress, ...]
    people: tuple[PersonProgress, ...]


class Overview:
    """What the owner looks at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def progress(self) -> Progress:
        """Count, within one transaction, so that the numbers fit each other."""
        with self._database.read() as connection:
            return Progress(_classes(connection), _people(connection))

    def items(self, label: str, count: int) -> list[ClassItem]:
        """The first `count` items of a class, those with most votes first."""
        settled = _settled()
        said = case((settled.c.said == Said.PASS, "accepted"),
                    (settled.c.said == Said.FAIL, "rejected"), else_="")  # fmt: skip
        chosen = select(tasks.c.sha256, tasks.c.voted, tasks.c.gold, said.label("said"))
        chosen = chosen.outerjoin_from(tasks, settled, _same(settled))
        chosen = chosen.where(tasks.c.label == label, _in_use(settled))
        chosen = chosen.order_by(tasks.c.voted.desc(), tasks.c.id).limit(count)
        with self._database.read() as connection:
            return [ClassItem(**row._mapping) for row in connection.execute(chosen)]


def _settled() -> Any:
    """The newest verdict of each item."""
    of_item = verdicts.c.id.in_(newest(verdicts, "sha256", "label"))
    return select(verdicts.c.sha256, verdicts.c.label, verdicts.c.said).where(of_item).subquery()


def _same(settled: Any) -> Any:
    return (settled.c.sha256 == tasks.c.sha256) & (settled.c.label == tasks.c.label)


def _in_use(settled: Any) -> Any:
    """What an adjudicator settled has left the queue, and what was dropped has as well."""
    return tasks.c.retired.is_(False) | settled.c.said.in_([Said.PASS, Said.FAIL])


def _classes(connection: Connection) -> tuple[ClassProgress, ...]:
    settled = _settled()
    state = case(
        (settled.c.said == Said.PASS, "accepted"),
        (settled.c.said == Said.FAIL, "rejected"),
        (tasks.c.voted >= tasks.c.wanted, "voted"),
        (tasks.c.voted > 0, "begun"),
        else_="untouched",
    )
    counted = select(tasks.c.label, state.label("state"), func.count().label("items"))
    counted = counted.outerjoin_from(tasks, settled, _same(settled))
    counted = counted.group_by(tasks.c.label, state)
    counted = counted.where(tasks.c.gold.is_(False), _in_use(settled))
    found: dict[str, dict[str, int]] = {}
    for label, name, count in connection.execute(counted.order_by(tasks.c.label)):
        none = dict.fromkeys(("accepted", "rejected", "voted", "begun", "untouched"), 0)
        found.setdefault(label, none)[name] = count
    return tuple(
        ClassProgress(label=label, items=sum(counts.values()), **counts)
        for label, counts in found.items()
    )


def _people(connection: Connection) -> tuple[PersonProgress, ...]:
    newest_rows = votes.c.id.in_(newest(votes, "person_id", "sha256", "label"))
    said = select(votes).where(newest_rows).subquery()
    counted = select(
        said.c.person_id,
        func.sum(case((said.c.act == Act.VOTE, 1), else_=0)).label("votes"),
        func.sum(case((said.c.act == Act.SKIP, 1), else_=0)).label("skips"),
        func.max(said.c.at_s).label("last_s"),
    ).group_by(said.c.person_id)
    counts: dict[int, Any] = {row.person_id: row for row in connection.execute(counted)}
    invited = connection.execute(select(people).order_by(people.c.id))
    return tuple(_person(row, counts.get(row.id)) for row in invited)


def _person(row: Row[Any], counts: Any) -> PersonProgress:
    mine = {name: getattr(counts, name) for name in ("votes", "skips", "last_s")} if counts else {}
    return PersonProgress(
        name=row.name, role=row.role, revoked=row.revoked_at_s is not None, **mine
    )
