"""Copies of animations as they are found on the web: what a search for duplicates must see through.

Each copy takes frames uint8 (T, H, W, 3) and delays in ms (T,) and returns both, with options for
`encode_gif`. Words and colours are fixed; the only draws are the places of off-centre crops.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from anigifs.media.encode import encode_gif

Pixels = np.ndarray
Copy = Callable[
    [Pixels, np.ndarray, np.random.Generator], tuple[Pixels, np.ndarray, dict[str, Any]]
]
FONT = cv2.FONT_HERSHEY_SIMPLEX


def each(change: Callable[[Pixels], Pixels], frames: Pixels) -> Pixels:
    return np.stack([change(frame) for frame in frames])


def resized(frames: Pixels, scale: float) -> Pixels:
    height, width = frames.shape[1:3]
    size = max(16, round(width * scale)), max(16, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return each(lambda frame: cv2.resize(frame, size, interpolation=how), frames)


def cropped(frames: Pixels, share: float, rng: np.random.Generator | None = None) -> Pixels:
    """`share` of each side cut away: half of it at each end, or wherever `rng` says."""
    height, width = frames.shape[1:3]
    down, across = round(height * share), round(width * share)
    top, left = (down // 2, across // 2) if rng is None else rng.integers(0, [down + 1, across + 1])
    return frames[:, top : top + height - down, left : left + width - across]


def bordered(frames: Pixels, colour: tuple[int, int, int], share: float = 0.1) -> Pixels:
    edge = max(2, round(min(frames.shape[1:3]) * share))
    sides = (edge, edge, edge, edge, cv2.BORDER_CONSTANT)
    return each(lambda frame: cv2.copyMakeBorder(frame, *sides, value=colour), frames)


def captioned(frames: Pixels, on_top: bool) -> Pixels:
    """A white bar of 18 % with black words."""
    height, width = frames.shape[1:3]
    bar = np.full((max(10, round(0.18 * height)), width, 3), 255, np.uint8)
    write(bar, "when it is monday", round(0.68 * len(bar)), width / 330, (0, 0, 0))
    return each(lambda frame: np.concatenate([bar, frame] if on_top else [frame, bar]), frames)


def overlaid(frames: Pixels) -> Pixels:
    """White words with a black outline across the bottom of the picture."""

    def words(frame: Pixels) -> Pixels:
        height, width = frame.shape[:2]
        drawn, at, scale = frame.copy(), round(0.93 * height), width / 300
        write(drawn, "SO TRUE", at, scale, (0, 0, 0), 3)
        return write(drawn, "SO TRUE", at, scale, (255, 255, 255))

    return each(words, frames)


def write(
    picture: Pixels, words: str, bottom: int, scale: float, colour: tuple[int, int, int],
    outline: int = 0,
) -> Pixels:  # fmt: skip
    thick = max(1, round(2 * scale))
    left = (picture.shape[1] - cv2.getTextSize(words, FONT, scale, thick)[0][0]) // 2
    place = (picture, words, (left, bottom), FONT, scale, colour, thick + outline, cv2.LINE_AA)
    return cv2.putText(*place)


def hued(frames: Pixels, degrees: int) -> Pixels:
    def turn(frame: Pixels) -> Pixels:
        hsv = cv2.cvtColor(frame, cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(int) + degrees // 2) % 180
        return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)

    return each(turn, frames)


def lit(frames: Pixels, gain: float, add: float) -> Pixels:
    return np.clip(frames.astype(np.float32) * gain + add, 0, 255).astype(np.uint8)


def started(values: np.ndarray) -> np.ndarray:
    """The loop begins a third later."""
    return np.roll(values, -max(1, len(values) // 3), axis=0)


COPIES: dict[str, Copy] = {
    "resized to 50 %": lambda f, d, rng: (resized(f, 0.5), d, {}),
    "resized to 30 %": lambda f, d, rng: (resized(f, 0.3), d, {}),
    "resized to 150 %": lambda f, d, rng: (resized(f, 1.5), d, {}),
    "32 colours": lambda f, d, rng: (f, d, {"colours": 32}),
    "32 colours, dithered": lambda f, d, rng: (f, d, {"colours": 32, "dither": True}),
    "recoloured by 40°": lambda f, d, rng: (hued(f, 40), d, {}),
    "recoloured by 180°": lambda f, d, rng: (hued(f, 180), d, {}),
    "brighter by 30 levels": lambda f, d, rng: (lit(f, 1, 30), d, {}),
    "darker by 30 %": lambda f, d, rng: (lit(f, 0.7, 0), d, {}),
    "re-timed x2": lambda f, d, rng: (f, d * 2, {}),
    "every second frame": lambda f, d, rng: (f[::2], d[::2] * 2, {}),
    "loop shifted": lambda f, d, rng: (started(f), started(d), {}),
    "cropped 5 %": lambda f, d, rng: (cropped(f, 0.05), d, {}),
    "cropped 10 %": lambda f, d, rng: (cropped(f, 0.10), d, {}),
    "cropped 5 %, off centre": lambda f, d, rng: (cropped(f, 0.05, rng), d, {}),
    "cropped 10 %, off centre": lambda f, d, rng: (cropped(f, 0.10, rng), d, {}),
    "black border": lambda f, d, rng: (bordered(f, (0, 0, 0)), d, {}),
    "white border": lambda f, d, rng: (bordered(f, (255, 255, 255)), d, {}),
    "coloured border": lambda f, d, rng: (bordered(f, (200, 40, 90)), d, {}),
    "caption above": lambda f, d, rng: (captioned(f, True), d, {}),
    "caption below": lambda f, d, rng: (captioned(f, False), d, {}),
    "mirrored": lambda f, d, rng: (f[:, :, ::-1], d, {}),
    "reversed": lambda f, d, rng: (f[::-1], d[::-1], {}),
    "words over the picture": lambda f, d, rng: (overlaid(f), d, {}),
    "50 %, 32 colours, re-timed": lambda f, d, rng: (resized(f, 0.5), d * 1.5, {"colours": 32}),
}
LEAST_FRAMES = {"every second frame": 4, "loop shifted": 3}
"""Copies that make sense only of longer animations: half of 2 frames is a still picture."""


def copy_of(name: str, frames: Pixels, delays_ms: np.ndarray, seed: int = 0) -> bytes | None:
    """The copy as a GIF file; None where the animation is too short for it."""
    if len(frames) < LEAST_FRAMES.get(name, 1):
        return None
    rng = np.random.default_rng(seed)
    pixels, delays, options = COPIES[name](frames, np.maximum(delays_ms, 20.0), rng)
    return encode_gif(np.ascontiguousarray(pixels), delays, **options)
