"""Limbs, hulls and the camera: the geometry under every drawing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from anigifs.simulate.camera import aim, draw_view
from anigifs.simulate.hulls import CORNERS, hull
from anigifs.simulate.motions import MOTIONS
from anigifs.simulate.skeleton import bend, unit, vec

numbers = st.floats(-1, 1).filter(lambda number: abs(number) > 1e-3)


def test_a_limb_of_bones_3_and_4_with_its_hand_at_5_has_a_right_angle():
    elbow, hand = bend(vec([0], 0, 0), vec([5], 0, 0), (3, 4), vec([0], 1, 0))
    np.testing.assert_allclose(hand[0], [5, 0, 0], atol=1e-9)
    np.testing.assert_allclose(elbow[0], [9 / 5, 12 / 5, 0], atol=1e-9)


@given(goal=st.tuples(numbers, numbers, numbers), pole=st.tuples(numbers, numbers, numbers))
def test_bones_keep_their_lengths_wherever_the_goal_is(goal, pole):
    root = vec([0.1], 0.2, 0.3)
    elbow, hand = bend(root, np.array([goal]), (0.25, 0.2), np.array([pole]))
    parallel = np.linalg.norm(np.cross(unit(np.array(goal) - root[0]), unit(np.array(pole)))) < 1e-3
    if not parallel:
        assert np.linalg.norm(elbow - root) == pytest.approx(0.25, abs=1e-6)
        assert np.linalg.norm(hand - elbow) == pytest.approx(0.2, abs=1e-6)


def test_a_hull_is_the_convex_hull_of_finely_drawn_discs():
    centres, radii = np.array([[[10.0, 10], [60, 20], [30, 70]]]), np.array([[8.0, 4, 12]])
    turn = np.linspace(0, 2 * np.pi, 400)
    rim = np.stack([np.cos(turn), np.sin(turn)], -1)
    points = (centres[0][:, None] + radii[0][:, None, None] * rim).reshape(-1, 2)
    area = ConvexHull(hull(centres, radii)[0]).volume
    assert area == pytest.approx(ConvexHull(points).volume, rel=0.01)


def test_a_hull_of_one_disc_has_its_corners_on_the_circle():
    corners = hull(np.array([[[3.0, 4]]]), 2.0)
    assert corners.shape == (1, CORNERS, 2)
    np.testing.assert_allclose(np.hypot(*(corners[0] - [3, 4]).T), 2)


@pytest.mark.parametrize("name", MOTIONS)
def test_the_camera_holds_every_joint_in_the_frame(name):
    view = draw_view(MOTIONS[name], np.random.default_rng(3))
    joints = {
        name: np.random.default_rng(number).uniform(-0.5, 0.9, (12, 3))
        for number, name in enumerate(("head", "crown", "hand"))
    }
    camera = aim(view, joints, 128, moves=0)
    for points in joints.values():
        flat, near = camera.project(points)
        assert flat.shape == (12, 2)
        assert near.shape == (12,)
        assert (flat >= 0).all()
        assert (flat <= 128).all()
