"""What a figure does with its legs or a bar: squats, lunges, lifts and pull ups."""

from __future__ import annotations

import numpy as np

from anigifs.simulate.pose import Act, Pose, elbows, reach_arms, standing
from anigifs.simulate.props import barbell, dumbbell, rod
from anigifs.simulate.skeleton import Floats, vec

PLATE = 0.115


def squat(act: Act) -> Pose:
    """Hips sink back and rise; arms before the chest, bar on the back, or weights beside."""
    pose, body, share = standing(act), act.body, act.swing()
    held = act.draw.choice(["nothing", "bar", "dumbbells"], p=[0.45, 0.4, 0.15])
    pose.pelvis = vec(0, body.leg * (0.97 - 0.5 * share), -0.16 * share)
    lean = 0.5 * share
    pose.spine = vec(0, np.cos(lean), np.sin(lean))
    pose.crown = vec(0, 1, 0.1 + 0.3 * share)
    pose.left_foot, pose.right_foot = vec(0.13 + 0 * lean, 0, 0), vec(-0.13 + 0 * lean, 0, 0)
    pose.left_knee, pose.right_knee = vec(0.35 + 0 * lean, 0, 1), vec(-0.35 + 0 * lean, 0, 1)
    if held == "nothing":
        reach_arms(pose, body, vec(-0.05, -0.25 + 0.35 * share, 0.85))
    elif held == "bar":
        _bar_on_back(pose, act)
    else:
        reach_arms(pose, body, vec(0.12, -0.95, 0.02))
        _dumbbells(pose)
    return pose


def _bar_on_back(pose: Pose, act: Act) -> None:
    left, right = pose.shoulders(act.body)
    back = -0.05 * pose.ahead() + 0.02 * pose.spine
    pose.left_hand, pose.right_hand = (
        left + back + 0.12 * pose.side,
        right + back - 0.12 * pose.side,
    )
    elbows(pose, 0.4, -1, -0.3)
    pose.props += barbell(pose.left_hand, pose.right_hand, PLATE)


def _dumbbells(pose: Pose) -> None:
    ahead = vec(0 * pose.pelvis[:, 0], 0, 1)
    pose.props += dumbbell(pose.left_hand, ahead) + dumbbell(pose.right_hand, ahead)


def lunge(act: Act) -> Pose:
    """One foot steps far out, the rear knee sinks, then the other foot's turn."""
    pose, body = standing(act), act.body
    held = act.draw.choice(["nothing", "bar", "dumbbells"], p=[0.5, 0.2, 0.3])
    turns, back = act.chance(0.6), act.chance(0.3)
    share = act.swing(1.2)
    step = np.minimum(1, 1.8 * share)
    lift = 0.06 * np.sin(np.pi * np.minimum(1, step)) * (step < 1)
    lead = (np.floor(act.phase / (2 * np.pi)) % 2 == 0) | (not turns)
    out = vec(0, lift, (-0.55 if back else 0.55) * step)
    still = vec(0 * share, 0, 0)
    pose.left_foot = pose.left_foot + np.where(lead[:, None], out, still)
    pose.right_foot = pose.right_foot + np.where(lead[:, None], still, out)
    sink = np.clip((share - 0.15) / 0.85, 0, 1.2)
    pose.pelvis = vec(0, body.leg * (0.96 - 0.4 * sink), out[:, 2] / 2)
    _raise_heels(pose, sink)
    _arms_of_lunge(pose, act, str(held))
    return pose


def _raise_heels(pose: Pose, sink: Floats) -> None:
    """The rear foot stands on its toes."""
    rear = pose.left_foot[:, 2] < pose.right_foot[:, 2]
    up = 0.05 * np.minimum(sink, 1)
    pose.left_foot[:, 1] += np.where(rear, up, 0)
    pose.right_foot[:, 1] += np.where(rear, 0, up)


def _arms_of_lunge(pose: Pose, act: Act, held: str) -> None:
    body = act.body
    if held == "bar":
        _bar_on_back(pose, act)
    elif held == "dumbbells":
        reach_arms(pose, body, vec(0.15, -0.96, 0.02))
        _dumbbells(pose)
    else:
        left, right = pose.shoulders(body)
        drop = vec(0 * act.phase, -0.9 * body.torso, 0.05)
        pose.left_hand, pose.right_hand = left + drop, right + drop
        elbows(pose, 1, 0, -0.5)


