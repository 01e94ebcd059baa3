"""Bing's picture search, read from its HTML page: off unless a person switches it on by name.

Source: the page's own markup, `a.iusc` with JSON in its attribute `m`; its API was retired in
August 2025. Nothing is promised about this page, its use may be against its terms, and the
licence of what it lists is unknown: hence the switch.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from typing import Any, ClassVar, final

from pydantic import Field

from anigifs.collect import text
from anigifs.collect.keys import Keys
from anigifs.collect.providers.base import ProviderConfig, number_of, url_of
from anigifs.collect.queries import Query
from anigifs.collect.records import Found, Pace, Page, Request, State, Terms
from anigifs.core.errors import SourceError

SITE = "https://www.bing.com"
MOST = 1_000
"""Where the page stops giving anything new."""
LARGEST_PAGE = 8 * 2**20

_ATTRIBUTE = re.compile(r"\s*([\w-]+)(?:=\"([^\"]*)\")?")


class BingConfig(ProviderConfig):
    """Bing."""

    page_size: int = Field(35, ge=1, le=35)
    """Results a page."""


@final
class Bing:
    """No key."""

    Config: ClassVar = BingConfig
    name: ClassVar = "bing"
    terms: ClassVar = Terms(may_store_bytes=True, may_release_url=True)
    pace: ClassVar = Pace(per_minute=12)
    by_name: ClassVar = True

    def __init__(self, config: BingConfig, keys: Keys) -> None:
        self.config = config

    def request(self, query: Query, state: State) -> Request:
        """`first` counts results from 1."""
        values: dict[str, str | int] = {
            "q": query.text,
            "async": 1,
            "first": number_of(state, 1),
            "count": self.config.page_size,
            "qft": " filterui:photo-animatedgif",
        }
        return Request(url_of(self.config.base_url or SITE, "/images/async", values))

    def parse(self, body: bytes, state: State) -> Page:
        """A page without results is the end; so are about 1,000 of them."""
        if len(body) > LARGEST_PAGE:
            raise SourceError(f"the page has {len(body)} bytes; {LARGEST_PAGE} at most are read")
        page = body.decode("utf-8", "replace")
        raw = list(_descriptions(page))
        if not raw and "dgControl" not in page and page.strip():
            raise SourceError("the page has no result list: it has changed, or asks for a person")
        items, problems = text.read_items(raw, _found, self.name)
        first = number_of(state, 1) + self.config.page_size
        return Page(items, str(first) if raw and first < MOST else None, problems)


def _descriptions(page: str) -> Iterator[str]:
    """The `m` of every `a.iusc`. One pass: hostile markup cannot make it slow."""
    for chunk in page.split("<a ")[1:]:
        attributes = dict(_attributes(chunk))
        if "iusc" in attributes.get("class", "").split() and "m" in attributes:
            yield html.unescape(attributes["m"])


def _attributes(chunk: str) -> Iterator[tuple[str, str]]:
    at = 0
    while found := _ATTRIBUTE.match(chunk, at):
        yield found[1], found[2] or ""
        at = found.end()


def _found(told: str) -> Found:
    try:
        item: Any = text.read_json(told.encode("utf-8", "replace"))
    except SourceError as error:
        raise text.Unusable(str(error)) from None
    url = text.need_url(text.dig(item, "murl"))
    return Found(
        provider="bing",
        id=_own_id(text.dig(item, "md5"), url),
        url=url,
        page_url=text.web_url(text.dig(item, "purl")),
        title=text.plain(text.dig(item, "t")),
    )


def _own_id(md5: Any, url: str) -> str:
    """The page's digest of the picture; where it gives none, one of the URL."""
    known = isinstance(md5, str) and re.fullmatch(r"[0-9a-fA-F]{32}", md5)
    return str(md5).lower() if known else hashlib.sha256(url.encode()).hexdigest()
