"""From shapes to frames: far things first, cloth textured, a shadow on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from anigifs.simulate.capture import Capture
from anigifs.simulate.hulls import SHIFT
from anigifs.simulate.shapes import Shape
from anigifs.simulate.skeleton import Floats

Image = NDArray[np.uint8]
ALPHA = 255.0


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn of one clip, in the pixels of the larger scene.

    background: uint8 (S, S, 3). cloth: uint8 (2S, 2S), 128 is none, or None for flat figures.
    shadow: uint8 (h, w), 255 is none, or None; `under` (T, 2): its middle.
    anchor: (T, 2), the point of the figure that carries the cloth's texture.
    """

    background: Image
    shapes: list[Shape]
    cloth: Image | None
    shadow: Image | None
    under: Floats
    anchor: Floats


def paint(picture: Picture, capture: Capture) -> Image:
    """Every frame, uint8 (T, side, side, 3)."""
    ground = cv2.cvtColor(picture.background, cv2.COLOR_RGB2RGBA)
    ground[..., 3] = 0
    order = np.argsort([shape.near for shape in picture.shapes], axis=0, kind="stable").T
    frames, before = [], None
    for number, sequence in enumerate(order):
        canvas = ground.copy()
        _shadow(canvas, picture, number)
        for index in sequence:
            _draw(canvas, picture.shapes[index], number)
        frame, before = capture.frame(_dressed(canvas, picture, number), number, before)
        frames.append(frame)
    return np.stack(frames)


def _draw(canvas: Image, shape: Shape, number: int) -> None:
    alpha = ALPHA if shape.person else 0.0
    for layer in shape.layers:
        points, colour = layer.points[number], (*layer.colour, alpha)
        if layer.width:
            cv2.polylines(canvas, [points], False, colour, layer.width, cv2.LINE_AA, SHIFT)
        else:
            cv2.fillConvexPoly(canvas, points, colour, cv2.LINE_AA, SHIFT)


def _dressed(canvas: Image, picture: Picture, number: int) -> Image:
    """Texture on the figure, moving with it; then three channels."""
    plain: Image = cv2.cvtColor(canvas, cv2.COLOR_RGBA2RGB)
    if picture.cloth is None:
        return plain
    size = plain.shape[0]
    x, y = (int(at) % size for at in -picture.anchor[number])
    weave = cv2.cvtColor(picture.cloth[y : y + size, x : x + size], cv2.COLOR_GRAY2RGB)
    dressed = cv2.addWeighted(plain, 1, weave, 1, -128)
    cv2.copyTo(dressed, cv2.extractChannel(canvas, 3), plain)
    return plain


def _shadow(canvas: Image, picture: Picture, number: int) -> None:
    if picture.shadow is None:
        return
    high, wide = picture.shadow.shape[:2]
    left, top = (round(at) for at in picture.under[number] - (wide / 2, high / 2))
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + wide, canvas.shape[1]), min(top + high, canvas.shape[0])
    if x0 < x1 and y0 < y1:
        under = canvas[y0:y1, x0:x1]
        dark = picture.shadow[y0 - top : y1 - top, x0 - left : x1 - left]
        canvas[y0:y1, x0:x1] = cv2.multiply(under, dark, scale=1 / 255)


def soft_shadow(wide: int, high: int, dark: float) -> Image:
    """An elliptic shadow, uint8 (h, w, 4): multiply by it; `dark` in [0, 1] at its middle."""
    y, x = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j]
    depth = dark * np.clip(1.15 - np.hypot(x, y), 0, 1)
    level = np.round(255 * (1 - depth)).astype(np.uint8)
    return np.repeat(level[..., None], 4, axis=2)
