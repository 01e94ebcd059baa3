"""GIPHY: the largest collection, of which the terms let one keep ids only.

Source: developers.giphy.com, `GET /v1/gifs/search`. A beta key allows 100 calls an hour.
Copies and indexes are forbidden, so nothing is fetched: ids are listed and looked up again.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, final

from pydantic import Field

from anigifs.collect import text
from anigifs.collect.keys import Keys
from anigifs.collect.providers.base import ProviderConfig, cut, number_of, url_of
from anigifs.collect.queries import Query
from anigifs.collect.records import Found, Pace, Page, Request, State, Terms
from anigifs.core.errors import SourceError

SITE = "https://api.giphy.com"
LONGEST_QUERY = 50
MOST_OFFSET = 4_999


class GiphyConfig(ProviderConfig):
    """GIPHY."""

    page_size: int = Field(50, ge=1, le=50)
    """Results a page."""
    rating: Literal["g", "pg", "pg-13", "r"] = "pg-13"
    """The strongest content rating that is asked for."""


@final
class Giphy:
    """`ANIGIFS_GIPHY_KEY` is needed."""

    Config: ClassVar = GiphyConfig
    name: ClassVar = "giphy"
    terms: ClassVar = Terms(
        may_store_bytes=False, may_release_url=False, id_only=True, credit="Powered By GIPHY"
    )
    pace: ClassVar = Pace(per_minute=100 / 60)
    by_name: ClassVar = False

    def __init__(self, config: GiphyConfig, keys: Keys) -> None:
        self.config = config
        self._key = keys.require(self.name, "https://developers.giphy.com")

    def request(self, query: Query, state: State) -> Request:
        """Offsets from 0."""
        values: dict[str, str | int] = {
            "q": cut(query.text, LONGEST_QUERY),
            "limit": self.config.page_size,
            "offset": number_of(state, 0),
            "rating": self.config.rating,
            "lang": "en",
        }
        url = url_of(self.config.base_url or SITE, "/v1/gifs/search", values)
        return Request(url, secrets=(("api_key", self._key),))

    def parse(self, body: bytes, state: State) -> Page:
        """Numbers are strings; `meta` can tell of an error that the status did not."""
        answer = text.read_json(body)
        status = text.count(text.dig(answer, "meta", "status"))
        if status not in (None, 200):
            raise SourceError(f"the API answers with status {status}")
        raw = text.rows(answer, "data")
        items, problems = text.read_items(raw, _found, self.name)
        total = text.count(text.dig(answer, "pagination", "total_count")) or 0
        offset = number_of(state, 0) + len(raw)
        more = raw and offset < min(total, MOST_OFFSET + 1)
        return Page(items, str(offset) if more else None, problems)


def _found(item: Any) -> Found:
    own = text.own_id(text.dig(item, "id"))
    media = text.dig(item, "images", "original")
    rating = text.clean(text.dig(item, "rating"), 10)
    return Found(
        provider="giphy",
        id=own,
        url=text.need_url(text.dig(media, "url")),
        page_url=text.web_url(text.dig(item, "url")),
        title=text.plain(text.dig(item, "title")),
        creator=text.plain(text.dig(item, "username")),
        width=text.count(text.dig(media, "width")),
        height=text.count(text.dig(media, "height")),
        size_bytes=text.count(text.dig(media, "size")),
        frames=text.count(text.dig(media, "frames")),
        sensitive=rating == "r" if rating else None,
    )
