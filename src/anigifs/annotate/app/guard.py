"""What holds for every request and answer, before and after anything of ours runs.

Requests: only for a name that is ours (a hostile page cannot reach the server by letting its own
name point here), and changes only from our own pages. Answers: the headers that keep a browser
from running, framing, sniffing or sharing what it was sent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
MEDIA_CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CSP,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Of every answer, where it does not set its own."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
ANY = ("0.0.0.0", "::")  # noqa: S104 - what a person may bind to, compared only


class Hosts:
    """The names under which the server answers.

    host: what it is bound to. name: what people call it from outside, "" for nothing more. Bound
    to every address, it answers to any number: no name of somebody else's can be one.
    """

    def __init__(self, host: str, name: str = "") -> None:
        self._any = host in ANY
        self._names = {_bare(name) for name in (*LOOPBACK, host, name) if name}

    def __contains__(self, header: str) -> bool:
        name = _bare(header)
        return name in self._names or (self._any and _is_address(name))


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        answer = self._app
        if refused := self._refuse(Headers(scope=scope), scope["method"]):
            status, why = refused
            answer = JSONResponse({"error": why}, status)
        await answer(scope, receive, _with_headers(send))

    def _refuse(self, headers: Headers, method: str) -> tuple[int, str] | None:
        if headers.get("host", "") not in self._hosts:
            return 400, "The server does not answer under this name; see anigifs annotate serve."
        site = headers.get("sec-fetch-site")
        if method in ("GET", "HEAD"):
            visits = headers.get("sec-fetch-mode") == "navigate"  # a link on somebody's page
            foreign = site in ("cross-site", "same-site") and not visits
        else:
            foreign = not _from_us(headers, site)
        return (403, "Only this server's own pages may ask for this.") if foreign else None


def _from_us(headers: Headers, site: str | None) -> bool:
    """Whether a change comes from our own page: what the browser says of it must be so."""
    origin = headers.get("origin")
    if site is None and origin is None:
        return False
    ours = origin is None or origin.partition("://")[2].lower() == headers.get("host", "").lower()
    return ours and site in (None, "same-origin")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _bare(host: str) -> str:
    """The name of "name:port" or of a whole address, in lower case."""
    host = host.partition("://")[2].partition("/")[0] if "://" in host else host
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return (host if host.count(":") > 1 else host.partition(":")[0]).lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
