"""Openverse: openly licensed pictures of many sites, a licence on every result.

Source: api.openverse.org, `GET /v1/images/`. Without a token: 20 results a page, 240 a query,
20 requests a minute. A token (OAuth client credentials) raises these limits.
"""

from __future__ import annotations

from typing import Any, ClassVar, final

from pydantic import Field

from anigifs.collect import text
from anigifs.collect.keys import Keys
from anigifs.collect.licences import licence
from anigifs.collect.providers.base import ProviderConfig, cut, number_of, url_of
from anigifs.collect.queries import Query
from anigifs.collect.records import Found, Pace, Page, Request, State, Terms

SITE = "https://api.openverse.org"
LONGEST_QUERY = 200
MOST = 240


class OpenverseConfig(ProviderConfig):
    """Openverse."""

    licences: tuple[str, ...] = ("by", "by-sa", "cc0", "pdm")
    """Asked for, in Openverse's names. The default: those under which bytes may be released."""
    page_size: int = Field(20, ge=1, le=500)
    """Results a page. More than 20 needs a token."""


@final
class Openverse:
    """`ANIGIFS_OPENVERSE_KEY` is a token; without one it works at the anonymous rate."""

    Config: ClassVar = OpenverseConfig
    name: ClassVar = "openverse"
    terms: ClassVar = Terms(may_store_bytes=True, may_release_url=True)
    pace: ClassVar = Pace(per_minute=20)
    by_name: ClassVar = False

    def __init__(self, config: OpenverseConfig, keys: Keys) -> None:
        self.config = config
        self._token = keys.get(self.name)

    def request(self, query: Query, state: State) -> Request:
        """Page numbers from 1."""
        values: dict[str, str | int] = {
            "q": cut(query.text, LONGEST_QUERY),
            "extension": "gif",
            "license": ",".join(self.config.licences),
            "page": number_of(state, 1),
            "page_size": self.config.page_size,
            "filter_dead": "true",
        }
        url = url_of(self.config.base_url or SITE, "/v1/images/", values)
        if self._token is None:
            return Request(url)
        return Request(url, (("Authorization", self._token.prefixed("Bearer ")),))

    def parse(self, body: bytes, state: State) -> Page:
        """The end is the last page that the answer counts, or 240 results."""
        answer = text.read_json(body)
        raw = text.rows(answer, "results")
        items, problems = text.read_items(raw, _found, self.name)
        page = number_of(state, 1)
        pages = text.count(text.dig(answer, "page_count")) or 0
        more = page < pages and page * self.config.page_size < MOST
        return Page(items, str(page + 1) if more and raw else None, problems)


def _found(item: Any) -> Found:
    kind = text.clean(text.dig(item, "license"), 40)
    version = text.clean(text.dig(item, "license_version"), 20)
    link = text.web_url(text.dig(item, "license_url"))
    mature = text.dig(item, "mature")
    return Found(
        provider="openverse",
        id=text.own_id(text.dig(item, "id")),
        url=text.need_url(text.dig(item, "url")),
        page_url=text.web_url(text.dig(item, "foreign_landing_url")),
        title=text.plain(text.dig(item, "title")),
        creator=text.plain(text.dig(item, "creator")),
        credit=text.clean(text.dig(item, "attribution")),
        licence=licence(f"{kind} {version}".strip(), link),
        width=text.count(text.dig(item, "width")),
        height=text.count(text.dig(item, "height")),
        size_bytes=text.count(text.dig(item, "filesize")),
        sensitive=mature if isinstance(mature, bool) else None,
    )
