"""Whether an answer is one that was asked for, told from its status and headers alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from multidict import CIMultiDictProxy
from yarl import URL

from anigifs.net.optouts import forbidden_by, reserved
from anigifs.net.reasons import FetchFailed, Reason

Headers = CIMultiDictProxy[str]
Judge = Callable[[URL, int, Headers], bool]
"""From URL, status and headers: True to read the body, False for a redirect, or `FetchFailed`."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PAGES = frozenset({"text/html", "application/xhtml+xml", "application/json"})

_REASONS = {
    401: Reason.FORBIDDEN, 402: Reason.FORBIDDEN, 403: Reason.FORBIDDEN, 407: Reason.FORBIDDEN,
    404: Reason.GONE, 408: Reason.SERVER_ERROR, 410: Reason.GONE, 425: Reason.SERVER_ERROR,
    429: Reason.RATE_LIMITED, 451: Reason.FORBIDDEN,
}  # fmt: skip


def answers(extra: Collection[int] = ()) -> Judge:
    """Takes successes, redirects and the `extra` statuses."""

    def judge(url: URL, status: int, headers: Headers) -> bool:
        if status in REDIRECTS and "Location" in headers:
            return False
        if 200 <= status < 300 or status in extra:
            return True
        raise _failure(url, status, headers)

    return judge


def works(optouts: bool) -> Judge:
    """Takes successes and redirects that are no pages and, if asked to look, no opt-outs."""
    usual = answers()

    def judge(url: URL, status: int, headers: Headers) -> bool:
        reads = usual(url, status, headers)
        if optouts:
            _check_optouts(url, headers)
        if reads and (kind := content_type(headers)) in PAGES:
            raise FetchFailed(Reason.WRONG_TYPE, str(url), f"the answer is {kind}", status=status)
        return reads

    return judge


def content_type(headers: Headers) -> str:
    """The declared type without its parameters, lower case, or ""."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def retry_after_s(value: str | None) -> float | None:
    """Seconds from a Retry-After header, given as seconds or as a date; None for no such thing."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), 10.0**9)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - datetime.now(UTC)).total_seconds(), 0.0)


def _failure(url: URL, status: int, headers: Headers) -> FetchFailed:
    reason = _REASONS.get(status, Reason.SERVER_ERROR if status >= 500 else Reason.HTTP_ERROR)
    passing = reason in (Reason.RATE_LIMITED, Reason.SERVER_ERROR)
    wait = retry_after_s(headers.get("Retry-After")) if passing else None
    return FetchFailed(reason, str(url), f"HTTP {status}", status=status, retry_after_s=wait)


def _check_optouts(url: URL, headers: Headers) -> None:
    if tag := forbidden_by(headers.getall("X-Robots-Tag", [])):
        raise FetchFailed(Reason.OPTED_OUT, str(url), f"X-Robots-Tag: {tag}")
    if reserved(headers.get("tdm-reservation")):
        raise FetchFailed(Reason.OPTED_OUT, str(url), "tdm-reservation: 1")
