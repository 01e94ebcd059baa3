"""The canvas that GIF images are drawn on, and the compiled loops that draw and read it.

A pixel is one uint32: red in the lowest byte, then green, blue, alpha. A transparent pixel is
white with alpha 0, so that dropping alpha gives the picture over white.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anigifs.media.jit import jit
from anigifs.media.walker import Image

BLANK = 0x00FFFFFF
OPAQUE = 0xFF000000

Canvas = NDArray[np.uint32]


def blank(width: int, height: int) -> Canvas:
    """A transparent canvas, uint32 (height, width)."""
    return np.full((height, width), BLANK, np.uint32)


def colours(image: Image, data: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The 256 pixels that the indices of `image` stand for; 0 leaves the canvas alone.

    Without a palette, and above its end, nothing is drawn (as in browsers).
    """
    table = np.zeros(256, np.uint32)
    if image.palette:
        at, count = image.palette.at, image.palette.colours
        red, green, blue = data[at : at + 3 * count].reshape(count, 3).T.astype(np.uint32)
        table[:count] = red | green << 8 | blue << 16 | OPAQUE
    if image.transparent >= 0:
        table[image.transparent] = 0
    return table


def area(canvas: Canvas, image: Image) -> Canvas:
    """The part of the canvas that the image covers, as a view; it may be empty."""
    return canvas[
        image.top : image.top + image.height,
        image.left : image.left + image.width,
    ]


@jit
def row_of(row: int, height: int) -> int:
    """Where the row-th row of an interlaced image of `height` rows belongs."""
    first = (height + 7) // 8
    second = first + (height + 3) // 8
    third = second + (height + 1) // 4
    if row < first:
        return row * 8
    if row < second:
        return (row - first) * 8 + 4
    if row < third:
        return (row - second) * 4 + 2
    return (row - third) * 2 + 1


@jit
def draw(
    indices: NDArray[np.uint8],
    rows: tuple[int, int, bool],
    table: NDArray[np.uint32],
    solid: bool,
    target: NDArray[np.uint32],
) -> None:
    """Draw the unpacked pixels of an image on its part of the canvas.

    indices: uint8 (n,), possibly fewer than width * height. rows: width, height, interlaced.
    solid: no index in use leaves the canvas alone. target: uint32 (h, w), what of the image
    lies on the canvas.
    """
    width, height, interlaced = rows
    if width <= 0:
        return
    for row in range(min(height, (indices.size + width - 1) // width)):
        y = row_of(row, height) if interlaced else row
        if y < target.shape[0]:
            source = indices[row * width : (row + 1) * width]
            if solid:
                _cover(source, table, target[y])
            else:
                _overlay(source, table, target[y])


@jit
def _cover(source: NDArray[np.uint8], table: NDArray[np.uint32], line: NDArray[np.uint32]) -> None:
    for x in range(min(source.size, line.size)):
        line[x] = table[source[x]]


@jit
def _overlay(
    source: NDArray[np.uint8], table: NDArray[np.uint32], line: NDArray[np.uint32]
) -> None:
    for x in range(min(source.size, line.size)):
        pixel = table[source[x]]
        if pixel != 0:
            line[x] = pixel


@jit
def read_rgb(canvas: NDArray[np.uint32], out: NDArray[np.uint8]) -> None:
    """Write the canvas over white into `out`, uint8 (height, width, 3)."""
    flat_in, flat_out = canvas.ravel(), out.ravel()
    for i in range(min(flat_in.size, flat_out.size // 3)):
        pixel = flat_in[i]
        flat_out[3 * i] = pixel & 255
        flat_out[3 * i + 1] = (pixel >> 8) & 255
        flat_out[3 * i + 2] = (pixel >> 16) & 255


def read_rgba(canvas: Canvas, out: NDArray[np.uint8]) -> None:
    """Write the canvas into `out`, uint8 (height, width, 4); transparent is (0, 0, 0, 0)."""
    np.copyto(out.view("<u4")[..., 0], np.where(canvas >= OPAQUE, canvas, 0))
