"""One simulated GIF of any class: what the fake web serves."""

from __future__ import annotations

import zlib
from typing import Protocol

from anigifs.media.encode import encode_gif
from anigifs.simulate.clip import Name, render
from anigifs.simulate.config import CLASSES, SimConfig

COLOURS = 256
"""Of a GIF made from footage: all that a palette holds."""


class Painter(Protocol):
    """From a class and a number to the bytes of a GIF."""

    def __call__(self, label: str, number: int, *, filmed: bool = False) -> bytes:
        """filmed: real-style footage made into a GIF, not an animation."""
        ...


def painter(seed: int = 0, side_px: int = 96) -> Painter:
    """A function from a class and a number to the bytes of a GIF, animated or of real style.

    A class that the simulator does not know borrows the motion of one that it does, by the
    class's name: its GIFs are alike among each other and show something else than they say.
    """
    config = SimConfig(seed=seed, side_px=side_px)

    def paint(label: str, number: int, *, filmed: bool = False) -> bytes:
        name = Name("web", motion_of(label), number)
        drawn = render(name, config.real_look if filmed else config.animated_look, config)
        colours = COLOURS if filmed else drawn.colours
        return encode_gif(drawn.frames, drawn.delays_ms, colours=colours, dither=filmed)

    return paint


def motion_of(label: str) -> str:
    """The simulator's class that stands for `label`: itself where it knows it."""
    return label if label in CLASSES else CLASSES[zlib.crc32(label.encode()) % len(CLASSES)]
