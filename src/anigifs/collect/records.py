"""What a provider says, in types: a request, a page, an item that was found, the terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from anigifs.collect.keys import Secret
from anigifs.core.records import Problem

State = str
"""Where a provider's paging stands: opaque text, kept in the catalog between two runs."""
FIRST: State = ""
"""The first page."""


@dataclass(frozen=True, slots=True)
class Request:
    """A GET. `url` holds no key: it may be logged; `send_url` holds all and may not.

    headers: names and values; a value may be secret.
    secrets: query parameters that are keys.
    """

    url: str
    headers: tuple[tuple[str, str | Secret], ...] = ()
    secrets: tuple[tuple[str, Secret], ...] = ()

    def send_url(self) -> str:
        """The URL with its keys, for the fetcher's eyes only."""
        more = urlencode([(name, key.reveal()) for name, key in self.secrets])
        return self.url + ("&" if "?" in self.url else "?") * bool(more) + more

    def send_headers(self) -> dict[str, str]:
        """The headers with their keys, for the fetcher's eyes only."""
        return {
            name: value.reveal() if isinstance(value, Secret) else value
            for name, value in self.headers
        }

    def scrub(self, text: str) -> str:
        """`text` with every key of this request blotted out: for errors made by others."""
        headers = [value for _, value in self.headers if isinstance(value, Secret)]
        for key in [*headers, *(key for _, key in self.secrets)]:
            text = key.scrub(text)
        return text


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as the provider words it, and as SPDX: `NOASSERTION` where it cannot be told."""

    text: str = ""
    url: str = ""
    spdx: str = "NOASSERTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One item of a page of results. Every text in it was written by strangers.

    id: the provider's own, unique within the provider.
    url: where the moving picture lies: http(s), or file: from `local` only.
    page_url: the page that shows it, "" if unknown.
    title, creator: markup stripped. credit: as given, markup and all: escape it.
    label: a class declared for this very item, which wins over the query's; "" for none.
    width, height, size_bytes, frames: as declared, unchecked; None if unknown.
    digest: as declared, `sha1:` or `sha256:` and lower-case hex; "" if unknown.
    sensitive: the provider's flag; None if it has none.
    """

    provider: str
    id: str
    url: str
    page_url: str = ""
    title: str = ""
    creator: str = ""
    credit: str = ""
    licence: Licence = field(default_factory=Licence)
    label: str = ""
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None
    frames: int | None = None
    digest: str = ""
    sensitive: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results. `next` is None at the end; problems are items that were no use."""

    items: tuple[Found, ...]
    next: State | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a provider lets one do. The release builder obeys; so does `collect`.

    may_store_bytes: a working copy in the workspace. Bytes are *released* only under a licence
        for which `licences.releasable` holds, whatever stands here.
    may_release_url: a release may name the URL. id_only: it may name the provider's id alone.
    credit: what has to be shown with the provider's items, "" for nothing.
    """

    may_store_bytes: bool
    may_release_url: bool
    id_only: bool = False
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a provider's search may be asked: requests a minute, and how many at once."""

    per_minute: float
    at_once: int = 1
