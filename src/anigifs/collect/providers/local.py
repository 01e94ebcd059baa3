"""What people have already: folders of files, and lists of paths or URLs with a declared licence.

`request` names a `file:` URL, which `localfiles` answers from the disk with one JSON object a
line; so this provider, too, is two pure functions. See `localfiles` for what a list may hold.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, ClassVar, final

from pydantic import Field

from anigifs.collect import text
from anigifs.collect.keys import Keys
from anigifs.collect.licences import licence
from anigifs.collect.providers.base import ProviderConfig
from anigifs.collect.queries import Query
from anigifs.collect.records import Found, Licence, Pace, Page, Request, State, Terms
from anigifs.core.errors import SourceError


class LocalConfig(ProviderConfig):
    """What holds for every item that does not say otherwise itself."""

    per_query: int = Field(10_000_000, ge=1)
    """Items taken of one folder or list."""
    label: str = ""
    """The class of items that lie in no class folder and name none."""
    licence: str = ""
    """The licence of items that name none, for example CC0-1.0. Empty: unknown."""
    credit: str = ""
    """Whom to credit."""


@final
class Local:
    """No key; nothing leaves this computer, but URLs in a list are fetched."""

    Config: ClassVar = LocalConfig
    name: ClassVar = "local"
    terms: ClassVar = Terms(may_store_bytes=True, may_release_url=True)
    pace: ClassVar = Pace(per_minute=1e9)
    by_name: ClassVar = True

    def __init__(self, config: LocalConfig, keys: Keys) -> None:
        self.config = config

    def request(self, query: Query, state: State) -> Request:
        """The folder or list that the query's text names."""
        return Request(Path(query.text).expanduser().resolve().as_uri())

    def parse(self, body: bytes, state: State) -> Page:
        """One JSON object a line, all on one page."""
        lines = [line for line in body.split(b"\n") if line.strip()]
        items, problems = text.read_items(lines, self._found, self.name)
        if lines and not items and all("not JSON" in problem.reason for problem in problems):
            raise SourceError("the list holds no JSON object")
        return Page(items, None, problems)

    def _found(self, line: Any) -> Found:
        try:
            item = text.read_json(line)
        except SourceError as error:
            raise text.Unusable(str(error)) from None
        if told := text.clean(text.dig(item, "problem")):
            raise text.Unusable(told)
        url = _url(item)
        return Found(
            provider=self.name,
            id=_own_id(text.dig(item, "id"), url),
            url=url,
            page_url=text.web_url(text.dig(item, "page_url")),
            title=text.plain(text.dig(item, "title")),
            creator=text.plain(text.dig(item, "creator")),
            credit=text.clean(text.dig(item, "credit")) or self.config.credit,
            licence=self._licence(item),
            label=text.clean(text.dig(item, "label"), 300) or self.config.label,
        )

    def _licence(self, item: Any) -> Licence:
        told = text.clean(text.dig(item, "licence"), 200) or self.config.licence
        return licence(told, text.web_url(text.dig(item, "licence_url")))


def _url(item: Any) -> str:
    told = text.dig(item, "url")
    on_disk = isinstance(told, str) and told.startswith("file:///")
    if on_disk and text.clean(told, text.LONGEST_URL) == told:
        return str(told)
    return text.need_url(told)


def _own_id(told: Any, url: str) -> str:
    """The id in the list, or one made of the URL or path."""
    if told is not None and told != "":
        return text.own_id(told)
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:32]
