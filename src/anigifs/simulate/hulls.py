"""The one shape that everything is drawn with: the convex hull of discs.

A disc is a hull of one, a capsule of two unequal discs, a torso of four. Source: the support
function; the hull's outermost point in direction u is the largest p·u + r over its discs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anigifs.simulate.skeleton import Floats

CORNERS = 20
SHIFT = 4
"""OpenCV draws at 1/16 pixel."""

_ANGLES = np.arange(CORNERS) * (2 * np.pi / CORNERS)
_WAYS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], -1)

Fixed = NDArray[np.int32]


def hull(centres: Floats, radii: ArrayLike) -> Floats:
    """Corners (T, 20, 2) of the hull of discs at `centres` (T, P, 2) with `radii` (T, P) or less.

    Units are pixels. Corners lie on the true hull; between them it is cut by at most 1.3 % of
    the radius.
    """
    radii = np.broadcast_to(np.asarray(radii, np.float64), centres.shape[:2])
    reach = centres @ _WAYS.T + radii[..., None]
    best = reach.argmax(1)
    picked = np.take_along_axis(centres, best[..., None], 1)
    size = np.take_along_axis(radii, best, 1)
    corners: Floats = picked + size[..., None] * _WAYS
    return corners


def fixed(points: Floats) -> Fixed:
    """Pixels as OpenCV's fixed-point numbers."""
    return np.round(points * (1 << SHIFT)).astype(np.int32)
