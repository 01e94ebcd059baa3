"""KLIPY: the successor, in the shape of Tenor's second API, which was shut down in June 2026.

Source: Tenor v2, `GET /v2/search`, as KLIPY keeps it. URLs with an unknown licence.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, final

from pydantic import Field

from anigifs.collect import text
from anigifs.collect.keys import Keys
from anigifs.collect.providers.base import ProviderConfig, url_of
from anigifs.collect.queries import Query
from anigifs.collect.records import FIRST, Found, Pace, Page, Request, State, Terms

SITE = "https://api.klipy.com"


class KlipyConfig(ProviderConfig):
    """KLIPY."""

    page_size: int = Field(50, ge=1, le=50)
    """Results a page."""
    contentfilter: Literal["off", "low", "medium", "high"] = "medium"
    """How much is filtered by the server."""


@final
class Klipy:
    """`ANIGIFS_KLIPY_KEY` is needed."""

    Config: ClassVar = KlipyConfig
    name: ClassVar = "klipy"
    terms: ClassVar = Terms(may_store_bytes=True, may_release_url=True, credit="Powered by KLIPY")
    pace: ClassVar = Pace(per_minute=60)
    by_name: ClassVar = False

    def __init__(self, config: KlipyConfig, keys: Keys) -> None:
        self.config = config
        self._key = keys.require(self.name, "https://partner.klipy.com")

    def request(self, query: Query, state: State) -> Request:
        """`state` is the server's `next`, fed to `pos`."""
        values: dict[str, str | int] = {
            "q": query.text,
            "limit": self.config.page_size,
            "contentfilter": self.config.contentfilter,
            "media_filter": "gif",
        }
        if state != FIRST:
            values["pos"] = state
        url = url_of(self.config.base_url or SITE, "/v2/search", values)
        return Request(url, secrets=(("key", self._key),))

    def parse(self, body: bytes, state: State) -> Page:
        """The end is a `next` of "" or "0", one that is the page at hand, or an empty page."""
        answer = text.read_json(body)
        raw = text.rows(answer, "results")
        items, problems = text.read_items(raw, _found, self.name)
        following = text.clean(text.dig(answer, "next"), text.LONGEST_ID)
        ends = not raw or following in ("", "0", state)
        return Page(items, None if ends else following, problems)


def _found(item: Any) -> Found:
    media = text.dig(item, "media_formats", "gif")
    return Found(
        provider="klipy",
        id=text.own_id(text.dig(item, "id")),
        url=text.need_url(text.dig(media, "url")),
        page_url=text.web_url(text.dig(item, "itemurl")),
        title=text.plain(text.dig(item, "title"))
        or text.plain(text.dig(item, "content_description")),
        width=text.count(text.dig(media, "dims", 0)),
        height=text.count(text.dig(media, "dims", 1)),
        size_bytes=text.count(text.dig(media, "size")),
    )
