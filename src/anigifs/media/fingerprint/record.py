"""What identifies an animation: exact keys, and hashes of its frames under three views."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import IntegrityError
from anigifs.media import wire
from anigifs.media.fingerprint.pdq import HASH_BYTES

RECIPE = "pdq-1"
"""The version of the recipe: fingerprints of different recipes are never compared."""
VIEWS = ("content", "motion", "frame")
"""content: all frames without the borders that they share; motion: the part that changes over
time; frame: each frame without its own borders."""
CONTENT, MOTION, FRAME = range(len(VIEWS))
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One animation as duplicates are searched with it. F hashed frames, K keys, C crops.

    sha256: of the file's bytes, hexadecimal.
    pixels_sha256: of its size, delays and composed pixels: the same after lossless re-encoding.
    frames, distinct: in the file; of these, how many look different from all others.
    colour: mean RGB of the content, float32 (3,), in [0, 255].
    box: the content's top, bottom, left, right as shares of the canvas, float32 (4,).
    moving: the same of the part that changes over time; the content's where nothing does.
    hashes: uint8 (3, F, 32), by view, in order of time; F is 96 at most.
    quality: uint8 (3, F), 0 (flat) to 100; 0 in a view that does not exist.
    keys: int64 (K,), at most 8 of the F frames, equally spaced: what a search goes by.
    crops: uint8 (C, K, 32), the keys' content as crops would leave it.
    """

    sha256: str
    pixels_sha256: str
    width: int
    height: int
    frames: int
    distinct: int
    duration_ms: float
    colour: NDArray[np.float32]
    box: NDArray[np.float32]
    moving: NDArray[np.float32]
    hashes: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    keys: NDArray[np.int64]
    crops: NDArray[np.uint8]

    def to_bytes(self) -> bytes:
        """The record as bytes that `from_bytes` reads: JSON and raw arrays, no pickle."""
        return b"".join(bytes(piece) for piece in wire.pack(self))


def from_bytes(data: bytes) -> Fingerprint:
    """The record that `Fingerprint.to_bytes` wrote.

    Raises:
        IntegrityError: other bytes, or arrays of shapes that no fingerprint has.
    """
    try:
        found = wire.unpack(_reader(data), MOST_BYTES)
    except ValueError as error:
        raise IntegrityError(f"not a fingerprint: {error}") from None
    if not (isinstance(found, Fingerprint) and _sound(found)):
        raise IntegrityError("not a fingerprint: its arrays do not fit together")
    return found


def _sound(found: Fingerprint) -> bool:
    try:
        count, keys = found.hashes.shape[1], len(found.keys)
        return (
            found.hashes.shape == (len(VIEWS), count, HASH_BYTES)
            and found.quality.shape == (len(VIEWS), count)
            and found.box.shape == found.moving.shape == (4,)
            and found.crops.shape == (len(found.crops), keys, HASH_BYTES)
            and found.hashes.dtype == found.crops.dtype == np.uint8
            and bool(((found.keys >= 0) & (found.keys < count)).all())
        )
    except (AttributeError, IndexError, TypeError):
        return False


def _reader(data: bytes) -> wire.Pull:
    rest = memoryview(data)

    def pull(memory: memoryview) -> None:
        nonlocal rest
        if len(rest) < len(memory):
            raise ValueError("it ends too early")
        memory[:] = rest[: len(memory)]
        rest = rest[len(memory) :]

    return pull
