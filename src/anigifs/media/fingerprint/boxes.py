"""Which part of an animation to hash: without borders, around the motion, or cropped.

A copy with a border, a caption bar or a cut edge shows the same picture elsewhere: hashing what
is inside makes it the same again. Our choice throughout; the thresholds were set on the copies of
real animations in `benchmarks/dedup_recall.py`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anigifs.media.jit import jit

Pixels = NDArray[np.uint8]
Luma = NDArray[np.float32]

TOLERANCE = 24
"""Levels by which a pixel may differ from its border's colour; palettes of 32 stay below."""
BUSY = 0.005
"""A row or column is content when more than this share of it differs from the border."""
ROUNDS = 3
"""Borders inside borders: a frame, its softened edge, and the drawing's own ground."""
LEAST_PX = 8
"""Trimming that leaves less than this is undone: the picture is flat, or nearly."""
MOVING = 24.0
"""Luma range over time, in levels, from which a pixel counts as moving."""
EDGE_MASS = 0.01
"""Share of the motion that is left out at each side of its box."""
LEAST_SHARE = 0.25
"""A motion box is at least this share of the content box in each direction."""
CROPS = (0.05, 0.10)
"""Shares of each side that a crop cuts away."""


class Box(NamedTuple):
    """Rows top to bottom and columns left to right, in pixels; the ends are not part of it."""

    top: int
    bottom: int
    left: int
    right: int

    def cut(self, pictures: Pixels) -> Pixels:
        """That part of pictures (T, H, W, 3)."""
        return pictures[:, self.top : self.bottom, self.left : self.right]


def content_box(low: Pixels, high: Pixels) -> Box:
    """What remains without uniform, unmoving borders.

    low, high: the lowest and highest value of each pixel over time, uint8 (H, W, 3).
    """
    box = np.array([0, low.shape[0], 0, low.shape[1]], np.int64)
    for _ in range(ROUNDS):
        inner = _trimmed(low, high, box, TOLERANCE, BUSY)
        if min(inner[1] - inner[0], inner[3] - inner[2]) < LEAST_PX or (inner == box).all():
            break
        box = inner
    return Box(*box.tolist())


def motion_box(lumas: Luma, within: Box) -> Box | None:
    """Where the picture changes over time, of lumas (T, H, W); None where nothing moves."""
    inside = lumas[:, within.top : within.bottom, within.left : within.right]
    ranges = inside.max(0) - inside.min(0)
    moving = np.where(ranges > MOVING, ranges, 0.0)
    if not moving.any():
        return None
    top, bottom = _span(moving.sum(1))
    left, right = _span(moving.sum(0))
    return Box(within.top + top, within.top + bottom, within.left + left, within.left + right)


def crop_boxes(content: Box, height: int, width: int) -> list[Box]:
    """The content that crops of 5 % (middle and corners) and 10 % (3 x 3 places) leave over.

    Crops that cut none of it are left out: their content is the whole content.
    """
    found = []
    for share, steps in zip(CROPS, ((0.5,), (0.0, 0.5, 1.0)), strict=True):
        places = {(y, x) for y in steps for x in steps} | {(y, x) for y in (0, 1) for x in (0, 1)}
        for y, x in sorted(places):
            box = _clipped(content, share, (y, x), (height, width))
            if box != content and min(box.bottom - box.top, box.right - box.left) >= LEAST_PX:
                found.append(box)
    return list(dict.fromkeys(found))


def _clipped(box: Box, share: float, place: tuple[float, float], size: tuple[int, int]) -> Box:
    (height, width), (y, x) = size, place
    top, left = round(y * share * height), round(x * share * width)
    bottom, right = round(top + height * (1 - share)), round(left + width * (1 - share))
    return Box(
        max(box.top, top), min(box.bottom, bottom), max(box.left, left), min(box.right, right)
    )


def _span(mass: NDArray[np.float32]) -> tuple[int, int]:
    share = np.cumsum(mass) / mass.sum()
    start, end = int(np.searchsorted(share, EDGE_MASS)), int(np.searchsorted(share, 1 - EDGE_MASS))
    count = len(mass)
    least = min(count, max(LEAST_PX, round(LEAST_SHARE * count)))
    if end + 1 - start >= least:
        return start, end + 1
    start = min(max(0, (start + end + 1 - least) // 2), count - least)
    return start, start + least


@jit
def _trimmed(
    low: Pixels, high: Pixels, box: NDArray[np.int64], tolerance: int, busy: float
) -> NDArray[np.int64]:
    """The box without the uniform rows and columns at its four sides."""
    box = box.copy()
    for side in range(4):
        colour = _edge_colour(low, high, box, side)
        away = 0
        while box[0] < box[1] and box[2] < box[3]:
            if _differing(low, high, box, side, colour, tolerance) > busy:
                break
            box[side] += 1 - 2 * (side % 2)
            away += 1
        if away and box[0] < box[1] and box[2] < box[3]:
            box[side] += 1 - 2 * (side % 2)
    return box


@jit
def _edge(box: NDArray[np.int64], side: int) -> tuple[int, int, int, int]:
    """The outermost row (sides 0, 1) or column (2, 3) as top, bottom, left, right."""
    top, bottom, left, right = box[0], box[1], box[2], box[3]
    if side == 0:
        return top, top + 1, left, right
    if side == 1:
        return bottom - 1, bottom, left, right
    if side == 2:
        return top, bottom, left, left + 1
    return top, bottom, right - 1, right


@jit
def _edge_colour(
    low: Pixels, high: Pixels, box: NDArray[np.int64], side: int
) -> NDArray[np.float64]:
    top, bottom, left, right = _edge(box, side)
    colour = np.empty(3)
    for channel in range(3):
        a = low[top:bottom, left:right, channel].copy().ravel()
        b = high[top:bottom, left:right, channel].copy().ravel()
        colour[channel] = np.median(np.concatenate((a, b)))
    return colour


@jit
def _differing(
    low: Pixels,
    high: Pixels,
    box: NDArray[np.int64],
    side: int,
    colour: NDArray[np.float64],
    tolerance: int,
) -> float:
    """The share of the outermost row or column that is not of this colour all the time."""
    top, bottom, left, right = _edge(box, side)
    count = 0
    for row in range(top, bottom):
        for column in range(left, right):
            for channel in range(3):
                if (
                    abs(low[row, column, channel] - colour[channel]) > tolerance
                    or abs(high[row, column, channel] - colour[channel]) > tolerance
                ):
                    count += 1
                    break
    return count / ((bottom - top) * (right - left))
