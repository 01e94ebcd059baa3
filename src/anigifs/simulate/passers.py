"""Things that move without being the action: they must not give a class away."""

from __future__ import annotations

import numpy as np

from anigifs.simulate.colours import Colour, mix, natural, saturated, solid
from anigifs.simulate.hulls import fixed, hull
from anigifs.simulate.shapes import Layer, Shape
from anigifs.simulate.skeleton import Floats

MOST = 2


def draw_passers(
    draw: np.random.Generator, times: Floats, side: int, looks: tuple[float, float]
) -> list[Shape]:
    """Up to two balls, cars or birds behind the figure; rarer on a plain ground.

    times: (T,), from 0 to 1. looks: the knobs palette and background.
    """
    palette, plain = looks
    found = []
    for _ in range(MOST):
        wanted = draw.random() < 0.35 * (1 - 0.7 * plain)
        colour = solid(mix(natural(draw), saturated(draw), palette))
        kind, way = int(draw.integers(3)), float(draw.choice([-1.0, 1.0]))
        start, pace, height = draw.uniform(0, 1), draw.uniform(0.3, 1.2), draw.uniform(0.1, 0.75)
        across = (start + way * pace * times) % 1.4 - 0.2
        if wanted:
            path = _path(kind, times, height)
            found.append(_thing(kind, np.stack([across, path], -1) * side, side, colour))
    return found


def _path(kind: int, times: Floats, height: float) -> Floats:
    if kind == 0:
        return 0.85 - 0.25 * height * np.abs(np.sin(9 * times))
    return height + (0.03 * np.sin(14 * times) if kind == 1 else 0 * times)


def _thing(kind: int, path: Floats, side: int, colour: Colour) -> Shape:
    spread = {0: [(0, 0)], 1: [(-0.03, 0), (0.03, 0.01)], 2: [(-0.08, 0), (0.08, 0), (0, -0.03)]}
    radius = {0: 0.035, 1: 0.012, 2: 0.03}[kind] * side
    centres = path[:, None] + np.array(spread[kind], np.float64) * side
    layer = Layer(fixed(hull(centres, radius)), colour)
    return Shape((layer,), np.full(len(path), -200.0))
