"""The clock over all requests: one task looks at every request a few times a second.

A timer of its own for each request, and another for each piece of it, cost a quarter of the time
of fetching a small file.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from types import TracebackType
from typing import Self

LOOKS = 8
"""Looks within the shortest time allowed: a limit is kept to an eighth."""
LONGEST_LOOK_S = 0.5


class Overdue(Exception):
    """A request took too long. stalled: nothing came for too long; else too little did."""

    def __init__(self, stalled: bool, took_s: float) -> None:
        super().__init__(f"after {took_s:.1f} s")
        self.stalled = stalled


class Watch:
    """Ends requests that are overdue. Use `start` and `stop`, and `limit` around a request."""

    def __init__(self, idle_s: float, total_s: float) -> None:
        self.idle_s, self.total_s = idle_s, total_s
        self._limits: set[Limit] = set()
        self._looker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._looker = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Look no more."""
        if self._looker:
            self._looker.cancel()
            await asyncio.gather(self._looker, return_exceptions=True)

    def limit(self, first_s: float) -> Limit:
        """A context within which the task is watched; `first_s` more until the first byte."""
        return Limit(self._limits, self.idle_s, self.total_s, first_s)

    async def _look(self) -> None:
        pause = min(self.idle_s / LOOKS, self.total_s / LOOKS, LONGEST_LOOK_S)
        while True:
            await asyncio.sleep(pause)
            now = monotonic()
            for limit in list(self._limits):
                limit.look(now)


class Limit:
    """One watched request; `touch` says that something came."""

    __slots__ = ("_all", "_before", "_idle_s", "_over", "_start", "_task", "_touched", "_until")

    def __init__(self, limits: set[Limit], idle_s: float, total_s: float, first_s: float) -> None:
        now = monotonic()
        self._all, self._idle_s = limits, idle_s
        self._start, self._until, self._touched = now, now + total_s, now + first_s
        self._task = asyncio.current_task()
        self._before = self._task.cancelling() if self._task else 0
        self._over: Overdue | None = None

    def touch(self) -> None:
        """Something came now."""
        self._touched = monotonic()

    def look(self, now: float) -> None:
        """Cancel the task if it is overdue."""
        stalled = now - self._touched > self._idle_s
        if self._task and not self._over and (stalled or now > self._until):
            self._over = Overdue(stalled, now - self._start)
            self._task.cancel()

    def __enter__(self) -> Self:
        self._all.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._all.discard(self)
        # As asyncio.timeout does: our own cancellation becomes our error, another's goes on.
        ours = self._over and self._task and self._task.uncancel() <= self._before
        if self._over and ours and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise self._over from error
