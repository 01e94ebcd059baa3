"""The fake web as one function: from a request to a reply. It opens nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from anigifs.collect.fakeweb.answers import SEARCHES, Ask
from anigifs.collect.fakeweb.media import Media, Reply
from anigifs.collect.fakeweb.world import Paint, World

ROBOTS = b"User-agent: *\nDisallow: /private/\n"
LIMIT_EVERY = 40
"""Each provider's every 40th search is told to slow down for a second: our choice."""
FRONT = """<!doctype html><meta charset=utf-8><title>A fake web</title>
<h1>A fake web</h1><p>Simulated animations, and every fault that the real web has.
<p>Try <a href="openverse/v1/images/?q={text}">a search</a>."""


@dataclass(frozen=True, slots=True)
class FakeWeb:
    """One fake web; `searches` counts those of each provider, for its rate limit."""

    world: World
    media: Media
    searches: dict[str, int]

    @classmethod
    def over(cls, world: World, paint: Paint) -> FakeWeb:
        """A fake web of a world, whose GIFs `paint` draws."""
        return cls(world, Media(world, paint), {})

    def reply(self, site: str, path: str, values: Mapping[str, str]) -> Reply:
        """The answer to a GET of `path` with the query `values`; `site` is our own address."""
        if path == "/robots.txt":
            return Reply(200, ROBOTS, "text/plain")
        if path == "/":
            text = f"animated {self.world.config.classes[0]} gif".replace(" ", "+")
            return Reply(200, FRONT.format(text=text).encode(), "text/html; charset=utf-8")
        provider, _, below = path.lstrip("/").partition("/")
        if provider in SEARCHES and "/" + below == SEARCHES[provider][0]:
            return self._search(Ask(self.world, site, provider, values, self.media.sha1))
        return self._item(path, "moved" in values)

    def _search(self, ask: Ask) -> Reply:
        times = self.searches[ask.provider] = self.searches.get(ask.provider, 0) + 1
        if not self.world.config.clean and times % LIMIT_EVERY == 0:
            return Reply(429, b'{"detail": "slow down"}', headers={"Retry-After": "1"})
        return SEARCHES[ask.provider][1](ask)

    def _item(self, path: str, moved: bool) -> Reply:
        """An item's bytes, at its own address or as the archive keeps it."""
        _, archived, kept = path.partition("if_/")
        own = urlsplit(kept).path if archived else path
        name, _, suffix = own.rpartition("/")[2].rpartition(".")
        if name not in self.world.by_id or suffix != "gif":
            return Reply(404, b"nothing here", "text/plain")
        return self.media.reply(self.world.by_id[name], path, moved)
