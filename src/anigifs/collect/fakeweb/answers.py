"""How each provider words its answers, in the shapes that its documentation gives.

One function a provider: from the world, the address of the fake web and the parameters of a
request to a reply. Faults of a whole search (`Quirk`) and of single items are in here, too.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anigifs.collect.fakeweb.media import Reply
from anigifs.collect.fakeweb.world import Item, Quirk, Sort, World

SIMULATED = "simulated by anigifs fake-web"
RAGGED: tuple[Any, ...] = (None, 7, "text", [], {}, {"id": None, "url": 5}, {"id": {}, "url": []})
"""What stands among the items of a ragged answer."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One search request. `site` is the address of the fake web, without a slash at the end.

    sha1: of an item's bytes, for the providers that tell it.
    """

    world: World
    site: str
    provider: str
    values: Mapping[str, str]
    sha1: Callable[[Item], bytes]

    def number(self, name: str, default: int) -> int:
        """A parameter as a whole number."""
        told = self.values.get(name, "")
        return int(told) if told.isdigit() else default

    def window(self, text: str, start: int, size: int) -> Window:
        """The items from `start` on, under the search's quirk."""
        found = self.world.find(self.provider, text)
        quirk = self.world.quirk(self.provider, text)
        if quirk is Quirk.EMPTIES and start > 0:
            return Window([], 10_000, ())
        first = 0 if quirk is Quirk.REPEATS else start
        total = 10_000 if quirk in (Quirk.REPEATS, Quirk.EMPTIES) else len(found)
        odd = RAGGED if quirk is Quirk.RAGGED else ()
        return Window(found[first : first + size], total, odd)

    def url(self, item: Item) -> str:
        """Where an item's bytes lie."""
        folder = "private" if item.sort is Sort.ROBOTS else "media"
        return f"{self.site}/{folder}/{self.provider}/{item.id}.gif"

    def page(self, item: Item) -> str:
        """Where a page about an item would lie."""
        return f"{self.site}/about/{item.id}"


@dataclass(frozen=True, slots=True)
class Window:
    """A page of items, how many there are in all, and odd things to put among them."""

    items: Sequence[Item]
    total: int
    odd: tuple[Any, ...]


