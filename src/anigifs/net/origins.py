"""What an origin permits: robots.txt and tdmrep.json, asked for once and kept.

Source: RFC 9309 (robots): 4xx means that all is allowed, 5xx and no answer that nothing is; kept
for a day at most; at most 500 KiB are read. A failure is kept for ten minutes, our choice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from protego import Protego
from yarl import URL

from anigifs.net.optouts import AGENT, TDMREP, Reservations
from anigifs.net.reasons import FetchFailed, Reason

KEEP_S = 24 * 3600.0
KEEP_FAILURE_S = 600.0
MOST_BYTES = 500 * 1024
MOST_ORIGINS = 50_000

_Origin = tuple[str, str | None, int | None]
Ask = Callable[[str], Awaitable[bytes]]
"""From a URL to the bytes of its answer, redirects followed, or `FetchFailed`."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What one origin says. robots: None allows all. failure: why it could not be asked."""

    until: float
    robots: Protego | None = None
    reservations: Reservations | None = None
    failure: FetchFailed | None = None

    def check(self, url: URL) -> None:
        """Raises `FetchFailed` where `url` may not be fetched."""
        if self.failure or self.robots or self.reservations:
            self._check(str(url))

    def _check(self, url: str) -> None:
        if self.failure:
            raise FetchFailed(
                self.failure.reason, url, self.failure.detail, status=self.failure.status,
                again=False,
            )  # fmt: skip
        if self.robots and not self.robots.can_fetch(url, AGENT):
            raise FetchFailed(Reason.REFUSED_BY_ROBOTS, url, "robots.txt forbids it")
        if self.reservations and self.reservations.reserve(url):
            raise FetchFailed(Reason.OPTED_OUT, url, f"{TDMREP} reserves the rights")

    @property
    def delay_s(self) -> float:
        """The Crawl-delay, 0 for none."""
        return float(self.robots.crawl_delay(AGENT) or 0) if self.robots else 0.0


class Origins:
    """The permissions of every origin asked in this run."""

    def __init__(self, ask: Ask, robots: bool, optouts: bool) -> None:
        self._ask, self._robots, self._optouts = ask, robots, optouts
        self._known: dict[_Origin, asyncio.Task[Permission]] = {}

    async def permission(self, url: URL) -> Permission:
        """What the origin of `url` permits: from memory, or asked for now."""
        origin = (url.scheme, url.raw_host, url.port)
        task = self._known.get(origin)
        if task is not None and task.done() and not _is_stale(task):
            return task.result()
        if task is None or task.done():
            self._make_room()
            learn = self._learn(str(url.origin()))
            task = self._known[origin] = asyncio.create_task(learn)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Stop asking."""
        for task in self._known.values():
            task.cancel()
        await asyncio.gather(*self._known.values(), return_exceptions=True)

    async def _learn(self, origin: str) -> Permission:
        try:
            robots = await self._read_robots(origin) if self._robots else None
            reservations = await self._read_tdm(origin) if self._optouts else None
        except FetchFailed as failure:
            return Permission(monotonic() + KEEP_FAILURE_S, failure=failure)
        return Permission(monotonic() + KEEP_S, robots, reservations)

    async def _read_robots(self, origin: str) -> Protego | None:
        url = f"{origin}/robots.txt"
        try:
            data = await self._ask(url)
        except FetchFailed as failure:
            if failure.status is not None and 400 <= failure.status < 500 and failure.status != 429:
                return None
            if failure.status is None and failure.reason not in _UNREADABLE:
                raise
            detail = f"robots.txt could not be read ({failure.detail}), so nothing is allowed"
            raise FetchFailed(
                Reason.ROBOTS_UNREACHABLE, url, detail, status=failure.status
            ) from None
        return Protego.parse(data[:MOST_BYTES].decode("utf-8", "replace")) if data else None

    async def _read_tdm(self, origin: str) -> Reservations:
        try:
            data = await self._ask(origin + TDMREP)
        except FetchFailed:
            return Reservations()
        return Reservations.read(data[:MOST_BYTES])

    def _make_room(self) -> None:
        if len(self._known) >= MOST_ORIGINS:
            oldest = next(iter(self._known))
            self._known.pop(oldest).cancel()


_UNREADABLE = frozenset({
    Reason.BAD_ANSWER, Reason.BAD_ENCODING, Reason.TOO_LARGE, Reason.TOO_MANY_REDIRECTS,
})  # fmt: skip


def _is_stale(task: asyncio.Task[Permission]) -> bool:
    return task.cancelled() or bool(task.exception()) or task.result().until < monotonic()
