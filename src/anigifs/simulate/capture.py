"""What a camera adds: shake, defocus, motion ghosts, sensor noise, tint and exposure drift."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from anigifs.simulate.config import Extent
from anigifs.simulate.skeleton import Floats

Image = NDArray[np.uint8]

MARGIN = 0.06
"""The scene is drawn larger by this share on each side, so that the camera can shake."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One camera's faults, drawn once a clip; `amount` 0 records the scene as it is.

    corners: int (T, 2), the upper left corner of each frame in the larger scene, px.
    table: uint8 (256, 1, 3), tint and contrast. noise: uint8, 128 is none, larger than a frame.
    """

    side: int
    amount: float
    corners: NDArray[np.int64]
    ghost: float
    blur_px: float
    table: Image
    gains: Floats
    noise: Image
    offsets: NDArray[np.int64]

    def frame(self, scene: Image, number: int, before: Image | None) -> tuple[Image, Image]:
        """The recorded frame (S, S, 3) and the clean one, the next call's `before`."""
        side = self.side
        x, y = self.corners[number]
        clean = np.ascontiguousarray(scene[y : y + side, x : x + side])
        if self.amount <= 0:
            return clean, clean
        seen = (
            clean
            if before is None
            else cv2.addWeighted(clean, 1 - self.ghost, before, self.ghost, 0)
        )
        if self.blur_px > 0.2:
            seen = cv2.GaussianBlur(seen, (0, 0), self.blur_px)
        seen = cv2.LUT(seen, self.table)
        x, y = self.offsets[number]
        grain = self.noise[y : y + side, x : x + side]
        return cv2.addWeighted(seen, float(self.gains[number]), grain, 1, -128), clean


def margin_px(side: int) -> int:
    """The margin around a frame of `side` px."""
    return round(side * MARGIN)


def draw_capture(
    draw: np.random.Generator, count: int, side: int, amount: float, extent: Extent
) -> Capture:
    """The faults of one recording of `count` frames of `side` px."""
    margin = margin_px(side)
    shake = _smooth(draw, (count, 2)) * draw.uniform(*extent.shake_px) * amount * side / 128
    corners = np.clip(np.round(margin + shake), 0, 2 * margin).astype(np.int64)
    level = draw.uniform(*extent.noise) * amount
    grain = (
        draw.standard_normal((2 * side, 2 * side, 3), np.float32) if amount else np.zeros((1, 1, 3))
    )
    return Capture(
        side=side,
        amount=amount,
        corners=corners,
        ghost=draw.uniform(0, 0.28) * amount,
        blur_px=draw.uniform(0.2, 0.8) * amount * side / 128,
        table=_table(draw, amount),
        gains=1 + 0.015 * amount * _smooth(draw, (count, 1))[:, 0],
        noise=np.clip(128.5 + level * grain, 0, 255).astype(np.uint8),
        offsets=draw.integers(0, side, (count, 2)),
    )


def _table(draw: np.random.Generator, amount: float) -> Image:
    levels = np.arange(256)[:, None] / 255
    contrast, tint = draw.uniform(0.85, 1.15), draw.uniform(0.9, 1.1, 3)
    changed = np.clip(((levels - 0.5) * contrast + 0.5) * tint, 0, 1)
    mixed = levels + amount * (changed - levels)
    return np.round(mixed * 255).astype(np.uint8)[:, None, :]


def _smooth(draw: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Slow random curves around 0, (T, n), reaching about 1."""
    count, columns = shape
    time = np.linspace(0, 1, count)[:, None]
    curves = np.zeros(shape)
    for rate in (1, 2, 4, 7):
        phase = draw.uniform(0, 2 * np.pi, columns)
        curves += draw.normal(0, 0.6, columns) * np.sin(2 * np.pi * rate * time + phase) / rate**0.5
    return curves