def reply_json(value: Any, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(status, json.dumps(value).encode())


def title(item: Item) -> str:
    """A title as strangers write them: some with markup in it."""
    plain = f"{item.label} no. {item.number}"
    wild = f"<b onclick=alert(1)>{plain}</b> &amp; <script>alert(1)</script>friends"
    return wild if item.number % 5 == 4 else plain


def mark(item: Item) -> bytes:
    """20 bytes to make ids of."""
    return hashlib.sha1(item.id.encode(), usedforsecurity=False).digest()


def openverse(ask: Ask) -> Reply:
    """`GET /v1/images/`."""
    text, page, size = ask.values.get("q", ""), ask.number("page", 1), ask.number("page_size", 20)
    if not text or len(text) > 200:
        fault = {"error": "InputError", "detail": "q: 1 to 200 characters", "fields": ["q"]}
        return reply_json(fault, 400)
    if size > 20 or page * size > 240:
        return reply_json({"detail": "Anonymous requests: 20 a page, 240 a query."}, 401)
    window = ask.window(text, (page - 1) * size, size)
    total = min(window.total, 240)
    answer = {
        "result_count": total,
        "page_count": -(-total // size),
        "page_size": size,
        "page": page,
        "results": [*(_openverse_item(ask, item) for item in window.items), *window.odd],
    }
    return reply_json(answer)


def _openverse_item(ask: Ask, item: Item) -> dict[str, Any]:
    kind, version, path = LICENCES[item.number % len(LICENCES)]
    return {
        "id": f"00000000-0000-4000-8000-{int.from_bytes(mark(item)[:6]):012x}",
        "title": title(item),
        "foreign_landing_url": ask.page(item),
        "url": ask.url(item),
        "creator": SIMULATED,
        "license": kind,
        "license_version": version,
        "license_url": f"https://creativecommons.org/{path}",
        "provider": "flickr",
        "filesize": None,
        "filetype": "gif",
        "attribution": f'"{title(item)}" is {SIMULATED}, {kind} {version}.',
        "mature": item.number % 11 == 10,
        "height": 96,
        "width": 96,
    }


LICENCES = (
    ("cc0", "1.0", "publicdomain/zero/1.0/"),
    ("by", "4.0", "licenses/by/4.0/"),
    ("by-sa", "3.0", "licenses/by-sa/3.0/"),
)


def commons(ask: Ask) -> Reply:
    """`GET /w/api.php?generator=search`."""
    text = ask.values.get("gsrsearch", "").removesuffix("filemime:image/gif").strip()
    start, size = ask.number("gsroffset", 0), ask.number("gsrlimit", 10)
    window = ask.window(text, start, size)
    if not window.items and not window.odd:
        return reply_json({"batchcomplete": True})
    pages = [*(_commons_page(ask, item) for item in window.items), *window.odd]
    answer: dict[str, Any] = {"batchcomplete": True, "query": {"pages": pages}}
    if start + size < window.total:
        answer["continue"] = {"gsroffset": start + size, "continue": "gsroffset||"}
    return reply_json(answer)


def _commons_page(ask: Ask, item: Item) -> dict[str, Any]:
    about = {
        "LicenseShortName": {"value": "CC BY-SA 4.0", "source": "commons-desc-page"},
        "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
        "Artist": {"value": f'<a href="//example.org/U" title="U">{SIMULATED}</a>'},
    }
    info = {
        "user": "Fake",
        "size": 1000,
        "width": 96,
        "height": 96,
        "url": ask.url(item),
        "descriptionurl": ask.page(item),
        "mime": "image/gif",
        "sha1": ask.sha1(item).hex(),
        "metadata": [{"name": "frameCount", "value": 8}, {"name": "looped", "value": True}],
        "extmetadata": about,
    }
    return {
        "pageid": 1 + int.from_bytes(mark(item)[:4]),
        "ns": 6,
        "title": f"File:{title(item)}.gif",
        "imageinfo": [info],
    }


def giphy(ask: Ask) -> Reply:
    """`GET /v1/gifs/search`."""
    text = ask.values.get("q", "")
    if not ask.values.get("api_key"):
        return reply_json({"data": [], "meta": {"status": 401, "msg": "Unauthorized"}}, 401)
    if not 0 < len(text) <= 50 or ask.number("limit", 25) > 50:
        return reply_json({"data": [], "meta": {"status": 400, "msg": "Bad Request"}}, 400)
    start, size = ask.number("offset", 0), ask.number("limit", 25)
    window = ask.window(text, start, size)
    data = [*(_giphy_item(ask, item) for item in window.items), *window.odd]
    count = {"total_count": window.total, "count": len(data), "offset": start}
    return reply_json({"data": data, "pagination": count, "meta": {"status": 200, "msg": "OK"}})


def _giphy_item(ask: Ask, item: Item) -> dict[str, Any]:
    original = {
        "url": ask.url(item), "width": "96", "height": "96", "size": "1000", "frames": "8",
    }  # fmt: skip
    return {
        "type": "gif",
        "id": base64.urlsafe_b64encode(mark(item)[:9]).decode(),
        "url": ask.page(item),
        "title": title(item),
        "username": SIMULATED,
        "rating": "r" if item.number % 11 == 10 else "g",
        "images": {"original": original},
    }


def klipy(ask: Ask) -> Reply:
    """`GET /v2/search`."""
    if not ask.values.get("key"):
        return reply_json({"error": {"code": 401, "message": "API key not valid"}}, 401)
    told, size = ask.values.get("pos", ""), ask.number("limit", 20)
    start = int(told.removeprefix("CA")) if told.removeprefix("CA").isdigit() else 0
    window = ask.window(ask.values.get("q", ""), start, size)
    results = [*(_klipy_item(ask, item) for item in window.items), *window.odd]
    more = start + size < window.total
    return reply_json({"results": results, "next": f"CA{start + size}" if more else ""})


def _klipy_item(ask: Ask, item: Item) -> dict[str, Any]:
    gif = {"url": ask.url(item), "duration": 0, "dims": [96, 96], "size": 1000}
    return {
        "id": str(int.from_bytes(mark(item)[:8])),
        "title": "",
        "content_description": title(item),
        "media_formats": {"gif": gif},
        "created": 1700000000.0,
        "itemurl": ask.page(item),
        "tags": [item.label],
    }


def gifcities(ask: Ask) -> Reply:
    """`GET /api/v1/gifsearch`: everything at once."""
    window = ask.window(ask.values.get("q", ""), 0, 10_000)
    found = [_gifcities_item(ask, item) for item in window.items]
    return reply_json([*found, *window.odd])


def _gifcities_item(ask: Ask, item: Item) -> dict[str, Any]:
    return {
        "url_text": title(item),
        "gif": f"19990116230819/{ask.url(item)}",
        "checksum": base64.b32encode(ask.sha1(item)).decode(),
        "width": 96,
        "height": 96,
        "page": f"19990116230819/{ask.page(item)}",
    }


def bing(ask: Ask) -> Reply:
    """`GET /images/async`: a piece of HTML."""
    start, size = ask.number("first", 1) - 1, ask.number("count", 35)
    window = ask.window(ask.values.get("q", ""), start, size)
    told = [json.dumps(_bing_item(ask, item)) for item in window.items]
    told += [json.dumps(odd) for odd in window.odd]
    rows = "".join(
        f'<li data-idx="{place}"><div class="iuscp"><a class="iusc" style="height:180px" '
        f'm="{html.escape(text)}" href="/images/search?view=detailV2"><img></a></div></li>'
        for place, text in enumerate(told)
    )
    page = f'<div class="dgControl"><ul class="dgControl_list">{rows}</ul></div>'
    return Reply(200, page.encode(), "text/html; charset=utf-8")


def _bing_item(ask: Ask, item: Item) -> dict[str, str]:
    return {
        "murl": ask.url(item),
        "purl": ask.page(item),
        "turl": ask.url(item),
        "md5": mark(item)[:16].hex(),
        "t": title(item),
    }


SEARCHES: Mapping[str, tuple[str, Callable[[Ask], Reply]]] = {
    "bing": ("/images/async", bing),
    "commons": ("/w/api.php", commons),
    "gifcities": ("/api/v1/gifsearch", gifcities),
    "giphy": ("/v1/gifs/search", giphy),
    "klipy": ("/v2/search", klipy),
    "openverse": ("/v1/images/", openverse),
}
"""The path of each provider's search, below `/<provider>`, and who answers there."""
