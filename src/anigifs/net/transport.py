"""One request and its answer: no redirects, no second try; every fault gets its reason."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from anigifs.core.errors import ConfigError
from anigifs.net.addresses import AddressRefused, Guard, GuardedResolver, Resolve
from anigifs.net.body import BadEncoding, TooLarge, read_capped
from anigifs.net.config import NetConfig
from anigifs.net.judges import Headers, Judge
from anigifs.net.reasons import FetchFailed, Reason
from anigifs.net.watch import Limit, Overdue, Watch

KEEP_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers, and a body, empty where the judge did not want it."""

    status: int
    headers: Headers
    data: bytes


class Transport:
    """A session of connections, each to a checked address."""

    def __init__(self, config: NetConfig, agent: str, resolve: Resolve | None = None) -> None:
        self._config, self._agent = config, agent
        self._guard = Guard(config.allow)
        self._resolver = GuardedResolver(self._guard, resolve)
        self._slots = asyncio.Semaphore(config.connections)
        self._watch = Watch(config.idle_s, config.total_s)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        caches = self._config.dns_s > 0
        connector = aiohttp.TCPConnector(
            resolver=self._resolver, ssl=_tls(self._config.ca_file), limit=0,
            keepalive_timeout=KEEP_S, use_dns_cache=caches,
            ttl_dns_cache=int(self._config.dns_s) if caches else None,
            socket_factory=self._guard.open_socket,
        )  # fmt: skip
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._config.connect_s)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": self._agent},
        )  # fmt: skip
        self._watch.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._watch.stop()
        if self._session:
            await self._session.close()

    async def ask(
        self, url: URL, judge: Judge, headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """Send one request (a POST where there is a form) and read what the judge wants.

        Raises:
            FetchFailed: for whatever went wrong.
        """
        self._guard_literal(url)
        async with self._slots:
            try:
                with self._watch.limit(self._config.connect_s) as limit:
                    return await self._exchange(url, judge, headers, form, limit)
            except _FAULTS as error:
                raise _failure(url, error) from error

    async def _exchange(
        self, url: URL, judge: Judge, headers: Mapping[str, str],
        form: Mapping[str, str] | None, limit: Limit,
    ) -> Answer:  # fmt: skip
        assert self._session is not None, "use the transport with `async with`"
        most = self._config.max_bytes
        async with self._session.request(
            "GET" if form is None else "POST", url, headers=headers, data=form,
            allow_redirects=False,
        ) as response:  # fmt: skip
            limit.touch()
            if not judge(url, response.status, response.headers):
                return Answer(response.status, response.headers, b"")
            if (response.content_length or 0) > most:
                raise TooLarge(f"{response.content_length} bytes declared, {most} allowed")
            encoding = response.headers.get("Content-Encoding", "")
            data = await read_capped(response.content.iter_any(), encoding, most, limit.touch)
            return Answer(response.status, response.headers, data)

    def _guard_literal(self, url: URL) -> None:
        try:
            self._guard.check_literal(url.host or "")
        except AddressRefused as error:
            raise FetchFailed(Reason.REFUSED_ADDRESS, str(url), str(error)) from None


def _failure(url: URL, error: Exception) -> FetchFailed:
    """The same fault with its reason."""
    if ours := _OURS.get(type(error)):
        return FetchFailed(ours, str(url), str(error))
    if isinstance(error, Overdue):
        reason = Reason.STALLED if error.stalled else Reason.TOO_SLOW
        return FetchFailed(reason, str(url), f"{_LATE[error.stalled]} {error}")
    reason, detail = _reason(error)
    again = True if _is_passing_dns_fault(error) else None
    return FetchFailed(reason, str(url), detail, again=again)


_OURS: dict[type[Exception], Reason] = {
    AddressRefused: Reason.REFUSED_ADDRESS,
    TooLarge: Reason.TOO_LARGE,
    BadEncoding: Reason.BAD_ENCODING,
}

_LATE = {True: "nothing came", False: "not whole"}
_FAULTS: tuple[type[Exception], ...] = (
    *_OURS,
    Overdue,
    aiohttp.ClientError,
    OSError,
)  # TimeoutError is an OSError

_KINDS: tuple[tuple[type[BaseException], Reason, str], ...] = (
    (aiohttp.ConnectionTimeoutError, Reason.STALLED, "no connection"),
    (aiohttp.ClientSSLError, Reason.CERTIFICATE, "TLS failed"),
    (aiohttp.ClientConnectorDNSError, Reason.DNS, "the name does not resolve"),
    (aiohttp.InvalidURL, Reason.BAD_URL, "not a URL that can be asked for"),
    (aiohttp.ClientResponseError, Reason.BAD_ANSWER, "not an HTTP answer"),
    (aiohttp.ClientPayloadError, Reason.CONNECTION, "the answer ended early"),
)


def _reason(error: BaseException) -> tuple[Reason, str]:
    for kind, reason, words in _KINDS:
        if isinstance(error, kind):
            return reason, f"{words}: {_short(error)}"
    return Reason.CONNECTION, f"the connection failed: {_short(error)}"


def _short(error: BaseException) -> str:
    inner = getattr(error, "os_error", None) or getattr(error, "message", "") or error
    return f"{type(error).__name__} {str(inner)[:200]}".strip()


def _is_passing_dns_fault(error: BaseException) -> bool:
    inner = getattr(error, "os_error", None)
    return isinstance(inner, socket.gaierror) and inner.errno == socket.EAI_AGAIN


@cache
def _tls(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise ConfigError(f"net.ca_file: cannot read {ca_file}: {error}") from None
