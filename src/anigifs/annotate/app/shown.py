"""How values are written on the pages."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit


def count(value: int) -> str:
    """1234 as "1,234"."""
    return f"{value:,}"


def percent(share: float | None, digits: int = 0) -> str:
    """0.874 as "87 %"; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None) -> str:
    """Two decimals, with a true minus; a dash where there is none."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def seconds(ms: float | None) -> str:
    """2340 ms as "2.3 s"."""
    return "–" if ms is None else f"{ms / 1000:.1f} s"


def moment(at_s: float | None) -> str:
    """A time as "2026-05-04 12:31 UTC"."""
    return (
        "never"
        if at_s is None
        else datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
    )


def path_part(text: str) -> str:
    """Any text as one part of a path."""
    return quote(text, safe="")


def link(url: str) -> str:
    """An untrusted URL if it leads to the web, else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


FILTERS = {
    "count": count, "percent": percent, "number": number, "seconds": seconds, "moment": moment,
    "path_part": path_part, "link": link,
}  # fmt: skip
