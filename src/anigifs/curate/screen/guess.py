"""Drawn or filmed: a guess from two numbers, which orders a queue and never rejects.

Drawings have few colours, and most neighbouring pixels are of the very same one, which sensors,
dithering and gradients rule out. Film of few colours without dithering is taken for drawn. Our
choice, set by eye; docs/benchmarks.md has precision and recall on real files.
"""

from __future__ import annotations

import numpy as np

from anigifs.media.fingerprint.boxes import Pixels
from anigifs.media.looks import a_few, colours

COLOURS_HALF, FLAT_HALF = 40.0, 0.5
"""Colours, and the share of flat pixels, at which drawn and filmed are equally likely."""
COLOURS_WEIGHT, FLAT_WEIGHT = 3.0, 8.0


def guess(pixels: Pixels) -> dict[str, float]:
    """How drawn frames uint8 (T, H, W, 3) look: `score` from 0 (filmed) to 1 (drawn).

    flat: share of pixels equal to their right and lower neighbour, the median over 6 frames.
    colours: 15-bit colours that cover 95 % of the pixels, likewise.
    """
    chosen = pixels[a_few(len(pixels))]
    flat = float(np.median([_flat(frame) for frame in chosen]))
    many = float(np.median([colours(frame) for frame in chosen]))
    few = COLOURS_WEIGHT * np.log(COLOURS_HALF / max(many, 1.0))
    score = 1 / (1 + np.exp(-few - FLAT_WEIGHT * (flat - FLAT_HALF)))
    return {"score": round(float(score), 4), "flat": round(flat, 4), "colours": many}


def _flat(frame: Pixels) -> float:
    if min(frame.shape[:2]) < 2:
        return 0.0
    here = frame[:-1, :-1]
    same = (here == frame[:-1, 1:]).all(-1) & (here == frame[1:, :-1]).all(-1)
    return float(same.mean())
