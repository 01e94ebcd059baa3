"""GifCities: GIFs of old GeoCities pages, kept by the Internet Archive.

Source: gifcities.org, `GET /api/v1/gifsearch?q=`, one answer without pages; bytes at the Wayback
Machine, `/web/{time}if_/{url}`, where `if_` asks for the file as it was. Licence unknown.
"""

from __future__ import annotations

import base64
import re
from typing import Any, ClassVar, final

from pydantic import Field

from anigifs.collect import text
from anigifs.collect.keys import Keys
from anigifs.collect.providers.base import ProviderConfig, url_of
from anigifs.collect.queries import Query
from anigifs.collect.records import Found, Pace, Page, Request, State, Terms

SITE = "https://gifcities.org"
ARCHIVE = "https://web.archive.org"

_KEPT = re.compile(r"(\d{14})/(\S{1,3000})")


class GifCitiesConfig(ProviderConfig):
    """GifCities."""

    archive_url: str = Field("", pattern=r"^(https?://[^\s?#]+[^/?#\s])?$")
    """Where the bytes are; empty: the Wayback Machine, or `base_url` if that is set."""


@final
class GifCities:
    """No key. It searches words of file names, so short queries find more."""

    Config: ClassVar = GifCitiesConfig
    name: ClassVar = "gifcities"
    terms: ClassVar = Terms(may_store_bytes=True, may_release_url=True)
    pace: ClassVar = Pace(per_minute=30)
    by_name: ClassVar = False

    def __init__(self, config: GifCitiesConfig, keys: Keys) -> None:
        self.config = config

    def request(self, query: Query, state: State) -> Request:
        """One page."""
        base = self.config.base_url or SITE
        return Request(url_of(base, "/api/v1/gifsearch", {"q": query.text}))

    def parse(self, body: bytes, state: State) -> Page:
        """A list, and no more. The id is the checksum: one file, however often it was found."""
        raw = text.rows(text.read_json(body))
        archive = self.config.archive_url or self.config.base_url or ARCHIVE
        items, problems = text.read_items(raw, lambda item: _found(item, archive), self.name)
        return Page(items, None, problems)


def _found(item: Any, archive: str) -> Found:
    gif = text.dig(item, "gif")
    kept = _KEPT.fullmatch(gif) if isinstance(gif, str) else None
    if kept is None:
        raise text.Unusable(f"its place in the archive is malformed: {text.clean(gif, 60)!r}")
    time, url = kept.groups()
    return Found(
        provider="gifcities",
        id=text.own_id(text.dig(item, "checksum")),
        url=text.need_url(f"{archive}/web/{time}if_/{url}"),
        page_url=_page(text.dig(item, "page"), archive),
        title=text.plain(text.dig(item, "url_text")),
        width=text.count(text.dig(item, "width")),
        height=text.count(text.dig(item, "height")),
        digest=_sha1(text.dig(item, "checksum")),
    )


def _page(page: Any, archive: str) -> str:
    kept = _KEPT.fullmatch(page) if isinstance(page, str) else None
    return text.web_url(f"{archive}/web/{kept[1]}/{kept[2]}") if kept else text.web_url(page)


def _sha1(checksum: Any) -> str:
    """The archive writes SHA-1 in base 32."""
    try:
        return text.digest("sha1", base64.b32decode(checksum).hex())
    except (ValueError, TypeError):
        return ""
