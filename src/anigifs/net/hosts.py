"""Politeness: how many requests at once and a second one host gets, and when it is left alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from yarl import URL

from anigifs.net.config import NetConfig
from anigifs.net.reasons import FetchFailed, Reason

T = TypeVar("T")

HOSTS_FAULT = frozenset({
    Reason.CERTIFICATE, Reason.CONNECTION, Reason.DNS, Reason.RATE_LIMITED, Reason.SERVER_ERROR,
    Reason.STALLED, Reason.TOO_SLOW,
})  # fmt: skip
"""Failures that are the host's and not of one URL of it."""


@dataclass(slots=True)
class _Host:
    gate: asyncio.Semaphore
    gap_s: float
    next_at: float = 0.0
    faults: int = 0
    last: str = field(default="")


class Hosts:
    """The state of every host that was asked in this run.

    waiting: requests that sleep until their host's time has come. queued: those that wait for a
        turn at a host, by host; the connections to it count as well as its time.
    """

    def __init__(self, config: NetConfig) -> None:
        self._config = config
        self._hosts: dict[str, _Host] = {}
        self.waiting = 0
        self.queued: Counter[str] = Counter()

    def pace(self, host: str, per_s: float, at_once: int) -> None:
        """Set a host's own rate and number of connections, before it is asked."""
        self._hosts[host] = _Host(asyncio.Semaphore(at_once), 1 / per_s)

    def slow_down(self, host: str, gap_s: float) -> None:
        """At least `gap_s` between two requests (Crawl-delay), up to the longest wait."""
        state = self._of(host)
        state.gap_s = max(state.gap_s, min(gap_s, self._config.wait_most_s))

    def leave_alone(self, host: str, seconds: float) -> None:
        """No request to this host for so long (Retry-After)."""
        state = self._of(host)
        state.next_at = max(state.next_at, monotonic() + seconds)

    async def ask(self, url: URL, request: Callable[[], Awaitable[T]]) -> T:
        """Wait for the host's turn and send the request; how it ends says how the host does.

        Raises:
            FetchFailed: of the request; HOST_DOWN after too many faults in a row; HOST_WAITS when
                the wait would be longer than a job waits.
        """
        host = url.host or ""
        state = self._of(host)
        await self._turn(host, state, url)
        try:
            answer = await request()
        except FetchFailed as error:
            state.faults = state.faults + 1 if error.reason in HOSTS_FAULT else 0
            state.last = error.reason
            raise
        finally:
            state.gate.release()
        state.faults = 0
        return answer

    async def _turn(self, host: str, state: _Host, url: URL) -> None:
        """Take one of the host's connections, at the right moment."""
        self._refuse(state, url)
        self.queued[host] += 1
        try:
            await state.gate.acquire()
            try:
                self._refuse(state, url)
                await self._wait(state, url)
            except BaseException:
                state.gate.release()
                raise
        finally:
            self.queued[host] -= 1

    async def _wait(self, state: _Host, url: URL) -> None:
        now = monotonic()
        at = max(state.next_at, now)
        if (wait := at - now) > self._config.wait_most_s:
            detail = f"the host asked to be left alone for {wait:.0f} s more"
            raise FetchFailed(Reason.HOST_WAITS, str(url), detail, retry_after_s=wait)
        state.next_at = at + state.gap_s
        if wait > 0:
            self.waiting += 1
            try:
                await asyncio.sleep(wait)
            finally:
                self.waiting -= 1

    def _refuse(self, state: _Host, url: URL) -> None:
        if state.faults >= self._config.host_faults:
            detail = f"the host failed {state.faults} times in a row (last: {state.last})"
            raise FetchFailed(Reason.HOST_DOWN, str(url), detail)

    def _of(self, host: str) -> _Host:
        if (state := self._hosts.get(host)) is None:
            gate = asyncio.Semaphore(self._config.host_connections)
            state = self._hosts[host] = _Host(gate, 1 / self._config.host_per_s)
        return state
