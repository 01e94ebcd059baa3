"""The proportions of one figure. Lengths are shares of a standing person's height or so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anigifs.simulate.config import Extent

HAIR = ("short", "short", "long", "bun", "cap", "bald")
KINDS = ("person", "person", "stick", "blob", "bear", "cat", "rabbit", "robot")


@dataclass(frozen=True, slots=True)
class Body:
    """Bone lengths, radii and what else tells one figure from another."""

    leg: float = 0.5
    arm: float = 0.38
    torso: float = 0.32
    shoulder: float = 0.115
    hip: float = 0.06
    head: float = 0.066
    thigh: float = 0.052
    calf: float = 0.036
    ankle: float = 0.023
    upper_arm: float = 0.032
    wrist: float = 0.018
    hand: float = 0.026
    foot: float = 0.085
    chest: float = 0.062
    waist: float = 0.058
    hair: str = "short"
    kind: str = "person"
    sleeve: float = 0.5
    trouser: float = 1.0

    @property
    def height(self) -> float:
        """From the ground to the neck."""
        return self.leg + self.torso


def draw_body(draw: np.random.Generator, odd: float, extent: Extent) -> Body:
    """A figure between a person (`odd` 0) and a cartoon (1). Every knob draws equally often."""
    person = _person(draw)
    cartoon = _cartoon(person, draw, extent)
    share = {
        name: getattr(person, name) * (1 - odd) + getattr(cartoon, name) * odd
        for name in Body.__slots__
        if isinstance(getattr(person, name), float)
    }
    kind = cartoon.kind if draw.random() < odd else "person"
    return replace(person, kind=kind, **share)


def _person(draw: np.random.Generator) -> Body:
    base = Body()
    limbs = draw.uniform(0.93, 1.07, 5)
    build = draw.uniform(0.85, 1.3)
    round_ = build * draw.uniform(0.9, 1.25)
    return replace(
        base,
        leg=base.leg * limbs[0],
        arm=base.arm * limbs[1],
        torso=base.torso * limbs[2],
        head=base.head * limbs[3],
        shoulder=base.shoulder * limbs[4],
        chest=base.chest * build,
        waist=base.waist * round_,
        **{name: getattr(base, name) * build for name in ("thigh", "calf", "upper_arm")},
        hair=str(draw.choice(HAIR)),
        sleeve=float(draw.choice([0.0, 0.5, 1.0])),
        trouser=float(draw.choice([0.45, 1.0, 1.0])),
    )


def _cartoon(person: Body, draw: np.random.Generator, extent: Extent) -> Body:
    kind = str(draw.choice(KINDS))
    thick = 0.45 if kind == "stick" else draw.uniform(0.8, 1.5)
    wide = 0.35 if kind == "stick" else 2.0 if kind == "blob" else draw.uniform(0.8, 1.6)
    radii = ("thigh", "calf", "ankle", "upper_arm", "wrist")
    return replace(
        person,
        kind=kind,
        head=person.head * draw.uniform(*extent.head),
        leg=person.leg * draw.uniform(0.72, 1.0),
        torso=person.torso * draw.uniform(0.85, 1.1),
        chest=person.chest * wide,
        waist=person.waist * wide * draw.uniform(0.8, 1.25),
        hand=person.hand * (0.8 if kind == "stick" else draw.uniform(1.1, 1.7)),
        foot=person.foot * draw.uniform(0.9, 1.4),
        **{name: getattr(person, name) * thick for name in radii},
    )
