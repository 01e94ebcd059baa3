"""The funnel: how many were asked, found, fetched, … accepted, per class and in total.

A blob stands in exactly one of the stages after `fetched`, in this order: unscreened, rejected by
a check, duplicate, rejected by people, accepted, waiting for people. One that was found under two
classes counts in each, and once in the total, where it went furthest.

A class that was renamed counts under its new name, and an item that people moved to another class
counts in that one too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    cast,
    distinct,
    func,
    literal,
    select,
)

from anigifs.catalog.proposals import (
    ACCEPTED,
    DUPLICATE,
    REJECTED,
    UNSCREENED,
    WAITING,
    Renamed,
    called,
    items,
    renamed,
)
from anigifs.catalog.queue import LEASED
from anigifs.catalog.records import Kind, Then
from anigifs.catalog.schema import hits, queries, work


@dataclass(slots=True, kw_only=True)
class Stages:
    """The counts of one class, or of all.

    asked, unasked: queries that are complete, and that are still to be asked or paged through.
    unanswered: queries that failed, by reason.
    found: different items of providers. not_stored: those of them whose bytes may not be kept.
    unfetched: URLs still to be fetched. failed: URLs that could not be, by reason.
    fetched: different blobs; unscreened: those of them not screened yet; screened: the others.
    duplicate, waiting, accepted: blobs. rejected: by reason, of checks and of people.
    disputed: those of the waiting that people disagree on, for an adjudicator.
    """

    asked: int = 0
    unasked: int = 0
    unanswered: dict[str, int] = field(default_factory=dict)
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
    disputed: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Funnel:
    """The counts of every class that was asked for or found, by name, and the total."""

    total: Stages
    classes: dict[str, Stages]


def funnel(connection: Connection) -> Funnel:
    """Count, within one transaction, so that the numbers fit each other."""
    names = renamed(connection)
    asked = connection.execute(select(queries.c.label).union(select(hits.c.label))).scalars()
    classes = {names.get(label) or label: Stages() for label in asked}
    total = Stages()
    every: dict[Any, Stages] = {None: total}
    for query, hit, stages in (
        (called(queries.c.label, names), called(hits.c.label, names), classes),
        (None, None, every),
    ):
        _asked(connection, query, stages)
        _found(connection, hit, stages)
        _fetching(connection, hit, stages)
    _after(connection, names, classes)
    _after_all(connection, names, total)
    return Funnel(total, dict(sorted(classes.items())))


Label = ColumnElement[str] | None


def _grouped(label: Label, *columns: Any) -> Select[Any]:
    """`columns`, counted for each class, or over all classes when `label` is None."""
    return select(literal(None) if label is None else label, *columns).group_by(
        *([] if label is None else [label])
    )


def _asked(connection: Connection, label: Label, stages: dict[Any, Stages]) -> None:
    failed = (work.c.kind == Kind.QUERY) & (work.c.state == Then.FAILED)
    reason = case((queries.c.complete, ""), else_=work.c.reason)
    counted = (
        _grouped(label, queries.c.complete, reason, func.count())
        .outerjoin_from(queries, work, failed & (work.c.key == cast(queries.c.id, String)))
        .group_by(queries.c.complete, reason)
    )
    for name, complete, why, count in connection.execute(counted):
        if why:
            stages[name].unanswered[why] = count
        else:
            setattr(stages[name], "asked" if complete else "unasked", count)


def _found(connection: Connection, label: Label, stages: dict[Any, Stages]) -> None:
    columns = [
        hits.c.provider,
        hits.c.item,
        func.max(case((hits.c.may_store, 1), else_=0)).label("may"),
    ]
    if label is not None:
        columns.append(label.label("label"))
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


def _after(connection: Connection, names: Renamed, stages: dict[Any, Stages]) -> None:
    each = items(names).subquery()
    columns = [each.c.label, each.c.state, each.c.reason]
    counted: Select[Any] = select(*columns, func.count()).group_by(*columns)
    for label, state, reason, count in connection.execute(counted):
        _put(stages.setdefault(label, Stages()), state, reason, count)


_FURTHEST = (ACCEPTED, WAITING, DUPLICATE, UNSCREENED, REJECTED)
"""Of a blob under several classes, the first of these counts in the total."""


def _after_all(connection: Connection, names: Renamed, total: Stages) -> None:
    each = items(names).subquery()
    place = case({name: str(n) for n, name in enumerate(_FURTHEST)}, value=each.c.state)
    furthest = select(func.min(place + each.c.reason).label("at")).group_by(each.c.sha256)
    blob = furthest.subquery()
    counted = select(blob.c.at, func.count().label("blobs")).group_by(blob.c.at)
    for row in connection.execute(counted):
        _put(total, _FURTHEST[int(row.at[0])], row.at[1:], row.blobs)


def _put(stages: Stages, state: str, reason: str, count: int) -> None:
    stages.fetched += count
    stages.screened += 0 if state == UNSCREENED else count
    if state == REJECTED:
        stages.rejected[reason] = stages.rejected.get(reason, 0) + count
    else:
        stages.disputed += count if reason else 0
        setattr(stages, state, getattr(stages, state) + count)
