"""What owners say about mining their works: `X-Robots-Tag` and TDM reservations.

Sources: the header as DeviantArt introduced it in 2022 (`noai`, `noimageai`) and its kin `noml`;
TDM Reservation Protocol, W3C community group report, 2024 (header and /.well-known/tdmrep.json).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

NO = frozenset({"noai", "noimageai", "noml"})
AGENT = "anigifs"
TDMREP = "/.well-known/tdmrep.json"
MOST_RULES = 1_000

_NAMED = re.compile(r"\s*([\w.*-]+)\s*:\s*(.*)", re.DOTALL)
_NOT_AGENTS = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}


def forbidden_by(tags: Iterable[str]) -> str:
    """The directive among X-Robots-Tag header values that forbids us, or "".

    A value may begin with an agent's name and a colon: it then speaks to that agent only.
    """
    for value in tags:
        named = _NAMED.fullmatch(value)
        if named and named[1].lower() not in _NOT_AGENTS:
            if named[1].lower() not in (AGENT, "*"):
                continue
            value = named[2]
        told = {part.strip().lower() for part in value.split(",")}
        if found := sorted(told & NO):
            return found[0]
    return ""


def reserved(header: str | None) -> bool:
    """Whether a `tdm-reservation` header value reserves the rights."""
    return (header or "").strip() == "1"


class Reservations:
    """The rules of an origin's tdmrep.json: the first whose location fits the path decides."""

    def __init__(self, rules: Iterable[tuple[re.Pattern[str], bool]] = ()) -> None:
        self._rules = list(rules)

    @classmethod
    def read(cls, data: bytes) -> Reservations:
        """The rules in a file; of one that is malformed, those that are not."""
        try:
            listed = json.loads(data)
        except (ValueError, RecursionError):
            return cls()
        entries = listed[:MOST_RULES] if isinstance(listed, list) else []
        return cls(rule for entry in entries if (rule := _rule(entry)))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def reserve(self, url: str) -> bool:
        """Whether the rights in what lies at `url` are reserved."""
        path = urlsplit(url).path or "/"
        return next((said for pattern, said in self._rules if pattern.match(path)), False)


def _rule(entry: Any) -> tuple[re.Pattern[str], bool] | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("location"), str):
        return None
    location = entry["location"]
    if not location.startswith("/") or location.count("*") > 5 or len(location) > 500:
        return None
    end = "$" if location.endswith("$") else ""
    parts = location.removesuffix("$").split("*")
    pattern = re.compile(".*?".join(map(re.escape, parts)) + end)
    return pattern, entry.get("tdm-reservation") in (1, "1")
