"""Vectors over time and two-bone limbs. Points are float64 (T, 3): x left, y up, z forward."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

REACH = 0.999
"""A limb never stretches wholly: the knee's plane stays defined."""


def vec(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Floats:
    """Stack three coordinates, numbers or (T,), into (..., 3)."""
    parts = np.broadcast_arrays(*(np.asarray(part, np.float64) for part in (x, y, z)))
    return np.stack(parts, axis=-1)


def unit(vectors: Floats) -> Floats:
    """Vectors (..., n) scaled to length 1; a zero vector stays zero."""
    length: Floats = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(length, 1e-9)


def bend(
    root: Floats, goal: Floats, bones: tuple[float, float], pole: Floats
) -> tuple[Floats, Floats]:
    """The joint and the end of a limb of two bones that reaches from `root` to `goal`, (T, 3).

    The joint bends toward `pole` (a direction, not a point). A goal out of reach is approached
    as far as the bones go. Source: the law of cosines.
    """
    first, second = bones
    offset = goal - root
    along = unit(offset)
    low, high = abs(first - second) + 1e-3, (first + second) * REACH
    length = np.clip(np.linalg.norm(offset, axis=-1, keepdims=True), low, high)
    near = (length**2 + first**2 - second**2) / (2 * length)
    out = np.sqrt(np.maximum(first**2 - near**2, 0))
    across = unit(pole - (pole * along).sum(-1, keepdims=True) * along)
    return root + along * near + across * out, root + along * length


def between(first: Floats, second: Floats, share: ArrayLike) -> Floats:
    """`first` at share 0, `second` at 1; share is a number or (T,)."""
    weight = np.asarray(share, np.float64)[..., None]
    return first * (1 - weight) + second * weight
