"""Text and colours on pictures that are drawn with Pillow."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import ImageDraw, ImageFont

from anigifs.core.records import Domain

Rgb = tuple[int, int, int]

INK: Rgb = (30, 33, 38)
SOFT: Rgb = (118, 124, 133)
RULE: Rgb = (226, 229, 233)
PAPER: Rgb = (255, 255, 255)
DOMAIN_COLOURS: dict[Domain, Rgb] = {
    Domain.REAL_VIDEO: (0, 114, 178),
    Domain.REAL_GIF: (0, 128, 96),
    Domain.ANIMATED_GIF: (196, 78, 0),
}
"""Told apart by colour-blind people too (after Okabe and Ito 2008, darker for white text)."""


class Place(NamedTuple):
    """A point in pixels."""

    x: float
    y: float


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib."""
    import matplotlib

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)


def fit(text: str, width: float, face: ImageFont.FreeTypeFont) -> str:
    """The text, cut with '…' where it is wider than `width` px."""
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def chip(draw: ImageDraw.ImageDraw, at: Place, text: str, colour: Rgb) -> float:
    """A rounded label with white text; returns the x where it ends."""
    face = font(11, bold=True)
    width = face.getlength(text) + 14
    draw.rounded_rectangle((at.x, at.y, at.x + width, at.y + 18), 9, fill=colour)
    draw.text((at.x + 7, at.y + 9), text, PAPER, face, anchor="lm")
    return at.x + width
