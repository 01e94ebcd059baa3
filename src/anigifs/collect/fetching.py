"""The download job: lease URLs, fetch them, store the bytes, then write the rows; resumable.

At any moment at most `window` items are under way: leased, being fetched, or fetched and not yet
recorded. Those are all that a `kill -9` loses; the next run asks for them again, and for nothing
else twice.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TypeVar

from anigifs.catalog import OK, Job, Kind, Outcome, Then, Workspace
from anigifs.catalog.database import now
from anigifs.catalog.queue import LEASE_S
from anigifs.net.fetcher import Fetched
from anigifs.net.reasons import FetchFailed, Reason

T = TypeVar("T")
Get = Callable[[str], Awaitable[Fetched]]

WINDOW = 256
FLUSH_ITEMS = 64
FLUSH_BYTES = 64 * 2**20
FLUSH_S = 0.5
ROUNDS = 5
"""How often a URL is put off because its host asked for a long pause, until it counts as failed."""
PATIENCE_S = 120.0
IDLE_S = 0.2
TAKEN_DOWN = "it was taken down and is not fetched again"


@dataclass(slots=True)
class FetchTotals:
    """What one run did. postponed: put off to a later run, as their hosts asked for."""

    fetched: int = 0
    bytes: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    postponed: int = 0


async def fetch_waiting(
    workspace: Workspace,
    get: Get,
    *,
    window: int = WINDOW,
    more: Callable[[], bool] = lambda: False,
    notify: Callable[[Outcome], None] = lambda outcome: None,
) -> FetchTotals:
    """Fetch every queued URL; return when none is left that may be fetched within two minutes.

    Args:
        workspace: where the queue, the blobs and the rows are.
        get: `Fetcher.get`, or something in its manner that raises `FetchFailed`.
        window: how many items may be under way.
        more: whether others still queue URLs; the job then waits for them.
        notify: called with each outcome after it was recorded.

    Raises:
        WorkspaceFault: the disk is full or the catalog locked; the job can be run again.
    """
    with workspace.worker("fetch") as worker, ThreadPoolExecutor(1) as writer:
        job = _FetchJob(workspace, get, worker, writer, window, notify)
        try:
            await job.run(more)
        finally:
            await job.stop()
    return job.totals


class _FetchJob:
    def __init__(
        self, workspace: Workspace, get: Get, worker: str, writer: ThreadPoolExecutor,
        window: int, notify: Callable[[Outcome], None],
    ) -> None:  # fmt: skip
        self._workspace, self._get, self._worker = workspace, get, worker
        self._writer, self._window, self._notify = writer, window, notify
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: list[tuple[Outcome, bytes]] = []
        self._bytes, self._flushed_at, self._alive_at = 0, monotonic(), monotonic()
        self._changed = asyncio.Event()
        self._broken: BaseException | None = None
        self._gone: set[str] = set()
        self.totals = FetchTotals()

    async def run(self, more: Callable[[], bool]) -> None:
        while True:
            expecting = more()  # asked before leasing, so that nothing slips between
            leased = await self._lease()
            if not leased and not self._tasks:
                await self._flush()
                if not expecting and not await self._worth_waiting():
                    return
            await self._nap(IDLE_S if not leased else FLUSH_S)
            await self._keep_house()
            if self._broken:
                raise self._broken

    async def stop(self) -> None:
        """Cancel what runs and record what is whole; then leases may be given back."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._flush()

    async def _lease(self) -> int:
        free = self._window - len(self._tasks) - len(self._done)
        if free < max(self._window // 4, 1):
            return -1
        jobs = await self._aside(
            lambda: self._workspace.queue.lease(Kind.FETCH, self._worker, free)
        )
        self._gone = await self._aside(self._taken_down)
        for job in jobs:
            task = asyncio.create_task(self._one(job))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        return len(jobs)

    def _taken_down(self) -> set[str]:
        """The URLs of what was taken down."""
        return self._workspace.provenance.urls(self._workspace.takedowns.names())

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._changed.set()
        if not task.cancelled() and (error := task.exception()):
            self._broken = error

    async def _one(self, job: Job) -> None:
        start = monotonic()
        try:
            if job.key in self._gone:
                raise _refused(job.key)
            got = await self._get(job.key)
        except FetchFailed as failure:
            outcome, data = _failure(job, failure), b""
        else:
            outcome, data = _success(job, got), got.data
        took = monotonic() - start
        self._done.append((_signed(outcome, self._worker, took), data))
        self._bytes += len(data)

    async def _nap(self, seconds: float) -> None:
        """Until enough is done to be written, or a while has passed."""
        until = monotonic() + seconds
        while not self._is_due() and (left := until - monotonic()) > 0:
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)
            if not self._tasks:
                return

    def _is_due(self) -> bool:
        return len(self._done) >= min(FLUSH_ITEMS, self._window // 4) or self._bytes >= FLUSH_BYTES

    async def _keep_house(self) -> None:
        if self._is_due() or monotonic() - self._flushed_at > FLUSH_S:
            await self._flush()
        if monotonic() - self._alive_at > LEASE_S / 4:
            self._alive_at = monotonic()
            await self._aside(lambda: self._workspace.queue.extend(self._worker))

    async def _flush(self) -> None:
        """Bytes first, then rows: a row never names what is not there."""
        batch = list(self._done)  # more may be added while these are written
        self._flushed_at = monotonic()
        if not batch:
            return
        outcomes = await self._aside(lambda: _store(self._workspace, batch))
        self._done, self._bytes = self._done[len(batch) :], 0
        for outcome in outcomes:
            self._count(outcome)
            self._notify(outcome)

    def _count(self, outcome: Outcome) -> None:
        if outcome.then is Then.DONE:
            self.totals.fetched += 1
            self.totals.bytes += outcome.size_bytes or 0
        elif outcome.then is Then.FAILED:
            self.totals.failed[outcome.reason] += 1
        else:
            self.totals.postponed += 1

    async def _worth_waiting(self) -> bool:
        """Sleep until put-off work may be done, if that is soon."""
        at = await self._aside(lambda: self._workspace.queue.next_at(Kind.FETCH))
        if at is None or at - now() > PATIENCE_S:
            return False
        await asyncio.sleep(max(at - now(), 0.0))
        return True

    async def _aside(self, work: Callable[[], T]) -> T:
        """In the one thread that writes, so that fetching goes on meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)


def _store(workspace: Workspace, batch: list[tuple[Outcome, bytes]]) -> list[Outcome]:
    batch = _without_taken_down(workspace, batch)
    got = [data for outcome, data in batch if outcome.reason == OK]
    names = iter(workspace.blobs.put_all(got))
    outcomes = [
        replace(o, sha256=next(names), size_bytes=len(data)) if o.reason == OK else o
        for o, data in batch
    ]
    workspace.fetches.record(outcomes)
    return outcomes


def _without_taken_down(
    workspace: Workspace, batch: list[tuple[Outcome, bytes]]
) -> list[tuple[Outcome, bytes]]:
    """The same bytes under another URL are no more welcome."""
    gone = workspace.takedowns.names()
    if not gone:
        return batch
    return [
        (replace(o, reason=Reason.TAKEN_DOWN, then=Then.FAILED, detail=TAKEN_DOWN), b"")
        if o.reason == OK and hashlib.sha256(data).hexdigest() in gone else (o, data)
        for o, data in batch
    ]  # fmt: skip


def _refused(url: str) -> FetchFailed:
    return FetchFailed(Reason.TAKEN_DOWN, url, TAKEN_DOWN)


def _success(job: Job, got: Fetched) -> Outcome:
    return Outcome(
        url=job.key, reason=OK, then=Then.DONE, status=got.status, final_url=got.final_url,
        content_type=got.content_type[:200],
    )  # fmt: skip


def _failure(job: Job, failure: FetchFailed) -> Outcome:
    wait = failure.retry_after_s
    later = wait is not None and job.attempts + 1 < ROUNDS
    return Outcome(
        url=job.key, reason=failure.reason, then=Then.WAITING if later else Then.FAILED,
        status=failure.status, detail=failure.detail[:500],
        not_before_s=now() + (wait or 0.0) if later else 0.0,
    )  # fmt: skip


def _signed(outcome: Outcome, worker: str, took_s: float) -> Outcome:
    return replace(outcome, worker=worker, took_s=round(took_s, 4))
