"""What a figure does on its feet without a heavy bar."""

from __future__ import annotations

import numpy as np

from anigifs.simulate.pose import Act, Pose, elbows, reach_arms, standing
from anigifs.simulate.props import ball, dumbbell, rod, strand
from anigifs.simulate.skeleton import Floats, between, unit, vec

TURN = 2 * np.pi


def jumping_jacks(act: Act) -> Pose:
    """Legs and arms spread in the same jump."""
    pose, body, share = standing(act), act.body, act.swing()
    spread = 0.06 + 0.19 * share
    hop = 0.06 * act.amount * np.abs(np.sin(act.phase))
    height = np.sqrt(np.maximum(body.leg**2 - (spread - body.hip) ** 2, 0.05)) * 0.985
    pose.pelvis = vec(0, height + hop, 0 * share)
    pose.left_foot, pose.right_foot = vec(spread, hop, 0), vec(-spread, hop, 0)
    angle = np.minimum(0.2 + 2.6 * share, 2.95)
    reach_arms(pose, body, 0.97 * vec(np.sin(angle), -np.cos(angle), 0.05))
    return pose


def clapping(act: Act) -> Pose:
    """Hands meet before the chest, or above the head."""
    pose, body = standing(act), act.body
    apart = 0.025 + 0.2 * act.swing()
    above = act.chance(0.1)
    height = act.draw.uniform(-0.16, -0.03)
    forward = body.arm * act.draw.uniform(0.62, 0.78)
    centre = pose.chest(body)
    way = vec(apart, height, forward)
    if above:
        way = vec(apart, 0.95 * body.arm - 0.2 * apart, 0.06)
    pose.left_hand = centre + way
    pose.right_hand = centre + way * (-1, 1, 1)
    elbows(pose, 1, -0.9 if not above else 0, 0)
    return pose


def waving_hand(act: Act) -> Pose:
    """One raised forearm swings like a wiper; the other arm hangs or rests on the hip."""
    pose, body = standing(act), act.body
    large, rest = act.chance(0.4), act.chance(0.35)
    angle = (0.62 if large else 0.68) * act.amount * np.sin(act.phase)
    lift = act.draw.uniform(0.0, 0.12)
    _, right = pose.shoulders(body)
    half = body.arm / 2
    elbow = right + half * unit(vec(-0.9, -0.45 + 3 * lift, 0.25))
    if large:
        way = vec(-0.35 + np.sin(-angle), 0.95 * np.cos(angle), 0.1)
        pose.right_hand = right + 0.97 * body.arm * unit(way)
    else:
        pose.right_hand = elbow + half * vec(-np.sin(angle + 0.1), np.cos(angle + 0.1), 0.08)
    pose.right_elbow = vec(0 * angle - 1, -0.6, 0.2)
    if rest:
        pose.left_hand = pose.pelvis + vec(0.13, 0.06, 0.02)
        pose.left_elbow = vec(0 * angle + 1, 0, -0.4)
    pose.spine = unit(vec(0.05 * np.sin(act.phase), 1, 0))
    return pose


def front_raises(act: Act) -> Pose:
    """Straight arms rise before the body to the height of the eyes."""
    pose, body = standing(act), act.body
    turns = act.chance(0.25)
    held = act.draw.choice(["dumbbells", "bar", "plate", "nothing"], p=[0.4, 0.3, 0.15, 0.15])
    left = _raised(act, act.phase)
    right = _raised(act, act.phase + np.pi) if turns and held in ("dumbbells", "nothing") else left
    narrow = 0.05 if held in ("dumbbells", "nothing") else -0.12
    shoulders = pose.shoulders(body)
    for name, at, angle, sign in zip(
        ("left_hand", "right_hand"), shoulders, (left, right), (1, -1), strict=True
    ):
        way = vec(sign * narrow, -np.cos(angle), np.sin(angle) + 0.1)
        setattr(pose, name, at + 0.97 * body.arm * unit(way))
    pose.spine = unit(vec(0, 1, -0.06 * left))
    _hold(pose, str(held))
    return pose


def _raised(act: Act, phase: Floats) -> Floats:
    return np.minimum(0.12 + 1.55 * act.amount * (1 - np.cos(phase)) / 2, 2.1)


def _hold(pose: Pose, held: str) -> None:
    left, right = pose.left_hand, pose.right_hand
    axis = unit(left - right)
    if held == "dumbbells":
        pose.props += dumbbell(left, axis) + dumbbell(right, axis)
    if held == "bar":
        pose.props.append(rod(left + 0.3 * axis, right - 0.3 * axis, 0.013))
    if held == "plate":
        pose.props.append(ball((left + right) / 2, 0.08, 1))


