"""One simulated GIF of any class: what the fake web serves."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from anigifs.media.encode import encode_gif
from anigifs.simulate.clip import Name, render
from anigifs.simulate.config import CLASSES, SimConfig


def painter(seed: int = 0, side_px: int = 96) -> Callable[[str, int], bytes]:
    """A function from a class and a number to the bytes of an animated GIF.

    A class that the simulator does not know borrows the motion of one that it does, by the
    class's name: its GIFs are alike among each other and show something else than they say.
    """
    config = SimConfig(seed=seed, side_px=side_px)

    def paint(label: str, number: int) -> bytes:
        name = Name("web", motion_of(label), number)
        drawn = render(name, config.animated_look, config)
        return encode_gif(drawn.frames, drawn.delays_ms, colours=drawn.colours)

    return paint


def motion_of(label: str) -> str:
    """The simulator's class that stands for `label`: itself where it knows it."""
    return label if label in CLASSES else CLASSES[zlib.crc32(label.encode()) % len(CLASSES)]
