"""The fetcher: permission, redirects checked hop by hop, and second tries with patience."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic
from types import TracebackType
from typing import Self

from yarl import URL

from anigifs import __version__
from anigifs.core.errors import ConfigError
from anigifs.net.addresses import Resolve
from anigifs.net.config import NetConfig
from anigifs.net.hosts import Hosts
from anigifs.net.judges import REDIRECTS, Headers, Judge, answers, content_type, works
from anigifs.net.origins import Origins
from anigifs.net.reasons import FetchFailed, Reason
from anigifs.net.transport import Answer, Transport

_LONGEST_URL = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer. final_url: after redirects. content_type: as declared, lower case, or ""."""

    url: str
    final_url: str
    status: int
    headers: Headers
    data: bytes
    took_s: float

    @property
    def content_type(self) -> str:
        """The declared type without its parameters."""
        return content_type(self.headers)


class Fetcher:
    """Use with `async with`. Safe for any number of tasks of one event loop."""

    def __init__(self, config: NetConfig, resolve: Resolve | None = None) -> None:
        """Prepare; nothing is opened yet.

        Args:
            config: the limits and manners.
            resolve: from a host name to addresses; the operating system's when None.

        Raises:
            ConfigError: the config names no operator.
        """
        if not config.operator:
            raise ConfigError(
                "nobody is named as the operator; hosts want to know whom to ask. Set "
                'operator = "you@example.org" under [net] in workspace.toml'
            )
        self._config = config
        agent = f"anigifs/{__version__} (+{config.operator})"
        self._transport = Transport(config, agent, resolve)
        self._hosts = Hosts(config)
        self._works = works(config.optouts)
        self._origins = Origins(self._ask_origin, config.robots, config.optouts)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._origins.close()
        await self._transport.__aexit__(kind, error, trace)

    @property
    def waiting(self) -> int:
        """How many requests wait for a host's turn now."""
        return self._hosts.waiting

    def queued(self, host: str) -> int:
        """How many requests wait for a turn at this host now."""
        return self._hosts.queued[host.lower()]

    def pace(self, host: str, per_s: float, at_once: int = 1) -> None:
        """Give one host a rate of its own, for example that of a provider's terms."""
        self._hosts.pace(host.lower(), per_s, at_once)

    async def get(self, url: str) -> Fetched:
        """Fetch a work: robots.txt and opt-outs are obeyed, pages are refused, empty answers too.

        Raises:
            FetchFailed: with the reason; transient faults were tried `tries` times.
        """
        first = parse(url)
        await self._permit(first)
        got = await self._persist(first, _Exchange(self._works, {}, None, True))
        if not got.data:
            raise FetchFailed(Reason.EMPTY, url, "no bytes", status=got.status)
        return got

    async def call(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Fetched:
        """Call an interface that is made for programs: no robots.txt, no opt-outs.

        Args:
            url: it may hold a key, for no message shows a query.
            headers: sent to the first host only, not to where it redirects.
            form: makes it a POST.
            also: statuses that are given back as values although they are no success.

        Raises:
            FetchFailed: with the reason; transient faults were tried `tries` times.
        """
        exchange = _Exchange(answers(also), headers or {}, form, False)
        return await self._persist(parse(url), exchange)

    async def _persist(self, url: URL, exchange: _Exchange) -> Fetched:
        """Try, and try again after a while where that may help."""
        for number in range(self._config.tries):
            try:
                return await self._follow(url, exchange)
            except FetchFailed as error:
                wait = error.retry_after_s
                if wait is not None:
                    self._hosts.leave_alone(parse(error.url).host or "", wait)
                wait = self._backoff(number) if wait is None else wait
                last = number + 1 == self._config.tries
                if last or not error.again or wait > self._config.wait_most_s:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    def _backoff(self, number: int) -> float:
        wait = min(self._config.backoff_s * 2.0**number, self._config.wait_most_s / 2)
        return wait * (1 + random.random())

    async def _follow(self, url: URL, exchange: _Exchange) -> Fetched:
        """One try: the request and what it redirects to."""
        start, current = monotonic(), url
        for hop in range(self._config.redirects + 1):
            if hop and exchange.is_work:
                await self._permit(current)
            answer = await self._one(current, exchange if not hop else exchange.elsewhere())
            if answer.status not in REDIRECTS:
                return Fetched(
                    url=str(url), final_url=str(current), status=answer.status,
                    headers=answer.headers, data=answer.data, took_s=monotonic() - start,
                )  # fmt: skip
            if exchange.form is not None:
                raise FetchFailed(Reason.TOO_MANY_REDIRECTS, str(current), "a POST is redirected")
            current = _next(current, answer)
        detail = f"more than {self._config.redirects} redirects"
        raise FetchFailed(Reason.TOO_MANY_REDIRECTS, str(url), detail)

    async def _one(self, url: URL, exchange: _Exchange) -> Answer:
        ask = partial(self._transport.ask, url, exchange.judge, exchange.headers, exchange.form)
        return await self._hosts.ask(url, ask)

    async def _permit(self, url: URL) -> None:
        permission = await self._origins.permission(url)
        permission.check(url)
        if permission.delay_s:
            self._hosts.slow_down(url.host or "", permission.delay_s)

    async def _ask_origin(self, url: str) -> bytes:
        return (await self.call(url)).data


@dataclass(frozen=True, slots=True)
class _Exchange:
    judge: Judge
    headers: Mapping[str, str]
    form: Mapping[str, str] | None
    is_work: bool

    def elsewhere(self) -> _Exchange:
        """The same after a redirect: what the caller sent to the first host stays there."""
        return _Exchange(self.judge, {}, None, self.is_work)


def parse(url: str) -> URL:
    """A URL that may be asked for: http(s), a host, no password, no fragment sent.

    Raises:
        FetchFailed: BAD_URL.
    """
    try:
        parsed = URL(url)
        good = parsed.scheme in ("http", "https") and parsed.host and parsed.port
    except (ValueError, UnicodeError) as error:
        raise FetchFailed(Reason.BAD_URL, url, f"malformed: {error}") from None
    if not good or len(url) > _LONGEST_URL:
        raise FetchFailed(Reason.BAD_URL, url, "not an http(s) URL with a host, or too long")
    if parsed.user or parsed.password:
        raise FetchFailed(Reason.BAD_URL, url, "it holds a user name or password")
    return parsed.with_fragment(None) if parsed.raw_fragment else parsed


def _next(url: URL, answer: Answer) -> URL:
    location = answer.headers["Location"]
    try:
        return parse(str(url.join(URL(location))))
    except ValueError:
        detail = f"it redirects to {location[:200]!r}, which is no URL"
        raise FetchFailed(Reason.BAD_URL, str(url), detail) from None
