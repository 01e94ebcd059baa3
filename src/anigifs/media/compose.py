"""Draw the images of a GIF in order and read the canvas where a chosen frame shows.

Images that no chosen frame depends on are not unpacked: what is cleared or restored before the
next chosen frame, and what lies below an image that covers the whole canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import NotDecodable
from anigifs.media import canvas as paint
from anigifs.media import lzw
from anigifs.media.walker import CLEAR, KEEP, RESTORE, GifFacts, Image
from anigifs.media.wide import WIDE

Read = Callable[[paint.Canvas, NDArray[np.uint8]], None]


def render(
    data: bytes, facts: GifFacts, lasts: NDArray[np.int64], out: NDArray[np.uint8], read: Read
) -> None:
    """Fill out[k] with the canvas after image lasts[k]; -1 is the canvas before any image.

    lasts: int64 (n,), ascending, no repeats. out: uint8 (n, H, W, 3 or 4), as `read` fills it.
    An image that covers the canvas by its structure may lack pixels; where that shows only
    after images below it were left out, everything is drawn again with none left out.

    Raises:
        NotDecodable: images were unpacked and none held a pixel.
    """
    images = facts.images[: int(lasts[-1]) + 1] if len(lasts) else ()
    drawn = _needed(images, frozenset(lasts.tolist()), (facts.width, facts.height))
    composer = _Composer(data, facts, out, read)
    if not composer.run(images, lasts, drawn):
        composer.run(images, lasts, [True] * len(images))
    if images and not composer.unpacked_px:
        raise NotDecodable("no image of the GIF holds a readable pixel")


def is_solid(image: Image) -> bool:
    """Whether every pixel that the image holds is opaque, by palette and code size alone."""
    if image.palette is None or image.transparent >= 0:
        return False
    return 1 << min(image.code_bits, 8) <= image.palette.colours


def _needed(images: Sequence[Image], chosen: frozenset[int], size: tuple[int, int]) -> list[bool]:
    """Which images must be unpacked for the chosen ones to show; looked at from the last on."""
    drawn, below = [False] * len(images), False
    for number in reversed(range(len(images))):
        image, shown = images[number], number in chosen
        covers = _covers(image, size)
        if image.disposal == CLEAR and covers:
            below = False
        drawn[number] = shown or (below and image.disposal == KEEP)
        hides = covers and is_solid(image)
        later = below and not (hides and image.disposal == KEEP)
        below = later or (shown and not hides)
    return drawn


def _covers(image: Image, size: tuple[int, int]) -> bool:
    width, height = size
    right, bottom = image.left + image.width, image.top + image.height
    return image.left == 0 and image.top == 0 and right >= width and bottom >= height


class _Composer:
    """The canvas, the working arrays, and where the chosen frames go."""

    def __init__(self, data: bytes, facts: GifFacts, out: NDArray[np.uint8], read: Read) -> None:
        self.data = np.frombuffer(data, np.uint8)
        self.size = facts.width, facts.height
        self.out, self.read = out, read
        images = facts.images
        self.codes = lzw.scratch(max((i.data_end - i.data_at for i in images), default=0))
        self.indices = lzw.scratch(max((i.width * i.height for i in images), default=0))
        self.unpacked_px = 0

    def run(self, images: Sequence[Image], lasts: NDArray[np.int64], drawn: Sequence[bool]) -> bool:
        """Draw; False where an image that had to hide what was left out lacks pixels."""
        canvas = paint.blank(*self.size)
        slots = {last: slot for slot, last in enumerate(lasts.tolist())}
        if -1 in slots:
            self.read(canvas, self.out[slots[-1]])
        left_out = False
        for number, image in enumerate(images):
            part = paint.area(canvas, image)
            if drawn[number]:
                before = part.copy() if image.disposal == RESTORE else part
                whole = self._draw(image, part)
                if left_out and not whole and _covers(image, self.size):
                    return False
                if number in slots:
                    self.read(canvas, self.out[slots[number]])
                if image.disposal == RESTORE:
                    part[...] = before
            left_out = left_out or (not drawn[number] and image.disposal == KEEP)
            if image.disposal == CLEAR:
                part[...] = paint.BLANK
        return True

    def _draw(self, image: Image, part: paint.Canvas) -> bool:
        """Unpack and draw one image; whether all its pixels were there."""
        pixels = image.width * image.height
        count = lzw.join_blocks(self.data, image.data_at, image.data_end, self.codes)
        out = self.indices[: pixels + WIDE]
        unpacked = lzw.unpack(self.codes, count, image.code_bits, out)
        self.unpacked_px += unpacked
        rows = image.width, image.height, image.interlaced
        table = paint.colours(image, self.data)
        paint.draw(out[:unpacked], rows, table, is_solid(image), part)
        return unpacked == pixels
