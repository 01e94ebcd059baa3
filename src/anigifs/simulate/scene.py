"""Where the action happens: rooms, gyms, parks and streets, or a plain ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from anigifs.simulate.colours import Colour, mix, natural, saturated, shade, solid
from anigifs.simulate.hulls import SHIFT
from anigifs.simulate.skeleton import Floats

Image = NDArray[np.uint8]
Draw = np.random.Generator


@dataclass(slots=True)
class Canvas:
    """A picture in the making; places are shares of its side, y downwards."""

    image: Image
    horizon: float
    palette: float
    flat: float
    draw: Draw

    def colour(self, light: float = 0) -> Colour:
        """A fresh colour of this domain, lighter or darker by `light`."""
        picked = mix(natural(self.draw), saturated(self.draw), self.palette)
        return shade(solid(picked), light)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """A filled rectangle."""
        first, second = self._px(left, top), self._px(right, bottom)
        cv2.rectangle(self.image, first, second, colour, -1, cv2.LINE_AA, SHIFT)

    def disc(self, x: float, y: float, radius: float, colour: Colour, hollow: bool = False) -> None:
        """A filled circle, or a ring."""
        size = round(radius * self.image.shape[0] * (1 << SHIFT))
        width = max(1, self.image.shape[0] // 80) if hollow else -1
        cv2.circle(self.image, self._px(x, y), size, colour, width, cv2.LINE_AA, SHIFT)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], width: float, colour: Colour
    ) -> None:
        """A straight line, `width` a share of the side."""
        px = max(1, round(width * self.image.shape[0]))
        cv2.line(self.image, self._px(*start), self._px(*end), colour, px, cv2.LINE_AA, SHIFT)

    def patch(self, corners: Floats, colour: Colour) -> None:
        """A convex polygon, corners (N, 2)."""
        points = np.round(corners * self.image.shape[0] * (1 << SHIFT)).astype(np.int32)
        cv2.fillConvexPoly(self.image, points, colour, cv2.LINE_AA, SHIFT)

    def _px(self, x: float, y: float) -> tuple[int, int]:
        unit = self.image.shape[0] * (1 << SHIFT)
        return round(x * unit), round(y * unit)


def draw_scene(
    draw: Draw, grain: Draw, size: int, horizon: float, look: tuple[float, float, float]
) -> Image:
    """A background, uint8 (size, size, 3).

    horizon: where the floor ends, a share of the side from the top.
    look: the knobs palette, detail and background. A plain ground is drawn as often as
        `background` says; `grain` is a stream of its own, so that detail moves nothing.
    """
    palette, detail, plain = look
    canvas = Canvas(np.zeros((size, size, 3), np.uint8), horizon, palette, detail, draw)
    if draw.random() < plain * 0.7:
        _plain(canvas)
    else:
        place = _PLACES[int(draw.integers(len(_PLACES)))]
        place(canvas)
        for _ in range(int(draw.integers(1, 6) * (1 - 0.6 * plain))):
            _THINGS[int(draw.integers(len(_THINGS)))](canvas)
    return _textured(canvas.image, grain, 1 - detail)


def _plain(canvas: Canvas) -> None:
    white = canvas.draw.random() < 0.35
    canvas.image[:] = (252, 252, 250) if white else canvas.colour(0.35)
    if canvas.draw.random() < 0.45:
        canvas.box(0, canvas.horizon, 1, 1, canvas.colour(0.15))


def _ground(canvas: Canvas, above: Colour, below: Colour) -> None:
    canvas.image[:] = above
    canvas.box(0, canvas.horizon, 1, 1, below)


def _room(canvas: Canvas) -> None:
    wall, floor = canvas.colour(0.2), canvas.colour()
    _ground(canvas, wall, floor)
    if canvas.draw.random() < 0.5:
        _stripes(canvas, wall)
    for share in np.linspace(-1.2, 2.2, int(canvas.draw.integers(5, 12))):
        start, end = (0.5 + 0.4 * (share - 0.5), canvas.horizon), (share, 1.0)
        canvas.line(start, end, 0.006, shade(floor, -0.2))
    canvas.box(0, canvas.horizon - 0.02, 1, canvas.horizon, shade(wall, -0.35))
    for _ in range(int(canvas.draw.integers(0, 3))):
        _window(canvas)


def _stripes(canvas: Canvas, wall: Colour) -> None:
    step = canvas.draw.uniform(0.05, 0.14)
    for left in np.arange(0, 1, step):
        canvas.box(left, 0, left + step / 2, canvas.horizon, shade(wall, -0.08))


def _window(canvas: Canvas) -> None:
    x, y = canvas.draw.uniform(0, 0.85), canvas.draw.uniform(0.02, 0.25)
    wide, high = canvas.draw.uniform(0.1, 0.25), canvas.draw.uniform(0.12, 0.3)
    canvas.box(x - 0.012, y - 0.012, x + wide + 0.012, y + high + 0.012, canvas.colour(-0.3))
    canvas.box(x, y, x + wide, y + high, canvas.colour(0.5))
    canvas.line((x + wide / 2, y), (x + wide / 2, y + high), 0.01, canvas.colour(-0.2))


def _gym(canvas: Canvas) -> None:
    wall = canvas.colour()
    _ground(canvas, wall, canvas.colour(-0.4))
    for x in np.arange(canvas.draw.uniform(-0.2, 0), 1, canvas.draw.uniform(0.2, 0.35)):
        canvas.box(x + 0.01, 0.05, x + 0.18, canvas.horizon - 0.06, shade(wall, 0.3))
    metal = canvas.colour(-0.5)
    for _ in range(int(canvas.draw.integers(1, 4))):
        x, top = canvas.draw.uniform(0, 1), canvas.draw.uniform(0.05, 0.5)
        canvas.line((x, top), (x, canvas.horizon + 0.03), 0.018, metal)
        canvas.line((x, top), (x + canvas.draw.uniform(-0.3, 0.3), top), 0.018, metal)


def _park(canvas: Canvas) -> None:
    sky = mix(np.array([150.0, 190, 225]), np.array(canvas.colour(0.4)), 0.3)
    grass = mix(np.array([95.0, 135, 70]), np.array(canvas.colour()), 0.35)
    _ground(canvas, solid(sky), solid(grass))
    leaf = shade(solid(grass), -0.35)
    for _ in range(int(canvas.draw.integers(3, 10))):
        x, radius = canvas.draw.uniform(0, 1), canvas.draw.uniform(0.05, 0.16)
        canvas.line((x, canvas.horizon), (x, canvas.horizon - radius), 0.02, shade(leaf, -0.4))
        tone = shade(leaf, canvas.draw.uniform(-0.25, 0.2))
        canvas.disc(x, canvas.horizon - radius * 1.2, radius, tone)
    if canvas.draw.random() < 0.5:
        x, y = canvas.draw.uniform(0.1, 0.9), canvas.draw.uniform(0.05, 0.2)
        canvas.disc(x, y, 0.05, (250, 245, 215))


def _street(canvas: Canvas) -> None:
    _ground(canvas, canvas.colour(0.5), canvas.colour(-0.1))
    left = canvas.draw.uniform(-0.2, 0)
    while left < 1:
        wide, top = canvas.draw.uniform(0.15, 0.4), canvas.draw.uniform(0, canvas.horizon * 0.7)
        front = canvas.colour()
        canvas.box(left, top, left + wide, canvas.horizon, front)
        for x in np.arange(left + 0.03, left + wide - 0.04, 0.08):
            for y in np.arange(top + 0.04, canvas.horizon - 0.06, 0.1):
                canvas.box(x, y, x + 0.035, y + 0.05, shade(front, -0.4))
        left += wide


_PLACES: tuple[Callable[[Canvas], None], ...] = (_room, _gym, _park, _street)


def _spot(canvas: Canvas) -> tuple[float, float]:
    low = min(canvas.horizon, 0.9)
    return canvas.draw.uniform(0, 1), canvas.draw.uniform(low - 0.03, min(low + 0.2, 0.98))


def _crate(canvas: Canvas) -> None:
    (x, y), colour = _spot(canvas), canvas.colour()
    wide, high = canvas.draw.uniform(0.05, 0.2, 2)
    canvas.box(x, y - high, x + wide, y, colour)
    canvas.box(x + wide * 0.75, y - high, x + wide, y, shade(colour, -0.3))


def _ball(canvas: Canvas) -> None:
    (x, y), radius, colour = _spot(canvas), canvas.draw.uniform(0.02, 0.06), canvas.colour()
    canvas.disc(x, y - radius, radius, colour)
    canvas.disc(x - radius / 3, y - radius * 1.3, radius / 3, shade(colour, 0.5))


def _ring(canvas: Canvas) -> None:
    x, y = canvas.draw.uniform(0, 1), canvas.draw.uniform(0.1, 0.7)
    canvas.disc(x, y, canvas.draw.uniform(0.06, 0.16), canvas.colour(), hollow=True)


def _bar(canvas: Canvas) -> None:
    (x, y), colour, long = _spot(canvas), canvas.colour(-0.4), canvas.draw.uniform(0.2, 0.5)
    canvas.line((x, y - 0.03), (x + long, y - 0.03), 0.012, colour)
    for end in (x, x + long):
        canvas.disc(end, y - 0.03, 0.035, shade(colour, -0.3))


def _bag(canvas: Canvas) -> None:
    x, top = canvas.draw.uniform(0, 1), canvas.draw.uniform(0.1, 0.3)
    canvas.line((x, 0), (x, top), 0.01, canvas.colour(-0.5))
    canvas.box(x - 0.05, top, x + 0.05, top + canvas.draw.uniform(0.2, 0.35), canvas.colour(-0.2))


def _plant(canvas: Canvas) -> None:
    (x, y), leaf = _spot(canvas), canvas.colour(-0.2)
    canvas.box(x - 0.025, y - 0.06, x + 0.025, y, canvas.colour())
    for turn in canvas.draw.uniform(-1.2, 1.2, 5):
        tip = (x + 0.13 * np.sin(turn), y - 0.06 - 0.13 * np.cos(turn))
        canvas.line((x, y - 0.06), tip, 0.02, leaf)


def _picture(canvas: Canvas) -> None:
    x, y = canvas.draw.uniform(0, 0.9), canvas.draw.uniform(0.05, 0.3)
    wide, high = canvas.draw.uniform(0.06, 0.2, 2)
    canvas.box(x, y, x + wide, y + high, canvas.colour(-0.4))
    canvas.box(x + 0.012, y + 0.012, x + wide - 0.012, y + high - 0.012, canvas.colour(0.2))


def _seat(canvas: Canvas) -> None:
    (x, y), colour = _spot(canvas), canvas.colour()
    for leg in (x + 0.02, x + 0.22):
        canvas.line((leg, y - 0.09), (leg, y), 0.014, shade(colour, -0.4))
    canvas.box(x, y - 0.11, x + 0.24, y - 0.08, colour)


_THINGS = (_crate, _ball, _ring, _bar, _bag, _plant, _picture, _seat)


def _textured(image: Image, grain: Draw, amount: float) -> Image:
    if amount <= 0:
        return image
    size = image.shape[0]
    light = np.linspace(grain.uniform(-30, 30), grain.uniform(-30, 30), size)
    field = light[:, None] + np.linspace(grain.uniform(-30, 30), grain.uniform(-30, 30), size)
    field = field + cloud(grain, size, (1, 3, 40)) * grain.uniform(4, 11)
    soft: Image = cv2.GaussianBlur(image, (0, 0), 0.3 + 0.9 * amount)
    return np.clip(soft + amount * field[..., None], 0, 255).astype(np.uint8)


def cloud(draw: Draw, size: int, scales: tuple[int, ...]) -> NDArray[np.float32]:
    """Smooth noise of about unit spread, (size, size); scales in px."""
    total = np.zeros((size, size), np.float32)
    for scale in scales:
        cells = draw.standard_normal((size // scale + 2,) * 2, np.float32)
        total += cv2.resize(cells, (size, size), interpolation=cv2.INTER_CUBIC)
    return total / np.float32(len(scales) ** 0.5)
