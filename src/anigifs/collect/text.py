"""Text and numbers written by strangers, made safe to keep: never to believe."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from anigifs.collect.records import Found
from anigifs.core.errors import SourceError
from anigifs.core.records import Problem

LONGEST_TEXT = 2_000
LONGEST_URL = 4_096
LONGEST_ID = 300
LARGEST = 2**53
"""The largest whole number that JSON carries without loss."""

_ID = re.compile(r"[^\s\x00-\x1f\x7f]+")
_DIGEST = re.compile(r"(sha1|sha256):[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Unusable(Exception):
    """One item of an answer lacks what it needs; the message says what."""


def read_json(body: bytes) -> Any:
    """The value in an answer. Raises `SourceError` where it is no JSON, or nested without end."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"the answer is not JSON ({type(error).__name__})") from None


def dig(value: Any, *path: str | int) -> Any:
    """`value[path[0]][path[1]]…`, or None where something on the way is of another kind."""
    for step in path:
        fits = isinstance(value, dict if isinstance(step, str) else list)
        try:
            value = value[step] if fits else None
        except (KeyError, IndexError):
            return None
    return value


def rows(value: Any, *path: str | int) -> list[Any]:
    """The list at `path`. Raises `SourceError` where there is none: the shape has changed."""
    found = dig(value, *path)
    if not isinstance(found, list):
        where = ".".join(map(str, path)) or "the answer"
        raise SourceError(f"the answer has another shape: {where} is no list")
    return found


def clean(value: Any, most: int = LONGEST_TEXT) -> str:
    """A text without control characters and lone surrogates, at most `most` long; else ""."""
    if not isinstance(value, str):
        return ""
    kept = (c if c.isprintable() else " " for c in value[: 4 * most])
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())[:most]


def plain(value: Any, most: int = LONGEST_TEXT) -> str:
    """`clean`, with markup taken out: `<b>Tom</b> &amp; Jerry` is `Tom & Jerry`."""
    if not isinstance(value, str):
        return ""
    stripper = _Stripper()
    stripper.feed(value[: 4 * most])
    stripper.close()
    return clean("".join(stripper.parts), most)


def count(value: Any) -> int | None:
    """A whole number from 0 on, given as a number or as digits; else None."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        value = int(value)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return int(value) if fits else None


def web_url(value: Any) -> str:
    """An http(s) URL with a host, no white space and no password in it; else ""."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_URL or not _ID.fullmatch(value):
        return ""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return ""
    return value if good and "@" not in parts.netloc and clean(value, LONGEST_URL) == value else ""


def own_id(value: Any) -> str:
    """An id, given as text or number, fit for a catalog key.

    Raises:
        Unusable: it is missing, too long or holds white space.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_ID or clean(text) != text:
        raise Unusable(f"it has no usable id: {clean(str(value), 60)!r}")
    if not _ID.fullmatch(text):
        raise Unusable(f"its id holds white space: {text[:60]!r}")
    return text


def need_url(value: Any) -> str:
    """`web_url`, required. Raises `Unusable`."""
    if not (url := web_url(value)):
        raise Unusable(f"it has no usable URL: {clean(str(value), 60)!r}")
    return url


def digest(kind: str, value: Any) -> str:
    """`sha1:<hex>` where `value` is such a digest; else ""."""
    told = f"{kind}:{value}".lower() if isinstance(value, str) else ""
    return told if _DIGEST.fullmatch(told) else ""


def read_items(
    raw: Iterable[Any], read: Callable[[Any], Found], provider: str
) -> tuple[tuple[Found, ...], tuple[Problem, ...]]:
    """Read each item; what `read` calls unusable becomes a problem, and the others go on."""
    items: list[Found] = []
    problems: list[Problem] = []
    for number, value in enumerate(raw):
        try:
            items.append(read(value))
        except Unusable as error:
            problems.append(Problem(f"{provider} result {number}", str(error)))
    return tuple(items), tuple(problems)


class _Stripper(HTMLParser):
    """Keeps the text between tags; what stands in script and style is no text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style") and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
