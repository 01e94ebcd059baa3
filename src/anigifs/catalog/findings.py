"""What is known of blobs: facts of checks, fingerprints, decisions on pairs, people's verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from anigifs.catalog.database import Database, chunks, insert_new, now
from anigifs.catalog.records import Decision, Fact, Fingerprint, Relation, Said, Verdict
from anigifs.catalog.schema import decisions, facts, fingerprints, verdicts

SCREENED = "screened"
"""The check whose newest fact is the outcome of screening: PASS, or FAIL with its reason."""

_PAGE = 5_000


def newest(table: Table, *by: str) -> Select[tuple[int]]:
    """The ids of the newest row of each group: what counts where rows are only appended."""
    return select(func.max(table.c.id)).group_by(*(table.c[name] for name in by))


class _Appended:
    """A table that only grows."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database, self._table = database, table

    def _append(self, rows: Sequence[dict[str, Any]]) -> None:
        at = now()
        with self._database.write() as connection:
            for part in chunks(rows):
                connection.execute(self._table.insert(), [{**row, "at_s": at} for row in part])

    def _select(self, which: Any) -> list[Row[Any]]:
        chosen = select(self._table).where(which).order_by(self._table.c.id)
        with self._database.read() as connection:
            return list(connection.execute(chosen).all())


class Facts(_Appended):
    """What checks say of blobs."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, facts)

    def append(self, new: Iterable[Fact]) -> None:
        """Append facts, all or nothing; they never replace older ones."""
        self._append([
            {"sha256": f.sha256, "name": f.check, "said": f.said, "reason": f.reason,
             "evidence": dict(f.evidence), "by": f.by} for f in new
        ])  # fmt: skip

    def of(self, sha256: str) -> list[Fact]:
        """Every fact of a blob, oldest first."""
        return [_fact(row) for row in self._select(facts.c.sha256 == sha256)]

    def latest(self, check: str, names: Iterable[str]) -> dict[str, Fact]:
        """The newest fact of this check for each of these blobs that has one."""
        found: dict[str, Fact] = {}
        for part in chunks(names):
            mine = newest(facts, "sha256").where(facts.c.name == check, facts.c.sha256.in_(part))
            found |= {row.sha256: _fact(row) for row in self._select(facts.c.id.in_(mine))}
        return found

    def passed(self, check: str = SCREENED) -> list[str]:
        """Every blob whose newest fact of this check says PASS, in the order of these facts."""
        mine = newest(facts, "sha256").where(facts.c.name == check)
        chosen = select(facts.c.sha256).where(facts.c.id.in_(mine), facts.c.said == Said.PASS)
        with self._database.read() as connection:
            return list(connection.execute(chosen.order_by(facts.c.id)).scalars())


class Fingerprints:
    """One fingerprint of each kind for a blob."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: Iterable[Fingerprint]) -> int:
        """Add those that are not there yet; return how many were."""
        at = now()
        rows = [{"sha256": f.sha256, "kind": f.kind, "data": f.data, "at_s": at} for f in new]
        with self._database.write() as connection:
            return sum(insert_new(connection, fingerprints, part) for part in chunks(rows))

    def scan(self, kind: str, after: int = 0) -> Iterator[tuple[int, Fingerprint]]:
        """Every fingerprint of a kind, oldest first, as (position, fingerprint).

        after: the position to go on from: 0, or the last one seen by an earlier run.
        """
        chosen = select(fingerprints).where(fingerprints.c.kind == kind)
        chosen = chosen.order_by(fingerprints.c.id).limit(_PAGE)
        while True:
            with self._database.read() as connection:
                rows = connection.execute(chosen.where(fingerprints.c.id > after)).all()
            if not rows:
                return
            for row in rows:
                yield row.id, Fingerprint(row.sha256, row.kind, row.data)
            after = rows[-1].id

    def get(self, kind: str, names: Iterable[str]) -> dict[str, bytes]:
        """The fingerprints of these blobs that have one."""
        found: dict[str, bytes] = {}
        chosen = select(fingerprints.c.sha256, fingerprints.c.data)
        chosen = chosen.where(fingerprints.c.kind == kind)
        with self._database.read() as connection:
            for part in chunks(names):
                rows = connection.execute(chosen.where(fingerprints.c.sha256.in_(part)))
                found |= dict(rows.all())
        return found


