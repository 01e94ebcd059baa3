"""One figure's pose over time, and from it every joint."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from anigifs.simulate.bodies import Body
from anigifs.simulate.props import Prop
from anigifs.simulate.skeleton import Floats, bend, unit, vec

Joints = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Act:
    """What a motion is told.

    phase: (T,), radians; one cycle of the action is 2 pi.
    amount: how far the action goes, 1 is natural.
    draw: variants (grip, stance, prop); every motion draws the same whatever the knobs.
    """

    phase: Floats
    body: Body
    amount: float
    draw: np.random.Generator

    def swing(self, most: float = 1.15) -> Floats:
        """0 at phase 0, `amount` (at most `most`) half a cycle later, (T,)."""
        return np.minimum((1 - np.cos(self.phase)) / 2 * self.amount, most)

    def chance(self, share: float) -> bool:
        """One drawn yes or no."""
        return bool(self.draw.random() < share)


@dataclass(slots=True, kw_only=True)
class Pose:
    """Where the figure's ends are, (T, 3) each; joints between follow from the bones.

    spine, side, face: unit directions: pelvis to neck, right to left shoulder, neck to crown.
    left_* and right_* hands and feet are goals; knees and elbows bend toward their poles.
    still: the height that keeps its place when the figure is squashed or stretched.
    """

    pelvis: Floats
    spine: Floats
    side: Floats
    crown: Floats
    left_foot: Floats
    right_foot: Floats
    left_knee: Floats
    right_knee: Floats
    toes: Floats
    left_hand: Floats
    right_hand: Floats
    left_elbow: Floats
    right_elbow: Floats
    props: list[Prop] = field(default_factory=list)
    still: float = 0.0

    def shoulders(self, body: Body) -> tuple[Floats, Floats]:
        """Left and right, (T, 3)."""
        top = self.pelvis + self.spine * body.torso * 0.94
        return top + self.side * body.shoulder, top - self.side * body.shoulder

    def chest(self, body: Body) -> Floats:
        """The middle between the shoulders, (T, 3)."""
        return self.pelvis + self.spine * body.torso * 0.94

    def ahead(self) -> Floats:
        """Where the chest faces, unit (T, 3)."""
        return unit(np.cross(self.side, self.spine))


def standing(act: Act) -> Pose:
    """Upright, arms hanging: where most motions start."""
    still, body = 0 * act.phase, act.body
    pose = Pose(
        pelvis=vec(still, 0.97 * body.leg, 0),
        spine=vec(still, 1, 0),
        side=vec(still + 1, 0, 0),
        crown=vec(still, 1, 0.06),
        left_foot=vec(still + 0.08, 0, 0),
        right_foot=vec(still - 0.08, 0, 0),
        left_knee=vec(still + 0.15, 0, 1),
        right_knee=vec(still - 0.15, 0, 1),
        toes=vec(still, 0, 1),
        left_hand=vec(still, 0, 0),
        right_hand=vec(still, 0, 0),
        left_elbow=vec(still + 0.4, -0.4, -1),
        right_elbow=vec(still - 0.4, -0.4, -1),
    )
    hang_arms(pose, body)
    return pose


def hang_arms(pose: Pose, body: Body) -> None:
    """Both hands beside the thighs."""
    reach_arms(pose, body, vec(0.12, -0.93, 0.06))


def reach_arms(pose: Pose, body: Body, way: Floats) -> None:
    """Both hands at arm lengths `way` (x outwards) from their shoulders, in the world's axes."""
    left, right = pose.shoulders(body)
    pose.left_hand = left + body.arm * way
    pose.right_hand = right + body.arm * way * np.array([-1.0, 1, 1])


def elbows(pose: Pose, out: float, up: float, forward: float) -> None:
    """Turn both elbows toward this direction (x outwards)."""
    still = 0 * pose.pelvis[:, 0]
    pose.left_elbow = vec(still + out, up, forward)
    pose.right_elbow = vec(still - out, up, forward)


def joints(pose: Pose, body: Body) -> Joints:
    """Every joint by name, (T, 3)."""
    left, right = pose.shoulders(body)
    neck = pose.pelvis + pose.spine * body.torso
    crown = unit(pose.crown)
    found = {
        "pelvis": pose.pelvis,
        "neck": neck,
        "left_shoulder": left,
        "right_shoulder": right,
        "left_hip": pose.pelvis + pose.side * body.hip,
        "right_hip": pose.pelvis - pose.side * body.hip,
        "head": neck + crown * (body.head * 1.05 + 0.03),
        "crown": neck + crown * (body.head * 2.1 + 0.03),
    }
    for side in ("left", "right"):
        _limb(found, side, ("hip", "knee", "foot"), body.leg, pose)
        _limb(found, side, ("shoulder", "elbow", "hand"), body.arm, pose)
        found[f"{side}_toe"] = found[f"{side}_foot"] + unit(pose.toes) * body.foot
    return found


def _limb(found: Joints, side: str, names: tuple[str, str, str], length: float, pose: Pose) -> None:
    root, middle, end = (f"{side}_{name}" for name in names)
    bones = (length / 2, length / 2)
    found[middle], found[end] = bend(found[root], getattr(pose, end), bones, getattr(pose, middle))
