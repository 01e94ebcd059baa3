"""Which blob is proposed for which class, and where each such item stands.

A blob is proposed for the classes that it was found for, under the names they have now, and for
those that people moved it to. Each item stands in exactly one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, case, func, or_, select

from anigifs.catalog.annotation import BY_RULE
from anigifs.catalog.database import Database
from anigifs.catalog.findings import SCREENED, newest
from anigifs.catalog.records import Relation, Said
from anigifs.catalog.schema import decisions, facts, fetches, hits, verdicts
from anigifs.catalog.schema_people import class_changes, takedowns, tasks

ACCEPTED, DUPLICATE, REJECTED, UNSCREENED, WAITING = (
    "accepted", "duplicate", "rejected", "unscreened", "waiting",
)  # fmt: skip
OTHER_CLASS, DISAGREEMENT = "other-class", "disagreement"
TAKEN_DOWN, CLASS_DROPPED = "taken-down", "class-dropped"

Renamed = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A blob under a class, and where it stands; see `items`."""

    label: str
    sha256: str
    state: str
    reason: str
    by: str


class Proposals:
    """What people may be asked about."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._classes: tuple[Row[Any] | None, tuple[str, ...]] = (None, ())

    def for_people(self) -> list[Proposal]:
        """What waits for people, and what a rule settled from their votes; by class and blob."""
        with self._database.read() as connection:
            each = items(renamed(connection)).subquery()
            chosen = select(each).where((each.c.state == WAITING) | each.c.by.startswith(BY_RULE))
            rows = connection.execute(chosen.order_by(each.c.label, each.c.sha256))
            return [Proposal(**row._mapping) for row in rows]

    def classes(self) -> list[str]:
        """Every class in use under its name of now, by name: asked about, or found."""
        with self._database.read() as connection:
            as_of, known = connection.execute(_AS_OF).one(), self._classes
            if known[0] != as_of:
                self._classes = known = as_of, _classes(connection)
        return list(known[1])

    def renamed(self) -> Renamed:
        """What each class that got another name is called now; "" where it was dropped."""
        with self._database.read() as connection:
            return dict(renamed(connection))


_AS_OF = select(
    *(select(func.max(table.c.id)).scalar_subquery() for table in (hits, tasks, class_changes))
)
"""These only grow: while none has a newer row, the classes are the same."""


def _classes(connection: Connection) -> tuple[str, ...]:
    names = renamed(connection)
    known = {*_distinct(connection, hits.c.label), *_distinct(connection, tasks.c.label)}
    return tuple(sorted({names.get(label, label) for label in known} - {""}))


def renamed(connection: Connection) -> Renamed:
    """What each class that got another name is called now; "" where it was dropped.

    A later change that brings a name back puts it in use again.
    """
    names: dict[str, str] = {}
    ordered = select(class_changes.c.old, class_changes.c.new).order_by(class_changes.c.id)
    for old, new in connection.execute(ordered):
        names = {name: new if now == old else now for name, now in names.items()} | {old: new}
        names.pop(new, None)
    return names


def _distinct(connection: Connection, column: Column[str]) -> Iterable[str]:
    """The values of an indexed column: a few steps through the index, not every row of it."""
    value = select(func.min(column).label("value")).cte(recursive=True)
    after = select(func.min(column)).where(column > value.c.value).scalar_subquery()
    value = value.union_all(select(after).where(value.c.value.is_not(None)))
    found = select(value.c.value).where(value.c.value.is_not(None))
    return connection.execute(found).scalars()


def called(label: ColumnElement[str], names: Renamed) -> ColumnElement[str]:
    """A class under its name of now; a dropped one keeps its own."""
    kept = {old: new for old, new in names.items() if new}
    return case(kept, value=label, else_=label) if kept else label


def items(names: Renamed) -> Select[Any]:
    """Each (label, sha256) with its state, the reason for it, and by whom it was settled."""
    pair = _pairs(names).subquery()
    screen = _newest(facts, "sha256", facts.c.name == SCREENED)
    people = _newest(verdicts, "sha256", "label")
    dropped, down = _dropped(), select(takedowns.c.sha256).distinct().subquery()
    gone = pair.c.label.in_([old for old, new in names.items() if not new])
    case_of: list[tuple[Any, str, Any]] = [
        (down.c.sha256.is_not(None), REJECTED, TAKEN_DOWN),
        (screen.c.said.is_(None), UNSCREENED, ""),
        (screen.c.said == Said.FAIL, REJECTED, screen.c.reason),
        (dropped.c.member.is_not(None), DUPLICATE, ""),
        (gone, REJECTED, CLASS_DROPPED),
        (people.c.said == Said.FAIL, REJECTED, people.c.reason),
        (people.c.said == Said.PASS, ACCEPTED, ""),
        (people.c.reason == DISAGREEMENT, WAITING, DISAGREEMENT),
    ]
    state = case(*((when, state) for when, state, _ in case_of), else_=WAITING)
    reason = case(*((when, reason) for when, _, reason in case_of), else_="")
    settled = ~or_(*(when for when, _, _ in case_of[:5]))
    by = case((settled & people.c.by.is_not(None), people.c.by), else_="")
    same_class = (people.c.sha256 == pair.c.sha256) & (people.c.label == pair.c.label)
    return (
        select(pair.c.label, pair.c.sha256, state.label("state"), reason.label("reason"),
               by.label("by"))
        .outerjoin(screen, screen.c.sha256 == pair.c.sha256)
        .outerjoin(dropped, dropped.c.member == pair.c.sha256)
        .outerjoin(people, same_class)
        .outerjoin(down, down.c.sha256 == pair.c.sha256)
    )  # fmt: skip


def _pairs(names: Renamed) -> Any:
    found = select(called(hits.c.label, names).label("label"), fetches.c.sha256)
    found = found.join(fetches, fetches.c.url == hits.c.url).where(fetches.c.sha256.is_not(None))
    other = verdicts.c.evidence["other"].as_string()
    moved = select(called(other, names), verdicts.c.sha256).where(
        verdicts.c.id.in_(newest(verdicts, "sha256", "label")),
        verdicts.c.said == Said.FAIL, verdicts.c.reason == OTHER_CLASS, other != "",
    )  # fmt: skip
    return found.union(moved)


def _dropped() -> Any:
    pairwise = _newest(decisions, "member", "other")
    duplicates = select(pairwise.c.member).where(pairwise.c.relation == Relation.DUPLICATE)
    return duplicates.distinct().subquery()


def _newest(table: Any, *by: Any) -> Any:
    names = [name for name in by if isinstance(name, str)]
    wanted = newest(table, *names).where(*(c for c in by if not isinstance(c, str)))
    # + 0: else SQLite may look up each id of the list for every row that it is joined to
    return select(table).where((table.c.id + 0).in_(wanted)).subquery()
