"""Paints: natural ones, saturated ones, and anything between."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from anigifs.simulate.skeleton import Floats

Colour = tuple[float, float, float]
INK: Colour = (22, 20, 24)
LIGHT_SKIN, DARK_SKIN = np.array([236.0, 200, 175]), np.array([92.0, 60, 42])


@dataclass(frozen=True, slots=True)
class Paints:
    """What has which colour; RGB levels in [0, 255]."""

    skin: Colour
    hair: Colour
    shirt: Colour
    trousers: Colour
    shoes: Colour
    props: tuple[Colour, Colour, Colour]


def draw_paints(draw: np.random.Generator, palette: float) -> Paints:
    """Colours of one figure and its props; the same draws for every knob."""
    tone, fantastic = draw.random(), draw.random() < 0.5
    natural_skin = LIGHT_SKIN * (1 - tone) + DARK_SKIN * tone
    cartoon_skin = saturated(draw) if fantastic else natural_skin * 1.08
    if not fantastic:
        saturated(draw)
    skin = mix(natural_skin, cartoon_skin, palette)
    shirt = _unlike(mix(natural(draw), saturated(draw), palette), skin)
    trousers = _unlike(mix(natural(draw) * 0.7, saturated(draw), palette), skin)
    props = [mix(natural(draw), saturated(draw), palette) for _ in range(3)]
    props[0] = mix(np.array([70.0, 70, 76]), props[0], 0.3 + 0.7 * palette)
    return Paints(
        skin=solid(skin),
        hair=solid(mix(natural(draw) * 0.4, saturated(draw) * 0.6, palette)),
        shirt=solid(shirt),
        trousers=solid(trousers),
        shoes=solid(mix(natural(draw) * 0.6, saturated(draw), palette)),
        props=(solid(props[0]), solid(props[1] * 0.7), solid(props[2] * 0.8)),
    )


def natural(draw: np.random.Generator) -> Floats:
    """A muted colour: walls, cloth, metal."""
    return _rgb(draw.random(), 0.04 + 0.5 * draw.random() ** 2, draw.uniform(0.25, 0.9))


def saturated(draw: np.random.Generator) -> Floats:
    """One of 96 clear colours, as in a drawing program."""
    hue = int(draw.integers(12)) / 12
    return _rgb(hue, float(draw.choice([0.5, 0.75, 0.9, 1.0])), float(draw.choice([0.75, 1.0])))


def mix(first: Floats, second: Floats, share: float) -> Floats:
    """`first` at 0, `second` at 1."""
    return first * (1 - share) + second * share


def shade(colour: Colour, light: float) -> Colour:
    """A colour toward black (light < 0) or white (light > 0), both by that share."""
    toward = 255.0 if light > 0 else 0.0
    red, green, blue = (level + (toward - level) * abs(light) for level in colour)
    return red, green, blue


def solid(colour: Floats) -> Colour:
    """An array of three levels as a colour, clipped to [0, 255]."""
    red, green, blue = (float(level) for level in np.clip(colour, 0, 255))
    return red, green, blue


def _unlike(colour: Floats, other: Floats) -> Floats:
    """Darker or lighter where two colours could not be told apart on a moving arm."""
    if np.abs(colour - other).max() > 50:
        return colour
    return colour * 0.5 if colour.mean() > 110 else colour + 90


def _rgb(hue: float, saturation: float, value: float) -> Floats:
    return np.array(colorsys.hsv_to_rgb(hue, saturation, value)) * 255
