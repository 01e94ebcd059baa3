"""Wikimedia Commons: free licences, and frame count and SHA-1 before any download.

Source: the MediaWiki action API, `generator=search` with `prop=imageinfo`. At most three
requests at once; `Retry-After` counts; the User-Agent names the operator.
"""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar, final

from pydantic import Field

from anigifs.collect import text
from anigifs.collect.keys import Keys
from anigifs.collect.licences import licence
from anigifs.collect.providers.base import ProviderConfig, cut, url_of
from anigifs.collect.queries import Query
from anigifs.collect.records import FIRST, Found, Pace, Page, Request, State, Terms
from anigifs.core.errors import SourceError

SITE = "https://commons.wikimedia.org"
LONGEST_QUERY = 280
"""MediaWiki's search takes 300 characters, the MIME filter included."""

_CONTINUE = re.compile(r"continue|gsr[a-z]{1,20}|ii[a-z]{1,20}")
_VALUE = re.compile(r"[\w|!:.*/-]{1,200}")


class CommonsConfig(ProviderConfig):
    """Wikimedia Commons."""

    page_size: int = Field(50, ge=1, le=50)
    """Files a page. Extended metadata are given for 50 at most."""


@final
class Commons:
    """No key."""

    Config: ClassVar = CommonsConfig
    name: ClassVar = "commons"
    terms: ClassVar = Terms(may_store_bytes=True, may_release_url=True)
    pace: ClassVar = Pace(per_minute=60, at_once=3)
    by_name: ClassVar = False

    def __init__(self, config: CommonsConfig, keys: Keys) -> None:
        self.config = config

    def request(self, query: Query, state: State) -> Request:
        """`state` is the server's `continue` object, echoed."""
        values: dict[str, str | int] = {
            "action": "query",
            "format": "json",
            "formatversion": 2,
            "generator": "search",
            "gsrnamespace": 6,
            "gsrsearch": f"{cut(query.text, LONGEST_QUERY)} filemime:image/gif",
            "gsrlimit": self.config.page_size,
            "prop": "imageinfo",
            "iiprop": "url|size|mime|sha1|extmetadata|metadata|user",
        }
        echo = _continue(json.loads(state)) if state != FIRST else {}
        return Request(url_of(self.config.base_url or SITE, "/w/api.php", values | echo))

    def parse(self, body: bytes, state: State) -> Page:
        """No `query` means no result; no `continue` means the end."""
        answer = text.read_json(body)
        if not isinstance(answer, dict) or "error" in answer:
            raise SourceError(f"the API says: {_error(answer)}")
        raw = text.rows(answer, "query", "pages") if "query" in answer else []
        told = [page for page in raw if not _comes_later(page)]
        items, problems = text.read_items(told, _found, self.name)
        echo = _continue(answer.get("continue"))
        return Page(items, json.dumps(echo, sort_keys=True) if echo else None, problems)


def _comes_later(page: Any) -> bool:
    """A file whose information stands in a later part of the same answer."""
    known = text.count(text.dig(page, "pageid")) and text.dig(page, "title")
    return bool(known) and "imageinfo" not in page


def _continue(value: Any) -> dict[str, str | int]:
    """What may be echoed: only the names that a search and its file list page with."""
    kept = value.items() if isinstance(value, dict) else ()
    return {
        name: echo
        for name, echo in kept
        if _CONTINUE.fullmatch(name) and not isinstance(echo, bool)
        and (text.count(echo) is not None or (isinstance(echo, str) and _VALUE.fullmatch(echo)))
    }  # fmt: skip


def _error(answer: Any) -> str:
    return text.clean(text.dig(answer, "error", "code"), 80) or "something that is no object"


def _found(page: Any) -> Found:
    info = text.dig(page, "imageinfo", 0)
    about = text.dig(info, "extmetadata")
    artist = text.dig(about, "Artist", "value")
    return Found(
        provider="commons",
        id=text.own_id(text.dig(page, "pageid")),
        url=text.need_url(text.dig(info, "url")),
        page_url=text.web_url(text.dig(info, "descriptionurl")),
        title=text.plain(text.dig(page, "title")),
        creator=text.plain(artist) or text.plain(text.dig(info, "user")),
        credit=text.clean(artist),
        licence=licence(
            text.plain(text.dig(about, "LicenseShortName", "value"), 200),
            text.web_url(text.dig(about, "LicenseUrl", "value")),
        ),
        width=text.count(text.dig(info, "width")),
        height=text.count(text.dig(info, "height")),
        size_bytes=text.count(text.dig(info, "size")),
        frames=_frames(text.dig(info, "metadata")),
        digest=text.digest("sha1", text.dig(info, "sha1")),
    )


def _frames(metadata: Any) -> int | None:
    pairs = metadata if isinstance(metadata, list) else []
    told = [text.dig(pair, "value") for pair in pairs if text.dig(pair, "name") == "frameCount"]
    return text.count(told[0]) if told else None
