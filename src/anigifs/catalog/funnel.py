"""The funnel: how many were asked, found, fetched, … accepted, per class and in total.

A blob stands in exactly one of the stages after `fetched`, in this order: unscreened, rejected by
a check, duplicate, rejected by people, accepted, waiting for people. One that was found under two
classes counts in each, and once in the total.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, distinct, func, literal, select

from anigifs.catalog.findings import SCREENED, newest
from anigifs.catalog.queue import LEASED
from anigifs.catalog.records import Kind, Relation, Said, Then
from anigifs.catalog.schema import decisions, facts, fetches, hits, queries, verdicts, work

ACCEPTED, DUPLICATE, REJECTED, UNSCREENED, WAITING = (
    "accepted", "duplicate", "rejected", "unscreened", "waiting",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Stages:
    """The counts of one class, or of all.

    asked, unasked: queries that are complete, and that are not.
    found: different items of providers. not_stored: those of them whose bytes may not be kept.
    unfetched: URLs still to be fetched. failed: URLs that could not be, by reason.
    fetched: different blobs; unscreened: those of them not screened yet; screened: the others.
    duplicate, waiting, accepted: blobs. rejected: by reason, of checks and of people.
    """

    asked: int = 0
    unasked: int = 0
    found: int = 0
    not_stored: int = 0
    unfetched: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    fetched: int = 0
    unscreened: int = 0
    screened: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    duplicate: int = 0
    waiting: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Funnel:
    """The counts of every class that was asked for or found, by first query, and the total."""

    total: Stages
    classes: dict[str, Stages]


def funnel(connection: Connection) -> Funnel:
    """Count, within one transaction, so that the numbers fit each other."""
    classes = {
        label: Stages()
        for (label,) in connection.execute(
            select(hits.c.label).union(select(queries.c.label)).order_by("label")
        )
    }
    total = Stages()
    for label, stages in [(queries.c.label, classes), (None, {None: total})]:
        _asked(connection, label, stages)
    for label, stages in [(hits.c.label, classes), (None, {None: total})]:
        _found(connection, label, stages)
        _fetching(connection, label, stages)
        _after(connection, label, stages)
    return Funnel(total, classes)


Label = ColumnElement[str] | None


def _grouped(label: Label, *columns: Any) -> Select[Any]:
    """`columns`, counted for each class, or over all classes when `label` is None."""
    return select(literal(None) if label is None else label, *columns).group_by(
        *([] if label is None else [label])
    )


def _asked(connection: Connection, label: Label, stages: dict[Any, Stages]) -> None:
    counted = _grouped(label, queries.c.complete, func.count()).group_by(queries.c.complete)
    for name, complete, count in connection.execute(counted):
        setattr(stages[name], "asked" if complete else "unasked", count)


def _found(connection: Connection, label: Label, stages: dict[Any, Stages]) -> None:
    columns = [
        hits.c.provider,
        hits.c.item,
        func.max(case((hits.c.may_store, 1), else_=0)).label("may"),
    ]
    if label is not None:
        columns.append(hits.c.label)
    items = select(*columns).group_by(*columns[:2], *columns[3:]).subquery()
    shown = None if label is None else items.c.label
    counted = _grouped(shown, items.c.may, func.count()).group_by(items.c.may)
    for name, may_store, count in connection.execute(counted):
        stages[name].found += count
        stages[name].not_stored += 0 if may_store else count


def _fetching(connection: Connection, label: Label, stages: dict[Any, Stages]) -> None:
    counted = (
        _grouped(label, work.c.state, work.c.reason, func.count(distinct(work.c.key)))
        .join_from(work, hits, hits.c.url == work.c.key)
        .where(work.c.kind == Kind.FETCH, work.c.state.in_([Then.FAILED, Then.WAITING, LEASED]))
        .group_by(work.c.state, work.c.reason)
    )
    for name, state, reason, count in connection.execute(counted):
        if state == Then.FAILED:
            stages[name].failed[reason] = count
        else:
            stages[name].unfetched += count


def _after(connection: Connection, label: Label, stages: dict[Any, Stages]) -> None:
    items = _items().subquery()
    shown = None if label is None else items.c.label
    columns = [items.c.state, items.c.reason]
    counted = _grouped(shown, *columns, func.count(distinct(items.c.sha256))).group_by(*columns)
    for name, state, reason, count in connection.execute(counted):
        _put(stages[name], state, reason, count)


def _put(stages: Stages, state: str, reason: str, count: int) -> None:
    stages.fetched += count
    stages.screened += 0 if state == UNSCREENED else count
    if state == REJECTED:
        stages.rejected[reason] = stages.rejected.get(reason, 0) + count
    else:
        setattr(stages, state, getattr(stages, state) + count)


def _items() -> Select[Any]:
    """Each (class, blob) with the stage it stands in and the reason for it."""
    pairs = select(hits.c.label, fetches.c.sha256).join(fetches, fetches.c.url == hits.c.url)
    pair = pairs.where(fetches.c.sha256.is_not(None)).distinct().subquery()
    screen = _newest(facts, "sha256", facts.c.name == SCREENED)
    people = _newest(verdicts, "sha256", "label")
    pairwise = _newest(decisions, "member", "other")
    dropped = (
        select(pairwise.c.member).where(pairwise.c.relation == Relation.DUPLICATE)
    ).distinct().subquery()  # fmt: skip
    rejected = screen.c.said == Said.FAIL
    state = case(
        (screen.c.said.is_(None), UNSCREENED),
        (rejected, REJECTED),
        (dropped.c.member.is_not(None), DUPLICATE),
        (people.c.said == Said.FAIL, REJECTED),
        (people.c.said == Said.PASS, ACCEPTED),
        else_=WAITING,
    )
    reason = case((rejected, screen.c.reason), (state == REJECTED, people.c.reason), else_="")
    same_class = (people.c.sha256 == pair.c.sha256) & (people.c.label == pair.c.label)
    return (
        select(pair.c.label, pair.c.sha256, state.label("state"), reason.label("reason"))
        .outerjoin(screen, screen.c.sha256 == pair.c.sha256)
        .outerjoin(dropped, dropped.c.member == pair.c.sha256)
        .outerjoin(people, same_class)
    )


def _newest(table: Any, *by: Any) -> Any:
    names = [name for name in by if isinstance(name, str)]
    wanted = newest(table, *names).where(*(c for c in by if not isinstance(c, str)))
    return select(table).where(table.c.id.in_(wanted)).subquery()
