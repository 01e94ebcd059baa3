"""Scale pictures: halve them while they are twice too large, then bilinear.

Our choice, where the Ani-GIFs paper names no filter and DeepMind's I3D says "bilinear": halving
first keeps every pixel's share (plain bilinear would skip pixels below half size), costs a tenth
of area averaging, and is in integers, so the result is the same on every machine. An odd last row
or column is left out of a halving.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import InputError, LimitExceeded

Pixels = NDArray[np.uint8]

LONGEST = 20
"""A picture more than this many times as long as wide is refused (our choice)."""


def short_size(height: int, width: int, short_side_px: int) -> tuple[int, int]:
    """Height and width with the short side scaled to `short_side_px`; halves round up.

    Raises:
        LimitExceeded: the long side is more than 20 times the short one.
    """
    if min(height, width) < 1:
        raise InputError(f"a picture of {width}x{height} px has no pixels to scale")
    if max(height, width) > LONGEST * min(height, width):
        raise LimitExceeded(f"{width}x{height} px is longer than {LONGEST}:1; crop it first")
    short = min(height, width)
    return _rounded(height * short_side_px, short), _rounded(width * short_side_px, short)


def resize_short(pixels: Pixels, short_side_px: int) -> Pixels:
    """Frames uint8 (T, H, W, 3) with the short side scaled to `short_side_px`."""
    return resize(pixels, *short_size(pixels.shape[1], pixels.shape[2], short_side_px))


def resize(pixels: Pixels, height: int, width: int) -> Pixels:
    """Frames uint8 (T, H, W, 3) scaled to (T, height, width, 3)."""
    import cv2

    if pixels.shape[1:3] == (height, width):
        return pixels
    out = np.empty((len(pixels), height, width, 3), np.uint8)
    for frame, place in zip(pixels, out, strict=True):
        small = _halved(frame, height, width)
        cv2.resize(small, (width, height), dst=place, interpolation=cv2.INTER_LINEAR_EXACT)
    return out


def _halved(frame: Pixels, height: int, width: int) -> Pixels:
    import cv2

    while frame.shape[0] >= 2 * height and frame.shape[1] >= 2 * width:
        half = frame.shape[0] // 2, frame.shape[1] // 2
        even = frame[: 2 * half[0], : 2 * half[1]]
        frame = np.asarray(cv2.resize(even, half[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    return frame


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
