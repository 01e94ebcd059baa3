"""From joints to the limbs, torso and head of one figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.simulate.bodies import Body
from anigifs.simulate.colours import INK, Colour, Paints, shade
from anigifs.simulate.pose import Joints, Pose
from anigifs.simulate.shapes import Part, Pen, Shape
from anigifs.simulate.skeleton import Floats, between, unit

BARE = ("bear", "blob", "rabbit")
"""Kinds that wear their own skin."""
Place = tuple[float, float, float]
WHITE: Colour = (250, 250, 250)


@dataclass(frozen=True, slots=True)
class Figure:
    """All that is needed to draw one figure."""

    body: Body
    joints: Joints
    pose: Pose
    paints: Paints
    pen: Pen
    toon: float

    def shapes(self) -> list[Shape]:
        """Every part of the figure, unsorted."""
        limbs = [limb for side in ("left", "right") for limb in (self._arm(side), self._leg(side))]
        return [*limbs, *self._torso(), *self._head(), *self._tail()]

    @property
    def _shirt(self) -> Colour:
        bare = self.body.kind in BARE
        return shade(self.paints.skin, -0.08) if bare else self.paints.shirt

    def _at(self, *names: str) -> Floats:
        return np.stack([self.joints[name] for name in names], 1)

    def _near(self, points: Floats, weights: tuple[float, ...]) -> Floats:
        _, near = self.pen.camera.project(points)
        return np.average(near, axis=1, weights=weights)

    def _arm(self, side: str) -> Shape:
        body, skin = self.body, self.paints.skin
        points = self._at(f"{side}_shoulder", f"{side}_elbow", f"{side}_hand")
        elbow = (body.upper_arm + body.wrist) / 2
        upper = Part(points[:, :2], (body.upper_arm, elbow), self._shirt)
        lower_colour = self._shirt if body.sleeve > 0.75 else skin
        lower = Part(points[:, 1:], (elbow, body.wrist), lower_colour)
        if body.sleeve < 0.25:
            upper = Part(points[:, :2], (body.upper_arm, elbow), skin)
        hand = Part(points[:, 2:], body.hand, skin)
        return self.pen.shape([upper, lower, hand], self._near(points, (1, 2, 2)), person=True)

    def _leg(self, side: str) -> Shape:
        body, paints = self.body, self.paints
        cloth = shade(paints.skin, -0.08) if body.kind in BARE else paints.trousers
        points = self._at(f"{side}_hip", f"{side}_knee", f"{side}_foot", f"{side}_toe")
        knee = (body.thigh + body.calf) * 0.46
        upper = Part(points[:, :2], (body.thigh, knee), cloth)
        shin = cloth if body.trouser > 0.75 or body.kind in BARE else paints.skin
        lower = Part(points[:, 1:3], (body.calf, body.ankle), shin)
        shoe = Part(points[:, 2:], (body.ankle * 1.25, body.ankle), paints.shoes)
        near = self._near(points[:, :3], (1, 2, 1))
        return self.pen.shape([lower, shoe, upper], near, person=True)

    def _torso(self) -> list[Shape]:
        body = self.body
        points = self._at("left_shoulder", "right_shoulder", "left_hip", "right_hip")
        chest, waist = body.chest * 0.62, body.waist
        cloth = Part(points, (chest, chest, waist, waist), self._shirt)
        neck = Part(self._at("neck", "head"), body.head * 0.5, self.paints.skin)
        near = self._near(points, (1, 1, 1, 1))
        parts = [neck, cloth]
        if body.kind == "blob":
            parts = [neck, Part(self._at("pelvis", "neck"), (waist, chest), self._shirt)]
        return [self.pen.shape(parts, near, person=True), *self._belly(near)]

    def _belly(self, near: Floats) -> list[Shape]:
        """A light patch on an animal's front: it tells the back from the front."""
        if self.body.kind not in ("bear", "rabbit"):
            return []
        spot = self._at("pelvis") + (self.body.waist * 0.75) * self.pose.ahead()[:, None]
        spot = spot + 0.4 * self.body.torso * self.pose.spine[:, None]
        ahead = self._near(spot, (1,)) - near
        light = Part(spot, self.body.waist * 0.6, shade(self.paints.skin, 0.5))
        plain = Pen(self.pen.camera, 0, 0)
        return [plain.shape([light], np.where(ahead > 0, near + 1e-4, near - 1), person=True)]

    def _head(self) -> list[Shape]:
        frame = _Face(self)
        near = self._near(self._at("head"), (1,)) + 0.02
        if self.body.kind == "robot":
            corners = [(0, y, x) for y in (-0.75, 0.75) for x in (-0.8, 0.8)]
            skull = [Part(frame.points(corners), frame.size(0.2), self.paints.skin)]
        else:
            skull = [
                Part(
                    frame.points([(0, 0.05, 0), (0.18, -0.45, 0)]),
                    frame.size(0.97, 0.6),
                    self.paints.skin,
                )
            ]
        head = self.pen.shape([*frame.ears(), *skull], near, person=True)
        return [head, *frame.hair(near), *frame.features(near)]

    def _tail(self) -> list[Shape]:
        kinds = {"cat": (0.2, 0.018), "bear": (0.05, 0.035), "rabbit": (0.05, 0.045)}
        if self.body.kind not in kinds:
            return []
        long, thick = kinds[self.body.kind]
        root = self.joints["pelvis"] - self.pose.ahead() * self.body.waist * 0.9
        tip = root + long * unit(between(-self.pose.ahead(), self.pose.spine, 0.3))
        points = np.stack([root, tip], 1)
        part = Part(points, thick, self.paints.skin)
        return [self.pen.shape([part], self._near(points, (1, 1)), person=True)]


