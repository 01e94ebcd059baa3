"""What a figure does on the floor or on a bench."""

from __future__ import annotations

import numpy as np

from anigifs.simulate.pose import Act, Pose, elbows, standing
from anigifs.simulate.props import Prop, barbell, bench, dumbbell
from anigifs.simulate.skeleton import Floats, between, unit, vec

PLATE = 0.115


def push_up(act: Act) -> Pose:
    """A straight body turns about its toes while the arms bend."""
    pose, body, share = standing(act), act.body, act.swing(1.1)
    mat, wide = act.chance(0.35), act.draw.uniform(0.13, 0.22)
    long = body.leg + 0.94 * body.torso
    height = body.arm * (0.95 - 0.66 * share)
    angle = np.arcsin(np.clip((height - 0.05) / long, 0.02, 0.9))
    way = vec(0, np.sin(angle), np.cos(angle))
    toes = vec(0 * share, 0.05, -long / 2)
    pose.pelvis = toes + way * body.leg * 0.99
    pose.spine, pose.crown = way, unit(way + vec(0, 0.3, 0))
    pose.left_foot, pose.right_foot = toes + vec(0.05, 0, 0), toes - vec(0.05, 0, 0)
    pose.toes = vec(0 * share, -0.8, 0.3)
    pose.left_knee = pose.right_knee = vec(0 * share, -1, 0.2)
    pose.left_hand = vec(wide + 0 * share, 0.01, 0.47 * long)
    pose.right_hand = vec(-wide + 0 * share, 0.01, 0.47 * long)
    elbows(pose, 0.8, 0.3, -0.8)
    if mat:
        pose.props.append(_mat(act.phase, long))
    return pose


def situp(act: Act) -> Pose:
    """From the back to sitting and down again, knees bent."""
    pose, body, share = standing(act), act.body, act.swing()
    grip = act.draw.choice(["head", "chest", "ahead"], p=[0.5, 0.25, 0.25])
    mat, knees = act.chance(0.5), act.draw.uniform(0.55, 0.68)
    angle = 0.08 + 1.35 * share
    pose.pelvis = vec(0 * share, 0.07, -0.1)
    pose.spine = vec(0, np.sin(angle), -np.cos(angle))
    pose.crown = vec(0, np.sin(angle + 0.25), -np.cos(angle + 0.25))
    pose.left_foot = vec(0.08 + 0 * share, 0.01, -0.1 + knees * body.leg * 1.3)
    pose.right_foot = vec(-0.08 + 0 * share, 0.01, -0.1 + knees * body.leg * 1.3)
    pose.left_knee = pose.right_knee = vec(0 * share, 1, 0.1)
    _situp_arms(pose, act, str(grip))
    if mat:
        pose.props.append(_mat(act.phase, 0.95))
    return pose


def _situp_arms(pose: Pose, act: Act, grip: str) -> None:
    left, right = pose.shoulders(act.body)
    ahead = pose.ahead()
    if grip == "head":
        by_ear = 0.1 * unit(pose.crown) + 0.02 * ahead
        pose.left_hand, pose.right_hand = left + by_ear, right + by_ear
        still = vec(0 * act.phase, 0, 0)
        pose.left_elbow = still + pose.side + 0.5 * ahead
        pose.right_elbow = still - pose.side + 0.5 * ahead
    elif grip == "chest":
        cross = 0.09 * ahead - 0.08 * pose.spine
        pose.left_hand = left + cross - 0.17 * pose.side
        pose.right_hand = right + cross + 0.17 * pose.side
    else:
        reach = 0.95 * act.body.arm * unit(ahead * 0.6 + vec(0, 0.1, 0.8))
        pose.left_hand, pose.right_hand = left + reach, right + reach


