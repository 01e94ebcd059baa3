"""Decoded frames with their times: what every decoder returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BROWSER_FLOOR_MS = 10
"""A delay of this many ms or less ..."""
BROWSER_DELAY_MS = 100
"""... plays as this many in every browser engine."""


def normalise_delays(raw_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a browser plays: a delay of 10 ms or less becomes 100 ms. Shape (T,) in and out."""
    return np.where(raw_ms <= BROWSER_FLOOR_MS, float(BROWSER_DELAY_MS), raw_ms)


@dataclass(frozen=True, slots=True)
class Timing:
    """When the frames of a moving picture show, known before any pixel is decoded.

    raw_delays_ms: as the file says, float64 (N,). For video: the differences of time stamps.
    delays_ms: as they play, float64 (N,): browser rules for GIF, APNG and WebP; raw for video.
    """

    raw_delays_ms: NDArray[np.float64]
    delays_ms: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.delays_ms)

    @property
    def starts_ms(self) -> NDArray[np.float64]:
        """When each frame appears, float64 (N,); the first is 0."""
        return np.concatenate([[0.0], np.cumsum(self.delays_ms)[:-1]])

    @property
    def duration_ms(self) -> float:
        """One pass through the animation."""
        return float(self.delays_ms.sum())


@dataclass(frozen=True, slots=True)
class Frames:
    """Some or all frames of one moving picture.

    pixels: uint8 (T, H, W, 3), RGB; transparent pixels are composed over white (our choice:
        the web page's usual ground).
    indices: int64 (T,), which of the file's frames these are; repeats are allowed.
    timing: of the whole file, N >= max(indices) + 1 frames.
    """

    pixels: NDArray[np.uint8]
    indices: NDArray[np.int64]
    timing: Timing

    @property
    def times_ms(self) -> NDArray[np.float64]:
        """When each of these frames appears, float64 (T,)."""
        return self.timing.starts_ms[self.indices]


Choose = Callable[[Timing], NDArray[np.int64]]
"""Which frames to turn into pixels, given their times; repeats and any order are allowed."""


def all_frames(timing: Timing) -> NDArray[np.int64]:
    """Every frame once, in order."""
    return np.arange(len(timing), dtype=np.int64)