class _Face:
    """The head's own axes: (ahead, up, aside) in head radii from the head's middle."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        joints = figure.joints
        self.middle = joints["head"]
        up = unit(joints["crown"] - joints["head"])
        ahead = unit(np.cross(figure.pose.side, up))
        self.axes = np.stack([ahead, up, np.cross(up, ahead)], 1)

    def points(self, places: Sequence[Place]) -> Floats:
        """Places in head radii as points (T, P, 3)."""
        radius = self.figure.body.head
        offsets: Floats = np.einsum("pk,tkx->tpx", np.array(places), self.axes)
        return self.middle[:, None] + radius * offsets

    def size(self, *shares: float) -> tuple[float, ...]:
        """Shares of the head's radius as radii."""
        return tuple(share * self.figure.body.head for share in shares)

    def ears(self) -> list[Part]:
        """What stands out of an animal's or robot's head."""
        skin, kind = self.figure.paints.skin, self.figure.body.kind
        parts = []
        for side in (-1.0, 1.0):
            if kind == "bear":
                parts.append(Part(self.points([(0, 0.8, 0.7 * side)]), self.size(0.38), skin))
            if kind == "cat":
                tip = self.points(
                    [(0, 0.6, 0.35 * side), (0, 0.3, 0.8 * side), (0, 1.45, 0.75 * side)]
                )
                parts.append(Part(tip, self.size(0.12, 0.12, 0.05), skin))
            if kind == "rabbit":
                ear = self.points([(0, 0.7, 0.35 * side), (-0.1, 1.9, 0.5 * side)])
                parts.append(Part(ear, self.size(0.22, 0.26), skin))
        if kind == "robot":
            mast = self.points([(0, 0.9, 0), (0, 1.5, 0)])
            parts.append(Part(mast, self.size(0.08, 0.2), self.figure.paints.shoes))
        return parts

    def hair(self, near: Floats) -> list[Shape]:
        """Behind the face when it looks at the camera, before it when it looks away."""
        body, paints, pen = self.figure.body, self.figure.paints, self.figure.pen
        if body.kind not in ("person", "stick") or body.hair == "bald":
            return []
        places, sizes = _HAIR[body.hair]
        back = Part(self.points(places), self.size(*sizes), paints.hair)
        top = Part(self.points(_FRINGE[0]), self.size(*_FRINGE[1]), paints.hair)
        away = -self._toward() * body.head
        shapes = [pen.shape([back], near + away + 0.002, person=True)]
        colour = paints.shirt if body.hair == "cap" else paints.hair
        top = Part(top.points, top.radii, colour)
        return [*shapes, pen.shape([top], near + 0.003, person=True)]

    def features(self, near: Floats) -> list[Shape]:
        """Eyes and mouth, hidden when the face looks away."""
        pen = Pen(self.figure.pen.camera, 0, 0, least_px=0.35)
        front = near + np.where(self._toward() > 0.05, 0.01, -1.0)
        big = self.figure.toon > 0.5
        parts = []
        for side in (-0.38, 0.38):
            if big:
                parts.append(Part(self.points([(0.86, 0.14, side)]), self.size(0.27), WHITE))
            pupil = self.size(0.14 if big else 0.08)
            parts.append(Part(self.points([(0.95, 0.12, side)]), pupil, INK))
        mouth = self.points([(0.88, -0.45, -0.25), (0.88, -0.45, 0.25)])
        lips = INK if big else shade(self.figure.paints.skin, -0.45)
        parts.append(Part(mouth, self.size(0.08), lips))
        return [pen.shape(parts, front, person=True)]

    def _toward(self) -> Floats:
        """How much the face looks at the camera, (T,), in [-1, 1] or so."""
        _, near = self.figure.pen.camera.project(self.points([(0, 0, 0), (1, 0, 0)]))
        toward: Floats = (near[:, 1] - near[:, 0]) / self.figure.body.head
        return toward


_HAIR: dict[str, tuple[list[Place], tuple[float, ...]]] = {
    "short": ([(-0.25, 0.3, 0), (-0.3, -0.1, 0)], (0.9, 0.75)),
    "long": ([(-0.25, 0.3, 0), (-0.45, -1.1, 0)], (0.98, 0.7)),
    "bun": ([(-0.25, 0.3, 0), (-1.1, 0.7, 0)], (0.92, 0.4)),
    "cap": ([(-0.25, 0.25, 0), (-0.3, -0.1, 0)], (0.9, 0.7)),
}
_FRINGE: tuple[list[Place], tuple[float, ...]] = (
    [(0.3, 0.72, 0.35), (0.3, 0.72, -0.35), (-0.3, 0.62, 0)],
    (0.36, 0.36, 0.6),
)
