"""Shapes in pixels over time: what `paint` draws, from far to near."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from anigifs.simulate.camera import Camera
from anigifs.simulate.colours import INK, Colour, shade
from anigifs.simulate.hulls import SHIFT, Fixed, fixed, hull
from anigifs.simulate.props import Prop
from anigifs.simulate.skeleton import Floats

LIGHT = np.array([-0.5, -0.7])
"""Where light comes from in the picture: upper left, as in most drawings."""
STRAND_PIECES = 8


@dataclass(frozen=True, slots=True)
class Layer:
    """One polygon over time, (T, N, 2) in 1/16 px: filled, or a line of `width` px."""

    points: Fixed
    colour: Colour
    width: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Layers that are drawn together, first to last.

    near: (T,), larger is closer to the camera.
    person: part of the figure: counts for its box, and is textured as cloth and skin.
    """

    layers: tuple[Layer, ...]
    near: Floats
    person: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A hull in space: balls of `radii` (in units) around points (T, P, 3), in one colour."""

    points: Floats
    radii: ArrayLike
    colour: Colour


@dataclass(frozen=True, slots=True)
class Pen:
    """Turns parts into shapes: camera, contour width in px, and how much is shaded (0 to 1)."""

    camera: Camera
    contour_px: float
    shading: float
    least_px: float = 0.6

    def shape(self, parts: list[Part], near: Floats, person: bool = False) -> Shape:
        """Parts of one limb: all contours, then all fills, so that joints show no seams."""
        placed = [(self._place(part), part.colour) for part in parts]
        layers = []
        if self.contour_px > 0:
            layers += [Layer(_grown(place, self.contour_px), INK) for place, _ in placed]
        for place, colour in placed:
            layers += self._fill(place, colour)
        return Shape(tuple(layers), near, person)

    def prop(self, prop: Prop, colours: tuple[Colour, ...]) -> list[Shape]:
        """A prop: one shape, or a strand's pieces, each as near as it is."""
        colour = colours[prop.tone]
        if prop.strand:
            return self._strand(prop, colour)
        near = self.camera.project(prop.points)[1].mean(1)
        part = Part(prop.points, prop.radius, colour)
        return [self.shape([part], near - 100 if prop.behind else near)]

    def _place(self, part: Part) -> tuple[Floats, Floats]:
        flat, _ = self.camera.project(part.points)
        radii = np.asarray(part.radii, np.float64) * self.camera.scale[:, None]
        return flat, np.broadcast_to(np.maximum(radii, self.least_px), flat.shape[:2])

    def _fill(self, place: tuple[Floats, Floats], colour: Colour) -> list[Layer]:
        if self.shading <= 0:
            return [Layer(_grown(place, 0), colour)]
        layers = [Layer(_grown(place, 0), shade(colour, -0.32 * self.shading))]
        for size, tone in ((0.72, 0.0), (0.38, 0.16 * self.shading)):
            layers.append(Layer(_lit(place, size), shade(colour, tone)))
        return layers

    def _strand(self, prop: Prop, colour: Colour) -> list[Shape]:
        flat, near = self.camera.project(prop.points)
        width = max(1, round(2 * prop.radius * float(self.camera.scale.mean())))
        cuts = np.linspace(0, flat.shape[1] - 1, STRAND_PIECES + 1).round().astype(int)
        return [
            Shape((Layer(fixed(flat[:, a : b + 1]), colour, width),), near[:, a : b + 1].mean(1))
            for a, b in pairwise(cuts)
        ]


def boxes(shapes: list[Shape]) -> Floats:
    """The person's box in pixels, (T, 4) as x1, y1, x2, y2: around all that is drawn of it.

    A coordinate of 0 is the left edge of the first pixel; OpenCV counts from its middle.
    """
    points = [layer.points for shape in shapes if shape.person for layer in shape.layers]
    low = np.min([each.min(1) for each in points], 0)
    high = np.max([each.max(1) for each in points], 0)
    return np.concatenate([low, high], 1) / (1 << SHIFT) + 0.5


def _grown(place: tuple[Floats, Floats], by_px: float) -> Fixed:
    return fixed(hull(place[0], place[1] + by_px))


def _lit(place: tuple[Floats, Floats], size: float) -> Fixed:
    centres, radii = place
    return fixed(hull(centres + (1 - size) * 0.75 * radii[..., None] * LIGHT, radii * size))
