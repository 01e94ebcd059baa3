"""Few colours for many: choose a palette, and give every pixel an index into it.

Source: the palette is Pillow's median cut. The rest is our choice: pictures that already have few
enough colours keep them exactly; a pixel takes the nearest colour (squared RGB distance, the
first of equals); dithering is Floyd and Steinberg 1976, left to right, in integers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anigifs.media.jit import jit

Pixels = NDArray[np.uint8]
Level = int | np.int64

SAMPLE_PIXELS = 1 << 17
"""Median cut looks at about this many pixels, evenly spaced (our choice; 0.06 s)."""


def choose_palette(pixels: Pixels, colours: int) -> Pixels:
    """At most `colours` RGB rows, uint8 (n, 3), for pixels (..., 3); exact when they suffice."""
    flat = np.ascontiguousarray(pixels.reshape(-1, 3))
    found, codes = _distinct(flat, colours)
    if found <= colours:
        return unpack(np.sort(codes[:found]))
    step = max(1, len(flat) // SAMPLE_PIXELS)
    row = Image.fromarray(np.ascontiguousarray(flat[::step][None]))
    chosen = row.quantize(colours, method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = np.array(chosen, np.uint8).reshape(-1, 3)[:colours]
    return unpack(np.unique(pack(palette)))


class Indexer:
    """Gives pixels their index, and remembers the answer for every colour it has seen."""

    def __init__(self, palette: Pixels) -> None:
        self.palette = np.ascontiguousarray(palette, np.int32)
        self.table = np.zeros(1 << 24, np.int16)  # index + 1 of a colour, 0 where not yet asked

    def __call__(self, frame: Pixels, *, dither: bool = False) -> Pixels:
        """Indices uint8 (H, W) of a frame uint8 (H, W, 3)."""
        kernel = _diffuse if dither else _nearest_all
        return np.asarray(kernel(np.ascontiguousarray(frame), self.palette, self.table), np.uint8)


def pack(colours: Pixels) -> NDArray[np.int64]:
    """0xRRGGBB of RGB rows (n, 3)."""
    rows = colours.astype(np.int64)
    return np.asarray(rows[:, 0] << 16 | rows[:, 1] << 8 | rows[:, 2])


def unpack(codes: NDArray[np.int64]) -> Pixels:
    """RGB rows uint8 (n, 3) of 0xRRGGBB codes."""
    return np.stack([codes >> 16 & 255, codes >> 8 & 255, codes & 255], axis=1).astype(np.uint8)


@jit
def _distinct(flat: Pixels, most: int) -> tuple[int, NDArray[np.int64]]:
    seen = np.zeros(1 << 24, np.bool_)
    codes = np.empty(most + 1, np.int64)
    found = 0
    for i in range(len(flat)):
        code = np.int64(flat[i, 0]) << 16 | np.int64(flat[i, 1]) << 8 | np.int64(flat[i, 2])
        if not seen[code]:
            seen[code] = True
            codes[found] = code
            found += 1
            if found > most:
                break
    return found, codes


@jit
def _nearest(
    r: Level, g: Level, b: Level, palette: NDArray[np.int32], table: NDArray[np.int16]
) -> int:
    code = np.int64(r) << 16 | np.int64(g) << 8 | np.int64(b)
    known = table[code]
    if known:
        return known - 1  # type: ignore[no-any-return]
    best, least = 0, np.int64(1) << 40
    for i in range(len(palette)):
        dr, dg, db = palette[i, 0] - r, palette[i, 1] - g, palette[i, 2] - b
        distance = dr * dr + dg * dg + db * db
        if distance < least:
            best, least = i, distance
    table[code] = best + 1
    return best


@jit
def _nearest_all(frame: Pixels, palette: NDArray[np.int32], table: NDArray[np.int16]) -> Pixels:
    height, width = frame.shape[0], frame.shape[1]
    out = np.empty((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            r, g, b = np.int64(frame[y, x, 0]), np.int64(frame[y, x, 1]), np.int64(frame[y, x, 2])
            out[y, x] = _nearest(r, g, b, palette, table)
    return out


@jit
def _diffuse(frame: Pixels, palette: NDArray[np.int32], table: NDArray[np.int16]) -> Pixels:
    height, width = frame.shape[0], frame.shape[1]
    out = np.empty((height, width), np.uint8)
    error = np.zeros((2, width + 2, 3), np.int64)
    want = np.empty(3, np.int64)
    for y in range(height):
        now, below = error[y & 1], error[(y + 1) & 1]
        below[:] = 0
        for x in range(width):
            for c in range(3):
                value = np.int64(frame[y, x, c]) + (now[x + 1, c] + 8 >> 4)
                want[c] = min(max(value, 0), 255)
            index = _nearest(want[0], want[1], want[2], palette, table)
            out[y, x] = index
            for c in range(3):
                miss = want[c] - palette[index, c]
                now[x + 2, c] += 7 * miss
                below[x, c] += 3 * miss
                below[x + 1, c] += 5 * miss
                below[x + 2, c] += miss
    return out
