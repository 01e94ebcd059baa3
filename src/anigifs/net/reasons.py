"""Why a fetch failed: stable codes, kept in the catalog and shown to people."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from anigifs.core.errors import SourceError


class Reason(StrEnum):
    """A code for each way to fail. Codes are never renamed; the comment says what it means."""

    BAD_URL = "bad-url"  # not http(s), no host, a password in it
    REFUSED_ADDRESS = "refused-address"  # private, loopback, link-local, reserved, …
    REFUSED_BY_ROBOTS = "refused-by-robots"  # robots.txt forbids it
    ROBOTS_UNREACHABLE = "robots-unreachable"  # robots.txt gave 5xx or no answer: nothing allowed
    OPTED_OUT = "opted-out"  # X-Robots-Tag noai, noimageai, noml, or a TDM reservation
    DNS = "dns"  # the name does not resolve
    CONNECTION = "connection"  # refused, reset, closed early
    CERTIFICATE = "certificate"  # TLS cannot be trusted
    STALLED = "stalled"  # no connection, or no byte, for too long
    TOO_SLOW = "too-slow"  # bytes came, but not all within the total time
    TOO_LARGE = "too-large"  # more bytes than allowed, before or after decompression
    BAD_ENCODING = "bad-encoding"  # a Content-Encoding that is unknown or broken
    BAD_ANSWER = "bad-answer"  # not HTTP, headers too long
    TOO_MANY_REDIRECTS = "too-many-redirects"  # or a redirect that leads nowhere
    WRONG_TYPE = "wrong-type"  # a page or another type that was not asked for
    EMPTY = "empty"  # no bytes
    TAKEN_DOWN = "taken-down"  # its bytes were deleted on demand; it is not fetched again
    OTHER_BYTES = "other-bytes"  # not those whose digest the provider declared
    GONE = "gone"  # 404, 410
    FORBIDDEN = "forbidden"  # 401, 402, 403, 407, 451
    RATE_LIMITED = "rate-limited"  # 429, and it stayed so
    SERVER_ERROR = "server-error"  # 408, 425, 5xx, and it stayed so
    HTTP_ERROR = "http-error"  # any other status that is no success
    HOST_DOWN = "host-down"  # the host failed too often in a row; it was not asked
    HOST_WAITS = "host-waits"  # the host asked to be left alone for longer than a job waits


TRANSIENT = frozenset({Reason.CONNECTION, Reason.STALLED, Reason.RATE_LIMITED, Reason.SERVER_ERROR})
"""What is worth another try at once: connection faults, 408, 425, 429 and 5xx."""

LATER = TRANSIENT | {Reason.ROBOTS_UNREACHABLE, Reason.HOST_DOWN, Reason.HOST_WAITS, Reason.DNS}
"""What may be different another day."""


class FetchFailed(SourceError):
    """One URL could not be fetched.

    reason: the code. status: of HTTP, if there was an answer. retry_after_s: how long the host
    asked to be left alone, or None. again: whether another try at once may help; by default
    that of a transient reason.
    """

    def __init__(
        self,
        reason: Reason,
        url: str,
        detail: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        again: bool | None = None,
    ) -> None:
        super().__init__(f"{reason}: {without_query(url)}: {detail}")
        self.reason, self.url, self.detail = reason, url, detail
        self.status, self.retry_after_s = status, retry_after_s
        self.again = reason in TRANSIENT if again is None else again


def without_query(url: str) -> str:
    """The URL without what may be a key: its query, fragment, user and password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(a malformed URL)"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "…" if parts.query else "", ""))
