"""Things a figure uses: solids and strands in space, and how common ones are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anigifs.simulate.skeleton import Floats, unit, vec


@dataclass(frozen=True, slots=True)
class Prop:
    """points: (T, P, 3). A solid is the hull of balls of `radius` around them; a strand is the
    line through them, drawn in pieces so that it can pass before and behind the body.

    tone: which of the three prop colours.
    """

    points: Floats
    radius: float
    tone: int = 0
    strand: bool = False
    behind: bool = False


def rod(first: Floats, second: Floats, radius: float, tone: int = 0) -> Prop:
    """A straight solid between two points, (T, 3) each."""
    return Prop(np.stack([first, second], 1), radius, tone)


def ball(centre: Floats, radius: float, tone: int = 0) -> Prop:
    """A ball, centre (T, 3)."""
    return Prop(centre[:, None], radius, tone)


def disc(centre: Floats, axis: Floats, radius: float, tone: int = 0) -> Prop:
    """A flat round plate across `axis`, both (T, 3)."""
    helper = np.where(np.abs(axis[:, 1:2]) < 0.9, [[0.0, 1, 0]], [[1.0, 0, 0]])
    u = unit(np.cross(axis, helper))
    v = np.cross(axis, u)
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)[None, :, None]
    ring = centre[:, None] + radius * (np.cos(turn) * u[:, None] + np.sin(turn) * v[:, None])
    return Prop(ring, 0.008, tone)


def barbell(left: Floats, right: Floats, plate: float) -> list[Prop]:
    """A bar through two hands, (T, 3) each, with plates; `plate` 0 leaves them off."""
    axis = unit(left - right)
    middle = (left + right) / 2
    ends = middle + axis * 0.46, middle - axis * 0.46
    parts = [rod(*ends, 0.011)]
    for sign, end in zip((1, -1), ends, strict=True):
        if plate:
            parts.append(disc(end - sign * 0.05 * axis, axis, plate, 1))
            parts.append(disc(end - sign * 0.09 * axis, axis, plate * 0.7, 2))
    return parts


def dumbbell(hand: Floats, axis: Floats) -> list[Prop]:
    """A short bar with two balls in one hand; `axis` is (T, 3)."""
    reach = unit(axis) * 0.055
    return [
        rod(hand - reach, hand + reach, 0.012),
        ball(hand - reach, 0.03, 1),
        ball(hand + reach, 0.03, 1),
    ]


def box(centre: Floats, half: tuple[float, float, float], tone: int = 0) -> Prop:
    """A box along the axes, centre (T, 3)."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return Prop(centre[:, None] + (signs * np.array(half))[None], 0.01, tone, behind=True)


def bench(centre: Floats, length: float, height: float) -> list[Prop]:
    """A flat bench along z whose top's middle is at `centre` (T, 3)."""
    still = 0 * centre[:, 0]
    parts = []
    for z in (-0.4, 0.4):
        foot = vec(still, -height, z * length) + centre
        parts.append(rod(foot, foot + vec(still, height, 0), 0.015, 2))
    top = box(centre - vec(still, 0.025, 0), (0.09, 0.015, length / 2), 1)
    return [Prop(part.points, part.radius, part.tone, behind=True) for part in parts] + [top]


def strand(points: Floats, radius: float, tone: int = 0) -> Prop:
    """A rope or hoop through points (T, P, 3)."""
    return Prop(points, radius, tone, strand=True)
