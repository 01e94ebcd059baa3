"""The queue of work: leased for a while, taken in turns, each key once.

Work of one kind is handed out lane by lane in turns (a lane is a host or a provider): an item's
rank is its number within its lane, so one host with ten thousand URLs does not hold up the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, true, update

from anigifs.catalog.database import Database, chunks, insert_new, now
from anigifs.catalog.records import Job, Kind, Then
from anigifs.catalog.schema import work
from anigifs.catalog.workers import is_alive

LEASE_S = 600.0
LEASED = "leased"
_FREE: dict[str, Any] = {"worker": "", "lease_until_s": 0.0}


class WorkQueue:
    """What is to be done, by whom, until when."""

    def __init__(self, database: Database, locks: Path) -> None:
        self._database, self._locks = database, locks
        self._only: ColumnElement[bool] = true()

    def add(self, kind: Kind, items: Iterable[str], lane: str = "") -> int:
        """Queue keys that were never queued before; return how many are new."""
        with self._database.write() as connection:
            return enqueue(connection, kind, [(key, lane) for key in items])

    def lease(
        self, kind: Kind, worker: str, count: int, *, lane: str | None = None,
        seconds: float = LEASE_S,
    ) -> list[Job]:  # fmt: skip
        """Take up to `count` pieces of waiting work, of one lane or in turns over all.

        Work whose lease ran out is waiting work. An empty list: nothing can be done now, though
        some may be leased by others or wait for its time (`next_at`).
        """
        at = now()
        with self._database.write() as connection:
            _expire(connection, kind, at)
            chosen = select(work.c.id, work.c.key, work.c.lane, work.c.attempts).where(
                work.c.kind == kind, work.c.state == Then.WAITING, work.c.not_before_s <= at,
                self._only,
            )  # fmt: skip
            if lane is not None:
                chosen = chosen.where(work.c.lane == lane)
            chosen = chosen.order_by(work.c.rank, work.c.id).limit(count)
            rows = connection.execute(chosen.with_for_update(skip_locked=True)).all()
            _take(connection, [row.id for row in rows], worker, at + seconds)
        return [Job(kind=kind, key=r.key, lane=r.lane, attempts=r.attempts) for r in rows]

    def finish(self, kind: Kind, keys: Sequence[str]) -> None:
        """Work that is done; it is never handed out again."""
        with self._database.write() as connection:
            settle(connection, kind, [(key, Then.DONE, "", 0.0) for key in keys])

    def fail(self, kind: Kind, reasons: Sequence[tuple[str, str]]) -> None:
        """Work that failed for good: (key, reason code) each. `retry` brings it back."""
        with self._database.write() as connection:
            settle(connection, kind, [(key, Then.FAILED, why, 0.0) for key, why in reasons])

    def postpone(self, kind: Kind, key: str, until_s: float, reason: str) -> None:
        """Work that is tried again from `until_s` on (seconds since 1970)."""
        with self._database.write() as connection:
            settle(connection, kind, [(key, Then.WAITING, reason, until_s)])

    def extend(self, worker: str, seconds: float = LEASE_S) -> None:
        """A worker's sign of life: all its leases last `seconds` from now."""
        mine = update(work).where(work.c.state == LEASED, work.c.worker == worker)
        with self._database.write() as connection:
            connection.execute(mine.values(lease_until_s=now() + seconds))

    def give_back(self, worker: str) -> int:
        """Free what a worker still holds, as if it had never taken it; return how much."""
        with self._database.write() as connection:
            return _free(connection, work.c.worker == worker)

    def free_dead(self) -> int:
        """Free the leases of workers that died on this computer; return how many."""
        with self._database.write() as connection:
            held = select(work.c.worker).where(work.c.state == LEASED).distinct()
            names = connection.execute(held).scalars().all()
            dead = [name for name in names if not is_alive(self._locks, name)]
            return sum(_free(connection, work.c.worker.in_(part)) for part in chunks(dead))

    def retry(self, kind: Kind, reason: str | None = None) -> int:
        """Queue failed work again: all of it, or what failed for one reason; return how much."""
        which = [work.c.kind == kind, work.c.state == Then.FAILED]
        if reason is not None:
            which.append(work.c.reason == reason)
        with self._database.write() as connection:
            again = update(work).where(*which).values(state=Then.WAITING, not_before_s=0.0)
            return connection.execute(again).rowcount

    @contextmanager
    def only(self, reason: str) -> Iterator[None]:
        """Within the block, know only the work whose last attempt ended for `reason`.

        What is queued after its start is known too: what a query that is asked again finds.
        `lease`, `counts` and `next_at` heed it, those of other programs do not.
        """
        with self._database.read() as connection:
            last = connection.execute(select(func.max(work.c.id))).scalar() or 0
        self._only = (work.c.reason == reason) | (work.c.id > last)
        try:
            yield
        finally:
            self._only = true()

    def counts(self, kind: Kind) -> dict[str, int]:
        """How much work is "waiting", "leased", "done" and "failed"."""
        grouped = select(work.c.state, func.count()).where(work.c.kind == kind, self._only)
        with self._database.read() as connection:
            found = connection.execute(grouped.group_by(work.c.state)).all()
        return {"waiting": 0, LEASED: 0, "done": 0, "failed": 0} | dict(found)

    def failures(self, kind: Kind) -> dict[str, int]:
        """How much work failed for each reason."""
        return self._by_reason(work.c.kind == kind, work.c.state == Then.FAILED)

    def postponed(self, kind: Kind) -> dict[str, int]:
        """How much work waits for a later moment, by the reason of its last attempt."""
        later = work.c.not_before_s > now()
        return self._by_reason(work.c.kind == kind, work.c.state == Then.WAITING, later)

    def pending(self, kind: Kind) -> dict[str, int]:
        """How much work waits for another try, now or later, by the reason of its last one."""
        tried = work.c.reason != ""
        return self._by_reason(work.c.kind == kind, work.c.state == Then.WAITING, tried)

    def next_at(self, kind: Kind) -> float | None:
        """When the next waiting work may be leased, in seconds since 1970; None: none waits."""
        first = select(func.min(work.c.not_before_s))
        with self._database.read() as connection:
            found = connection.execute(
                first.where(work.c.kind == kind, work.c.state == Then.WAITING, self._only)
            ).scalar()
        return None if found is None else float(found)

    def _by_reason(self, *which: ColumnElement[bool]) -> dict[str, int]:
        grouped = select(work.c.reason, func.count()).where(*which).group_by(work.c.reason)
        with self._database.read() as connection:
            return dict(connection.execute(grouped).all())


