"""Small fake webs for tests: cheap GIFs, and providers asked without a socket."""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from anigifs.collect.fakeweb.app import FakeWeb
from anigifs.collect.fakeweb.world import World, WorldConfig
from anigifs.collect.keys import Keys
from anigifs.collect.localfiles import listing, path_of
from anigifs.collect.providers import PROVIDERS, build_provider
from anigifs.collect.records import FIRST
from anigifs.core.seeds import stream
from anigifs.media.encode import encode_gif

CLASSES = ("clapping", "push up", "situp")
SITE = "http://127.0.0.1:1"
KEY = "s3cret/key+of=mine"
KEYS = Keys({f"ANIGIFS_{name}_KEY": KEY for name in ("GIPHY", "KLIPY")})
ONLINE = tuple(name for name in PROVIDERS if name != "local")


@cache
def paint(label: str, number: int, *, filmed: bool = False) -> bytes:
    """A small GIF whose pixels follow from its name."""
    draw = stream(zlib.crc32(label.encode()), number, filmed)
    return encode_gif(draw.integers(0, 256, (4, 48, 48, 3), dtype=np.uint8), [50] * 4, colours=16)


def fake_web(clean=True, per_class=60, classes=CLASSES, seed=0) -> FakeWeb:
    return FakeWeb.over(World(WorldConfig(classes, per_class, seed, clean)), paint)


def provider_at(name, site=SITE, keys=KEYS, **values):
    base = {} if name == "local" else {"base_url": f"{site}/{name}"}
    return build_provider(name, base | values, keys)


def answer(request, web, site=SITE):
    """The reply of the fake web, or of the disk, to a request."""
    if request.url.startswith("file:"):
        return listing(path_of(request.url))
    parts = urlsplit(request.send_url())
    reply = web.reply(site, parts.path, dict(parse_qsl(parts.query)))
    assert reply.status == 200, reply
    return reply.body


def pages(provider, query, web, most=50):
    """Every page of a query, stopping only where the provider says so."""
    state, found = FIRST, []
    while state is not None and len(found) < most:
        page = provider.parse(answer(provider.request(query, state), web), state)
        found.append(page)
        state = page.next
    return found


def class_folders(root: Path, per_class=3) -> Path:
    """Folders of GIFs named by class, as people have them."""
    for label in CLASSES:
        folder = root / label.replace(" ", "_")
        folder.mkdir(parents=True)
        for number in range(per_class):
            (folder / f"{number}.gif").write_bytes(paint(label, number))
    return root