def deadlifting(act: Act) -> Pose:
    """Hips hinge, straight arms take the weight from the shins to the thighs."""
    pose, body, share = standing(act), act.body, act.swing()
    held = act.draw.choice(["bar", "dumbbells", "nothing"], p=[0.75, 0.15, 0.1])
    _hinge(pose, act, share)
    reach_arms(pose, body, vec(0.1, -0.97, 0.06))
    if held == "bar":
        pose.props += barbell(pose.left_hand, pose.right_hand, PLATE)
    elif held == "dumbbells":
        side = vec(0 * share + 1, 0, 0)
        pose.props += dumbbell(pose.left_hand, side) + dumbbell(pose.right_hand, side)
    return pose


def _hinge(pose: Pose, act: Act, share: Floats) -> None:
    lean = 1.2 * share
    pose.pelvis = vec(0, act.body.leg * (0.97 - 0.3 * share), -0.2 * share)
    pose.spine = vec(0, np.cos(lean), np.sin(lean))
    pose.crown = vec(0, np.cos(0.6 * lean), np.sin(0.6 * lean))
    pose.left_foot, pose.right_foot = vec(0.1 + 0 * lean, 0, 0), vec(-0.1 + 0 * lean, 0, 0)


SNATCH_TIMES = (0.0, 0.14, 0.28, 0.36, 0.5, 0.72, 0.86, 1.0)
SNATCH_HINGE = (1.0, 0.95, 0.2, 0.0, 0.0, 0.0, 0.0, 1.0)
SNATCH_SQUAT = (0.25, 0.2, 0.0, 0.75, 0.15, 0.0, 0.0, 0.25)
SNATCH_LIFT = (0.0, 0.0, 0.12, 1.0, 1.0, 1.0, 0.45, 0.0)
"""Floor, first pull, second pull, catch, rise, stand, lower, floor: shares of one cycle."""


def snatch(act: Act) -> Pose:
    """A bar flies from the floor to overhead, is caught in a squat, and is stood up with."""
    pose, body = standing(act), act.body
    seen = act.chance(0.92)
    cycle = (act.phase / (2 * np.pi)) % 1
    hinge, sink, lift = (
        np.interp(cycle, SNATCH_TIMES, keys) for keys in (SNATCH_HINGE, SNATCH_SQUAT, SNATCH_LIFT)
    )
    sink = np.minimum(sink * act.amount, 1)
    _hinge(pose, act, hinge)
    pose.pelvis[:, 1] -= 0.45 * sink * body.leg
    pose.pelvis[:, 2] -= 0.06 * sink
    pose.left_foot, pose.right_foot = vec(0.13 + 0 * sink, 0, 0), vec(-0.13 + 0 * sink, 0, 0)
    pose.left_knee, pose.right_knee = vec(0.4 + 0 * sink, 0, 1), vec(-0.4 + 0 * sink, 0, 1)
    raise_ = lift * np.pi
    close = 1 - 0.45 * np.sin(raise_)
    reach_arms(
        pose, body, vec(0.42, -0.88 * np.cos(raise_), 0.06 + 0.3 * np.sin(raise_)) * close[:, None]
    )
    elbows(pose, 1, 0.5, -0.2)
    if seen:
        pose.props += barbell(pose.left_hand, pose.right_hand, PLATE)
    return pose


def pull_ups(act: Act) -> Pose:
    """The body hangs from a bar and rises until the chin passes it."""
    pose, body, share = standing(act), act.body, act.swing()
    bent, grip = act.draw.uniform(0.5, 0.97), act.draw.uniform(0.14, 0.26)
    posts = act.chance(0.5)
    bar = body.height + body.arm + 0.06
    shoulder = bar - body.arm * (0.97 - 0.62 * share)
    pose.pelvis = vec(0, shoulder - 0.94 * body.torso, 0.02 * np.sin(act.phase + 1))
    sway = 0.04 * np.sin(act.phase + 1) - 0.3 * (1 - bent)
    pose.left_foot = pose.pelvis + vec(0.05, -body.leg * bent, sway)
    pose.right_foot = pose.pelvis + vec(-0.05, -body.leg * bent, sway)
    pose.toes = vec(0 * share, -1, 0.5)
    pose.left_hand, pose.right_hand = vec(grip + 0 * share, bar, 0), vec(-grip + 0 * share, bar, 0)
    elbows(pose, 1, -1, 0.3)
    pose.still = bar
    _gantry(pose, bar, posts)
    return pose


def _gantry(pose: Pose, bar: float, posts: bool) -> None:
    still = 0 * pose.pelvis[:, 0]
    half = 0.5
    pose.props.append(rod(vec(still + half, bar, 0), vec(still - half, bar, 0), 0.014))
    if posts:
        for x in (half, -half):
            pose.props.append(rod(vec(still + x, 0, 0), vec(still + x, bar + 0.02, 0), 0.016, 2))
