"""Two numbers that say how a moving picture looks: how many colours, how much of it moves.

Both are our definitions. Screening keeps them as facts and the statistics of a release show
them, so that they are stated once, here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anigifs.media.fingerprint.make import to_size

SIDE_PX = 128
FRAMES = 64
VISIBLE = 24
"""Levels by which a pixel must change to be seen to."""
COVER = 0.95
COLOUR_FRAMES = 6

Pixels = NDArray[np.uint8]


def colours(frame: Pixels) -> int:
    """How many colours, told apart at 5 bits a channel, cover 95 % of a frame (H, W, 3)."""
    levels = (frame >> 3).astype(np.uint32)
    codes = levels[..., 0] << 10 | levels[..., 1] << 5 | levels[..., 2]
    counts = np.sort(np.bincount(codes.ravel()))[::-1]
    return int(np.searchsorted(np.cumsum(counts), COVER * codes.size)) + 1


def moving_share(pixels: Pixels) -> float:
    """The share of pixels (T, H, W, 3) that change visibly over time, at 128 px, of 64 frames."""
    step = -(-len(pixels) // FRAMES)
    small = to_size(pixels[::step], SIDE_PX)
    changes = (small.max(0).astype(np.int16) - small.min(0)).max(-1)
    return float((changes > VISIBLE).mean())


def every_so_many(count: int) -> NDArray[np.int64]:
    """The frames, of `count`, that `moving_share` looks at."""
    return np.arange(0, count, -(-count // FRAMES), dtype=np.int64)


def a_few(count: int) -> NDArray[np.int64]:
    """The frames, of `count`, over which the median of `colours` is taken: six at most."""
    return np.arange(0, count, max(1, count // COLOUR_FRAMES), dtype=np.int64)[:COLOUR_FRAMES]
