"""The bytes of each item of the fake web, and what the server says when it is fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from anigifs.collect.fakeweb.world import Item, Paint, Sort, World
from anigifs.media.encode import encode_gif
from anigifs.media.frames import Frames
from anigifs.media.gif import decode_gif
from anigifs.media.resize import resize_short

GIF = "image/gif"
METADATA = "http://169.254.169.254/latest/meta-data/"
PAGE = b"<!doctype html><title>Sorry</title><p>Hotlinking is not allowed."


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answers."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Media:
    """Answers for items. `seen` counts the fetches of each, for faults of the first time."""

    def __init__(self, world: World, paint: Paint) -> None:
        self._world = world
        self._paint = lru_cache(maxsize=1024)(paint)
        self._seen: dict[str, int] = {}
        self._sha1: dict[str, bytes] = {}

    def reply(self, item: Item, path: str, moved: bool = False) -> Reply:
        """The answer to a fetch of `item` at `path`; `moved`: it was redirected there."""
        times = self._seen[path] = self._seen.get(path, 0) + 1
        fine = moved or (item.sort in ONCE and times > 1)
        if item.sort in REFUSALS and not fine:
            return REFUSALS[item.sort](path)
        headers = {"X-Robots-Tag": "noai, noimageai"} if item.sort is Sort.OPTED_OUT else {}
        return Reply(200, self.bytes_of(item), GIF, headers)

    def sha1(self, item: Item) -> bytes:
        """The SHA-1 of an item's bytes: drawn once, kept."""
        if item.id not in self._sha1:
            found = hashlib.sha1(self.bytes_of(item), usedforsecurity=False)
            self._sha1[item.id] = found.digest()
        return self._sha1[item.id]

    def bytes_of(self, item: Item) -> bytes:
        """The file."""
        if item.sort is Sort.JUNK:
            return PAGE
        if item.sort is Sort.EMPTY:
            return b""
        if item.sort is Sort.WRONG:
            return self._paint(self._world.other(item.label), item.number)
        if item.sort is Sort.FOOTAGE:
            return self._paint(item.label, item.number, filmed=True)
        if item.sort in (Sort.DUPLICATE, Sort.COPY, Sort.MOVED):
            data = self._paint(item.label, item.of)
        else:
            data = self._paint(item.label, item.number)
        return EDITS[item.sort](data) if item.sort in EDITS else data


def _away(to: str) -> Reply:
    return Reply(302, b"", "text/html", {"Location": to})


REFUSALS: Mapping[Sort, Callable[[str], Reply]] = {
    Sort.GONE: lambda path: Reply(404, b"not found", "text/plain"),
    Sort.BROKEN: lambda path: Reply(500, b"oops", "text/plain"),
    Sort.FLAKY: lambda path: Reply(503, b"busy", "text/plain"),
    Sort.LIMITED: lambda path: Reply(429, b"slow down", "text/plain", {"Retry-After": "1"}),
    Sort.LOOP: lambda path: _away(path),
    Sort.MOVED: lambda path: _away(f"{path}?moved=1"),
    Sort.INTERNAL: lambda path: _away(METADATA),
}
ONCE = {Sort.FLAKY, Sort.LIMITED}
"""Faults of the first time only."""


def _smaller(data: bytes) -> bytes:
    moving = decode_gif(data)
    small = resize_short(moving.pixels, max(32, min(moving.pixels.shape[1:3]) // 2))
    return encode_gif(small, _delays(moving), colours=32)


def _tiny(data: bytes) -> bytes:
    moving = decode_gif(data)
    return encode_gif(resize_short(moving.pixels, 16), _delays(moving))


def _still(data: bytes) -> bytes:
    moving = decode_gif(data)
    first = np.repeat(moving.pixels[:1], len(moving.pixels), axis=0)
    return encode_gif(first, _delays(moving))


def _delays(moving: Frames) -> list[float]:
    return [float(ms) for ms in moving.timing.delays_ms]


EDITS: Mapping[Sort, Callable[[bytes], bytes]] = {
    Sort.COPY: _smaller,
    Sort.TINY: _tiny,
    Sort.STILL: _still,
    Sort.TRUNCATED: lambda data: data[: len(data) // 3],
}
