"""How much a stranger may ask for: tries of tokens, and the size and depth of bodies."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections import OrderedDict
from typing import Any, Never

from starlette.requests import Request

from anigifs.annotate.app.refusal import Refused
from anigifs.annotate.app.security import Clock

TRIES, TRIES_IN_ALL, WINDOW_S = 10, 300, 60.0
"""Failed tries a minute from one address, and from everywhere. A token has 256 bits: the limits
spare the server; nobody could guess one without them either. Our choice."""
MOST_ADDRESSES = 10_000
MOST_BYTES = 256 * 1024
MOST_DEPTH = 12
BODY_S = 20.0
"""How long a body may take to arrive."""


class Tries:
    """Failed tries, counted in fixed windows; the memory it takes is bounded."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._total, self._since_s = 0, clock()

    def allowed(self, address: str) -> bool:
        """Whether this address may try now."""
        self._turn()
        mine = self._counts.get(_home(address), 0)
        return mine < TRIES and self._total < TRIES_IN_ALL

    def failed(self, address: str) -> None:
        """Count a try with a wrong token."""
        home = _home(address)
        self._total += 1
        self._counts[home] = self._counts.pop(home, 0) + 1
        if len(self._counts) > MOST_ADDRESSES:
            self._counts.popitem(last=False)

    def wait_s(self) -> int:
        """Seconds until the counts start again."""
        return max(1, round(self._since_s + WINDOW_S - self._clock()))

    def _turn(self) -> None:
        if not 0 <= self._clock() - self._since_s < WINDOW_S:
            self._counts.clear()
            self._total, self._since_s = 0, self._clock()


def _home(address: str) -> str:
    """What counts as one address: of IPv6 the /64 that one subscriber holds."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "other"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


async def read_body(request: Request) -> bytes:
    """The body, refused as soon as it is known to be too large, or slow.

    Raises:
        Refused: 413 or 408.
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > MOST_BYTES:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise _too_large()
    except TimeoutError:
        raise Refused(408, f"The request did not arrive within {BODY_S:.0f} seconds.") from None
    return bytes(body)


async def json_body(request: Request) -> dict[str, Any]:
    """The JSON object of a body.

    Raises:
        Refused: 413, 408, 415 (it is not called JSON) or 422 (it is not a JSON object, is nested
            too deeply, or holds what cannot be stored as text).
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(415, "Send JSON, with the header Content-Type: application/json.")
    return parse(await read_body(request))


def parse(body: bytes) -> dict[str, Any]:
    """A JSON object whose depth, numbers and texts we accept. Raises `Refused` (422)."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refused(422, "The body is not valid JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise Refused(422, "The body must be a JSON object.")
    _check(value, MOST_DEPTH)
    return value


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise Refused(422, f"The JSON is nested more than {MOST_DEPTH} deep.")
    if isinstance(value, str):
        _check_text(value)
    for inner in _inside(value):
        _check(inner, depth - 1)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _check_text(text: str) -> None:
    if any(ch < " " and ch not in "\n\t" for ch in text) or any(
        "\ud800" <= c <= "\udfff" for c in text
    ):
        raise Refused(422, "A text holds a control character or half of a surrogate pair.")


def _refuse_constant(name: str) -> Never:
    raise ValueError(name)


def _too_large() -> Refused:
    return Refused(413, f"The request is larger than the {MOST_BYTES // 1024} kB allowed.")
