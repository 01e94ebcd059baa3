"""Untrusted animations made small and safe to show: always decoded and written anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anigifs.media.decode import decode
from anigifs.media.encode import encode_gif
from anigifs.media.frames import Timing
from anigifs.media.limits import DEFAULT, Limits
from anigifs.media.resize import resize
from anigifs.media.sampling import spread

SIDE_PX, FRAMES, COLOURS = 160, 24, 64
SHORTEST_MS = 30.0


def playing(path: Path, limits: Limits = DEFAULT) -> dict[str, bytes]:
    """A small GIF of the file ("gif") and of its first frame ("still").

    Raises:
        MediaError: it cannot be decoded.
    """
    found = decode(path, lambda timing: spread(len(timing), _count(timing)), limits=limits)
    height, width = found.pixels.shape[1:3]
    scale = min(1.0, SIDE_PX / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    pixels = resize(found.pixels, *size)
    pause = np.full(len(pixels), max(SHORTEST_MS, found.timing.duration_ms / len(pixels)))
    if len(found.timing) == len(pixels):
        pause = np.clip(found.timing.delays_ms, SHORTEST_MS, 10_000.0)
    return {
        "gif": encode_gif(pixels, pause, colours=COLOURS),
        "still": encode_gif(pixels[:1], [100.0], colours=COLOURS, loop=None),
    }


def _count(timing: Timing) -> int:
    return max(1, min(len(timing), FRAMES))
