"""A 256-bit perceptual hash of a picture: which coarse waves are stronger than the median.

Source: Meta's PDQ ("The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm",
2019): luma, 64 x 64 samples, a 16 x 16 discrete cosine transform without its constant row and
column, one bit for each coefficient above the median; quality from the gradients. On pictures of
64 x 64 pixels our bits and PDQ's are the same but for rounding.
Our choice: other sizes come to 64 x 64 by area averaging over the whole picture, which looks the
same at any size; PDQ's two box filters with a whole-pixel window leave small pictures unsmoothed.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Hashes = NDArray[np.uint8]
Luma = NDArray[np.float32]

SIDE_PX = 64
WAVES = 16
HASH_BYTES = WAVES * WAVES // 8
_QUALITY_STEP = 90
"""Source: PDQ; the sum of gradients, in whole hundredths of full scale, for one point."""

Turn = Literal[
    "none", "mirror", "flip", "rotate-180", "transpose", "rotate-90", "rotate-270", "anti-transpose"
]
TURNS: tuple[Turn, ...] = (
    "none",
    "mirror",
    "flip",
    "rotate-180",
    "transpose",
    "rotate-90",
    "rotate-270",
    "anti-transpose",
)
"""The eight ways to lay a picture on itself. mirror: left and right change places; flip: top and
bottom; rotate-90 is clockwise; transpose: rows become columns."""
_PARTS: dict[Turn, tuple[bool, bool, bool]] = {
    "none": (False, False, False),
    "mirror": (False, False, True),
    "flip": (False, True, False),
    "rotate-180": (False, True, True),
    "transpose": (True, False, False),
    "rotate-90": (True, False, True),
    "rotate-270": (True, True, False),
    "anti-transpose": (True, True, True),
}


def _waves() -> Luma:
    """The rows 1 to 16 of the 64-point cosine transform, float32 (16, 64)."""
    row = np.arange(1, WAVES + 1)[:, None]
    column = np.arange(SIDE_PX)[None]
    waves = np.sqrt(2 / SIDE_PX) * np.cos(np.pi / 2 / SIDE_PX * row * (2 * column + 1))
    return np.asarray(waves, np.float32)


_WAVES = _waves()


def luma(pixels: Pixels) -> Luma:
    """Luma float32 (..., H, W) in [0, 255] of RGB (..., H, W, 3), by ITU-R BT.601."""
    import cv2

    weights = np.array([[0.299, 0.587, 0.114]], np.float32)
    out = np.empty(pixels.shape[:-1], np.float32)
    for frame, place in zip(
        pixels.reshape(-1, *pixels.shape[-3:]), out.reshape(-1, *out.shape[-2:]), strict=True
    ):
        cv2.transform(frame.astype(np.float32), weights, dst=place)
    return out


def to_square(picture: Luma) -> Luma:
    """A picture (H, W) of any size as (64, 64): area averages, bilinear where it is smaller."""
    import cv2

    height, width = picture.shape
    shrinks = height >= SIDE_PX and width >= SIDE_PX
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    if not shrinks and max(height, width) > SIDE_PX:
        least = max(width, SIDE_PX), max(height, SIDE_PX)
        picture = cv2.resize(picture, least, interpolation=cv2.INTER_LINEAR)
        how = cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=how), np.float32)


def hash_squares(squares: Luma) -> Hashes:
    """Hashes uint8 (n, 32) of pictures (n, 64, 64): bits by row of waves, the first one highest."""
    waves = _WAVES @ squares @ _WAVES.T
    flat = waves.reshape(len(squares), -1)
    middle = np.partition(flat, flat.shape[1] // 2 - 1, axis=1)[:, flat.shape[1] // 2 - 1, None]
    return np.packbits(flat > middle, axis=1)


def quality(squares: Luma) -> NDArray[np.uint8]:
    """How much there is to see in pictures (n, 64, 64): 0 (flat) to 100, uint8 (n,)."""
    down = np.trunc(np.diff(squares, axis=1) * (100 / 255))
    across = np.trunc(np.diff(squares, axis=2) * (100 / 255))
    total = np.abs(down).sum((1, 2)) + np.abs(across).sum((1, 2))
    return np.asarray(np.minimum(total // _QUALITY_STEP, 100), np.uint8)


def turned(hashes: Hashes, turn: Turn) -> Hashes:
    """The hashes (..., 32) of the same pictures after `turn`, from their bits alone.

    A mirrored wave is itself or its negative, so bits move or change sign; only waves between the
    median and its negative may come out wrong, which are a few of 256.
    """
    swap, down, across = _PARTS[turn]
    bits = np.unpackbits(hashes, axis=-1).reshape(*hashes.shape[:-1], WAVES, WAVES)
    if swap:
        bits = bits.swapaxes(-1, -2)
    odd = (np.arange(1, WAVES + 1) % 2).astype(np.uint8)
    if down:
        bits = bits ^ odd[:, None]
    if across:
        bits = bits ^ odd[None, :]
    return np.packbits(bits.reshape(*hashes.shape[:-1], WAVES * WAVES), axis=-1)


def distances(one: Hashes, other: Hashes) -> NDArray[np.int64]:
    """Bits that differ between every hash (n, 32) and every other (m, 32): int64 (n, m)."""
    a, b = (np.ascontiguousarray(each).view(np.uint64) for each in (one, other))
    differing = np.bitwise_count(a[:, None] ^ b[None])
    return np.asarray(differing.sum(axis=-1), np.int64)
