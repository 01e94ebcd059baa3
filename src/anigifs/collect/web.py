"""The way out: what a collect job needs of the network, and the fetcher that gives it.

A job knows only `Web`, so tests hand it another one and open no socket.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

from anigifs.collect.providers import Provider
from anigifs.collect.queries import Query
from anigifs.collect.records import FIRST, Request
from anigifs.core.errors import ConfigError
from anigifs.net.fetcher import Fetched, Fetcher

NO_OPERATOR = (
    "URLs wait to be fetched and nobody is named as the operator; hosts want to know whom to ask. "
    'Set operator = "you@example.org" under [net] in workspace.toml'
)


class Web(Protocol):
    """Ask an interface, fetch a file, say what waits."""

    async def ask(self, request: Request) -> bytes:
        """The body of a search's answer. Raises `FetchFailed`."""

    async def fetch(self, url: str) -> Fetched:
        """One media file. Raises `FetchFailed`."""

    def queued(self, host: str) -> int:
        """How many requests wait for a turn at this host now."""


class NetWeb:
    """The real one."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def keep_pace(self, providers: Iterable[Provider]) -> None:
        """Tell the fetcher how fast each provider's search may be asked."""
        for provider in providers:
            host = urlsplit(provider.request(Query("x"), FIRST).url).hostname or ""
            pace = provider.pace
            self._fetcher.pace(host, pace.per_minute / 60, pace.at_once)

    async def ask(self, request: Request) -> bytes:
        """See `Web`."""
        got = await self._fetcher.call(request.send_url(), headers=request.send_headers())
        return got.data

    async def fetch(self, url: str) -> Fetched:
        """See `Web`."""
        return await self._fetcher.get(url)

    def queued(self, host: str) -> int:
        """See `Web`."""
        return self._fetcher.queued(host)


class NoWeb:
    """For imports where nobody is named as the operator: the disk is read, the web is not."""

    async def ask(self, request: Request) -> bytes:
        """See `Web`."""
        raise ConfigError(NO_OPERATOR)

    async def fetch(self, url: str) -> Fetched:
        """See `Web`."""
        raise ConfigError(NO_OPERATOR)

    def queued(self, host: str) -> int:
        """See `Web`."""
        return 0
