"""What figures do: possible for a body, the same at both ends of a cycle, above the floor."""

import numpy as np
import pytest

from anigifs.core.taxonomy.lists import class_list
from anigifs.simulate.bodies import Body, draw_body
from anigifs.simulate.config import CLASSES, Extent
from anigifs.simulate.motions import MOTIONS
from anigifs.simulate.pose import Act, joints

TURN = 2 * np.pi


def act(phase, seed=0, amount=1.0):
    return Act(np.asarray(phase, float), Body(), amount, np.random.default_rng(seed))


@pytest.fixture(params=CLASSES)
def motion(request):
    return MOTIONS[request.param]


def test_the_classes_are_names_of_kinetics_600_in_its_order():
    kinetics = class_list("kinetics-600")
    assert set(CLASSES) <= set(kinetics)
    assert sorted(CLASSES, key=kinetics.index) == list(CLASSES)
    assert set(MOTIONS) == set(CLASSES)


@pytest.mark.parametrize("seed", range(6))
def test_joints_are_finite_and_above_the_floor(motion, seed):
    found = joints(motion.perform(act(np.linspace(0, 2 * TURN, 60), seed)), Body())
    heights = np.stack([points[:, 1] for points in found.values()])
    assert np.isfinite(np.stack(list(found.values()))).all()
    assert heights.min() > -0.12, "joints of toes and heads may sink a little, never more"


@pytest.mark.parametrize("seed", range(3))
def test_arms_and_legs_keep_their_length(motion, seed):
    body = draw_body(np.random.default_rng(seed), 1.0, Extent())
    pose = motion.perform(Act(np.linspace(0, TURN, 30), body, 1.4, np.random.default_rng(seed)))
    found = joints(pose, body)
    for side in ("left", "right"):
        for bones, length in (
            (("shoulder", "elbow", "hand"), body.arm),
            (("hip", "knee", "foot"), body.leg),
        ):
            a, b, c = (found[f"{side}_{bone}"] for bone in bones)
            assert np.linalg.norm(b - a, axis=1) == pytest.approx(length / 2, abs=0.02)
            assert np.linalg.norm(c - b, axis=1) == pytest.approx(length / 2, abs=0.02)


def test_a_cycle_ends_where_it_began(motion):
    if motion is MOTIONS["somersaulting"]:
        pytest.skip("a somersault travels")
    pose = motion.perform(act([0.7, 0.7 + TURN * 2], seed=2))
    for name in ("pelvis", "left_hand", "right_hand", "left_foot"):
        first, last = getattr(pose, name)
        np.testing.assert_allclose(first, last, atol=1e-6)


def test_an_action_moves_something(motion):
    pose = motion.perform(act(np.linspace(0, TURN, 40)))
    moved = [np.ptp(points, axis=0).max() for points in joints(pose, Body()).values()]
    assert max(moved) > 0.08


def test_how_far_an_action_goes_does_not_change_its_variant(motion):
    small, large = act([0.0, 1, 2], 5, 0.9), act([0.0, 1, 2], 5, 1.5)
    props = [len(motion.perform(each).props) for each in (small, large)]
    assert props[0] == props[1]
    assert small.draw.random() == large.draw.random()


def test_bars_are_shared_between_classes_and_not_always_there():
    with_rod = {
        name: np.mean(
            [bool(MOTIONS[name].perform(act([0.0, 1], seed)).props) for seed in range(60)]
        )
        for name in ("squat", "lunge", "deadlifting", "front raises", "snatch weight lifting")
    }
    assert all(0.3 < share < 1 for share in with_rod.values()), with_rod