def enqueue(connection: Connection, kind: Kind, items: Iterable[tuple[str, str]]) -> int:
    """Within a transaction: queue (key, lane) pairs that are new; return how many are."""
    fresh = list(dict.fromkeys(items))
    lengths = _lengths(connection, kind, {lane for _, lane in fresh})
    rows = []
    for key, lane in fresh:
        rows.append(
            {"kind": kind, "key": key, "lane": lane[:300], "rank": lengths[lane],
             "state": Then.WAITING, "attempts": 0, "reason": "", "not_before_s": 0.0, **_FREE}
        )  # fmt: skip
        lengths[lane] += 1
    return insert_new(connection, work, rows)


def settle(
    connection: Connection, kind: Kind, ends: Sequence[tuple[str, Then, str, float]]
) -> None:
    """Within a transaction: (key, what becomes of it, reason, not before) for leased work."""
    if not ends:
        return
    change = (
        update(work)
        .where(work.c.kind == kind, work.c.key == bindparam("which"))
        .values(state=bindparam("then"), reason=bindparam("why"),
                not_before_s=bindparam("at"), **_FREE)
    )  # fmt: skip
    rows = [{"which": k, "then": t, "why": why, "at": at} for k, t, why, at in ends]
    connection.execute(change, rows)


def _lengths(connection: Connection, kind: Kind, lanes: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for part in chunks(sorted(lanes)):
        grouped = select(work.c.lane, func.count()).where(
            work.c.kind == kind, work.c.lane.in_(part)
        )
        found.update(dict(connection.execute(grouped.group_by(work.c.lane)).all()))
    return found


def _take(connection: Connection, ids: Sequence[int], worker: str, until_s: float) -> None:
    for part in chunks(ids):
        connection.execute(
            update(work).where(work.c.id.in_(part)).values(
                state=LEASED, worker=worker, lease_until_s=until_s, attempts=work.c.attempts + 1
            )
        )  # fmt: skip


def _expire(connection: Connection, kind: Kind, at: float) -> None:
    over = [work.c.kind == kind, work.c.state == LEASED, work.c.lease_until_s < at]
    connection.execute(update(work).where(*over).values(state=Then.WAITING, **_FREE))


def _free(connection: Connection, which: ColumnElement[bool]) -> int:
    change = update(work).where(work.c.state == LEASED, which)
    values = {"state": Then.WAITING, "attempts": work.c.attempts - 1, **_FREE}
    return connection.execute(change.values(**values)).rowcount