def punching_bag(act: Act) -> Pose:
    """Fists shoot out in turn; most clips show the bag."""
    pose, body = standing(act), act.body
    bag, sway = act.chance(0.85), act.draw.uniform(0.03, 0.07)
    twist = 0.45 * act.amount * np.sin(act.phase)
    pose.side = vec(np.cos(twist), 0, -np.sin(twist))
    pose.left_foot[:, 2], pose.right_foot[:, 2] = 0.13, -0.13
    pose.pelvis = vec(0, body.leg * (0.93 + 0.01 * np.cos(2 * act.phase)), 0)
    pose.spine = unit(vec(0, 1, 0.12 + 0 * twist))
    left, right = pose.shoulders(body)
    reach = body.arm * 0.97
    pose.left_hand = _punch(left, -np.sin(act.phase), vec(-0.05, -0.03, reach))
    pose.right_hand = _punch(right, np.sin(act.phase), vec(0.05, -0.03, reach))
    elbows(pose, 0.5, -1, 0)
    if bag:
        _hang_bag(act, pose, reach + 0.14, sway)
    return pose


def _punch(shoulder: Floats, wave: Floats, way: Floats) -> Floats:
    guard = shoulder + vec(0, -0.03, 0.13)
    return between(guard, shoulder + way, np.maximum(0, wave) ** 0.7)


def _hang_bag(act: Act, pose: Pose, ahead: float, sway: float) -> None:
    top = act.body.height + 0.42
    push = sway * np.sin(2 * act.phase - 0.8)
    hook = vec(0 * push, top, ahead)
    upper = vec(0 * push, top - 0.28, ahead + 0.3 * push)
    lower = vec(0 * push, act.body.leg * 0.75, ahead + push)
    pose.props += [rod(hook, upper, 0.007, 2), rod(upper, lower, 0.085)]


def hula_hooping(act: Act) -> Pose:
    """The hips circle; most clips show the hoop around them."""
    pose, body = standing(act), act.body
    seen, out = act.chance(0.94), act.chance(0.6)
    radius, tilt = act.draw.uniform(0.27, 0.34), act.draw.uniform(0.15, 0.3)
    reach = 0.085 * min(act.amount, 1.3)
    x, z = reach * np.cos(act.phase), reach * np.sin(act.phase)
    pose.pelvis = vec(x, 0.955 * body.leg, z)
    pose.spine = unit(vec(-2.0 * x, 1, -2.0 * z))
    reach_arms(pose, body, vec(0.8, 0.1, 0.12) if out else vec(0.25, 0.85, 0.1))
    elbows(pose, 1, 0.4, -0.2)
    if seen:
        _hoop(act, pose, radius, tilt)
    return pose


def _hoop(act: Act, pose: Pose, radius: float, tilt: float) -> None:
    turn = np.linspace(0, TURN, 33)
    ring = radius * vec(np.cos(turn), 0, np.sin(turn))[None]
    lead = vec(np.cos(act.phase + np.pi), 0, np.sin(act.phase + np.pi))
    slope = (ring * lead[:, None]).sum(-1)
    points = pose.pelvis[:, None] + ring + 0.5 * radius * lead[:, None]
    points[..., 1] += tilt * slope + 0.04
    pose.props.append(strand(points, 0.014))


def skipping_rope(act: Act) -> Pose:
    """Small jumps over a rope that turns with the wrists; most clips show the rope."""
    pose, body = standing(act), act.body
    seen = act.chance(0.88)
    hop = 0.09 * act.amount * np.maximum(0, np.cos(act.phase + np.pi))
    pose.pelvis = vec(0, 0.96 * body.leg + hop - 0.015, 0 * hop)
    pose.left_foot, pose.right_foot = vec(0.05, hop, 0), vec(-0.05, hop, 0)
    turn_y, turn_z = 0.035 * np.cos(act.phase), 0.035 * np.sin(act.phase)
    pose.left_hand = pose.pelvis + vec(0.25, 0.06 + turn_y, 0.08 + turn_z)
    pose.right_hand = pose.pelvis + vec(-0.25, 0.06 + turn_y, 0.08 + turn_z)
    if seen:
        _rope(act, pose)
    return pose


def _rope(act: Act, pose: Pose) -> None:
    share = np.linspace(0, 1, 25)
    bulge = np.sin(np.pi * share) ** 0.6
    up = np.cos(act.phase)
    reach = np.where(up > 0, act.body.torso + 0.32, act.body.leg + 0.12)[:, None] * bulge
    way = vec(0, np.cos(act.phase), np.sin(act.phase))
    line = between(pose.left_hand[:, None], pose.right_hand[:, None], share[None])
    points = line + reach[..., None] * way[:, None]
    points[..., 1] = np.maximum(points[..., 1], 0.008)
    pose.props.append(strand(points, 0.009))