def bench_pressing(act: Act) -> Pose:
    """On the back, a weight goes from the chest straight up."""
    pose, body = standing(act), act.body
    share = act.swing(1.05)
    held = act.draw.choice(["bar", "dumbbells"], p=[0.75, 0.25])
    on_bench, height = act.chance(0.85), 0.27
    low = height if on_bench else 0.07
    still = 0 * share
    pose.pelvis = vec(still, low + 0.02, 0.1)
    pose.spine, pose.crown = vec(still, 0.02, -1), vec(still, 0.12, -1)
    pose.left_foot, pose.right_foot = vec(still + 0.15, 0.01, 0.36), vec(still - 0.15, 0.01, 0.36)
    pose.left_knee = pose.right_knee = vec(still, 1, 0.5)
    left, right = pose.shoulders(body)
    up = body.arm * (0.32 + 0.65 * share)
    spread = 0.08 * (1.3 - share)
    pose.left_hand, pose.right_hand = left + vec(spread, up, 0.06), right + vec(-spread, up, 0.06)
    elbows(pose, 1, -0.6, 0.4)
    if on_bench:
        pose.props += bench(vec(still, low - 0.035, -0.12), 0.72, low - 0.035)
    if held == "bar":
        pose.props += barbell(pose.left_hand, pose.right_hand, PLATE)
    else:
        side = vec(still + 1, 0, 0)
        pose.props += dumbbell(pose.left_hand, side) + dumbbell(pose.right_hand, side)
    return pose


ROLL_TIMES = (0.0, 0.18, 0.3, 0.72, 0.86, 1.0)
ROLL_TUCK = (0.0, 0.75, 1.0, 1.0, 0.75, 0.0)
ROLL_TURN = (0.0, 0.04, 0.2, 0.85, 1.0, 1.0)


def somersaulting(act: Act) -> Pose:
    """Crouch, roll over the back along the floor, stand up; the way back is another roll."""
    pose, mat = standing(act), act.chance(0.5)
    cycle = (act.phase / (2 * np.pi)) % 1
    tuck = np.interp(cycle, ROLL_TIMES, ROLL_TUCK)
    turn = 2 * np.pi * np.interp(cycle, ROLL_TIMES, ROLL_TURN)
    whole = act.phase - act.phase[0]
    place = 0.9 * (whole / max(whole[-1], 1e-6) - 0.5)
    up, ahead = vec(0, np.cos(turn), np.sin(turn)), vec(0, -np.sin(turn), np.cos(turn))
    centre = vec(0, 0.24, place)
    _rolled(pose, act, (centre, up, ahead), tuck)
    if mat:
        pose.props.append(_mat(act.phase, 1.3))
    return pose


def _rolled(pose: Pose, act: Act, frame: tuple[Floats, Floats, Floats], tuck: Floats) -> None:
    body, (centre, up, ahead) = act.body, frame
    side = vec(0.06 + 0 * tuck, 0, 0)
    feet = centre - 0.21 * up + 0.1 * ahead
    stand = centre - 0.23 * up
    pose.left_foot = between(stand, feet, tuck) + side
    pose.right_foot = between(stand, feet, tuck) - side
    high = stand + up * body.leg * 0.96
    pose.pelvis = between(high, centre - 0.1 * up - 0.1 * ahead, tuck)
    pose.spine = unit(between(up, 0.75 * up + 0.5 * ahead, tuck))
    pose.crown = unit(between(up, 0.15 * up + ahead, tuck))
    pose.left_knee = pose.right_knee = unit(between(ahead, 0.9 * up + ahead, tuck))
    pose.toes = ahead
    left, right = pose.shoulders(body)
    hug = centre - 0.08 * up + 0.25 * ahead
    pose.left_hand = between(left - 0.9 * body.arm * up + 0.1 * ahead, hug + side, tuck)
    pose.right_hand = between(right - 0.9 * body.arm * up + 0.1 * ahead, hug - side, tuck)
    elbows(pose, 1, 0, 0)


def _mat(phase: Floats, long: float) -> Prop:
    still = 0 * phase
    corners = [vec(still + x, 0.004, z) for x in (-0.25, 0.25) for z in (-long / 1.7, long / 1.7)]
    return Prop(np.stack(corners, 1), 0.004, 1, behind=True)