class Decisions(_Appended):
    """What was decided about pairs; the newest of a pair (member, other) counts."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, decisions)

    def append(self, new: Iterable[Decision]) -> None:
        """Append decisions, all or nothing."""
        left_out = ("evidence",)
        self._append([
            {name: getattr(d, name) for name in Decision.__slots__ if name not in left_out}
            | {"evidence": dict(d.evidence)} for d in new
        ])  # fmt: skip

    def of(self, sha256: str) -> list[Decision]:
        """Every decision that names this blob, on either side, oldest first."""
        either = (decisions.c.member == sha256) | (decisions.c.other == sha256)
        return [_decision(row) for row in self._select(either)]

    def current(self, relation: Relation | None = None) -> list[Decision]:
        """The newest decision of each pair, oldest first; only of this relation, if given."""
        which: Any = decisions.c.id.in_(newest(decisions, "member", "other"))
        if relation is not None:
            which = which & (decisions.c.relation == relation)
        return [_decision(row) for row in self._select(which)]

    def dropped(self) -> dict[str, str]:
        """The blobs dropped as duplicates, and for which other each (of the newest decision)."""
        return {d.member: d.other for d in self.current(Relation.DUPLICATE)}


class Verdicts(_Appended):
    """What people settled; the newest of (blob, class) counts."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, verdicts)

    def append(self, new: Iterable[Verdict]) -> None:
        """Append verdicts, all or nothing."""
        self._append([
            {name: getattr(v, name) for name in Verdict.__slots__} | {"evidence": dict(v.evidence)}
            for v in new
        ])  # fmt: skip

    def of(self, sha256: str) -> list[Verdict]:
        """Every verdict on a blob, oldest first."""
        return [_verdict(row) for row in self._select(verdicts.c.sha256 == sha256)]

    def current(self) -> list[Verdict]:
        """The newest verdict of each (blob, class) that is settled, oldest first."""
        return self._newest(verdicts.c.said != Said.NOTE)

    def noted(self, reason: str) -> list[Verdict]:
        """The newest verdict of each (blob, class) that is unsettled for this reason."""
        return self._newest((verdicts.c.said == Said.NOTE) & (verdicts.c.reason == reason))

    def said_by(self, prefix: str) -> list[Verdict]:
        """The newest verdict of each (blob, class) that is settled by one called so."""
        named = verdicts.c.by.startswith(prefix, autoescape=True)
        return self._newest(named & (verdicts.c.said != Said.NOTE))

    def _newest(self, which: Any) -> list[Verdict]:
        of_item = verdicts.c.id.in_(newest(verdicts, "sha256", "label"))
        return [_verdict(row) for row in self._select(of_item & which)]


def newest_verdict(connection: Connection, sha256: str, label: str) -> Verdict | None:
    """Within a transaction: the newest verdict on an item."""
    mine = select(verdicts).where(verdicts.c.sha256 == sha256, verdicts.c.label == label)
    row = connection.execute(mine.order_by(verdicts.c.id.desc()).limit(1)).first()
    return None if row is None else _verdict(row)


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """A verdict as a row to be inserted now."""
    values = {name: getattr(verdict, name) for name in Verdict.__slots__}
    return values | {"evidence": dict(verdict.evidence), "at_s": now()}


def _fact(row: Row[Any]) -> Fact:
    return Fact(
        sha256=row.sha256, check=row.name, said=Said(row.said), reason=row.reason,
        evidence=row.evidence, by=row.by,
    )  # fmt: skip


def _decision(row: Row[Any]) -> Decision:
    values = {name: getattr(row, name) for name in Decision.__slots__}
    return Decision(**values | {"relation": Relation(row.relation)})


def _verdict(row: Row[Any]) -> Verdict:
    values = {name: getattr(row, name) for name in Verdict.__slots__}
    return Verdict(**values | {"said": Said(row.said), "evidence": row.evidence or {}})
