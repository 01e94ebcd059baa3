import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.explain.tubes import energy_in_tube, fill, peak_in_tube, tube

NAN = [math.nan] * 4
A, B = [0.0, 0.0, 0.2, 0.2], [0.4, 0.4, 0.8, 1.0]


def clip(*boxes):
    return torch.tensor([boxes])


def test_a_key_frame_spreads_to_the_whole_clip():
    assert torch.equal(fill(clip(NAN, NAN, A, NAN))[0], torch.tensor([A, A, A, A]))


def test_constant_takes_the_nearest_key_frame_and_the_earlier_of_two():
    assert torch.equal(fill(clip(A, NAN, NAN, NAN, B))[0], torch.tensor([A, A, A, B, B]))


def test_interpolate_goes_from_key_frame_to_key_frame_in_a_line():
    boxes = fill(clip(NAN, A, NAN, NAN, NAN, B, NAN), "interpolate")[0]
    a, b = np.array(A), np.array(B)
    expected = [a, a, a + (b - a) / 4, (a + b) / 2, b - (b - a) / 4, b, b]
    assert np.allclose(boxes, expected)


@pytest.mark.parametrize("how", ["constant", "interpolate"])
def test_a_clip_without_boxes_has_no_tube_and_says_so(how):
    boxes = torch.tensor([[NAN, NAN], [NAN, A]])
    mask, known = tube(boxes, (1, 2, 2), how)
    assert known.tolist() == [False, True]
    assert not mask[0].any()


def test_a_box_outside_the_picture_is_no_tube():
    mask, known = tube(clip([1.2, 0.1, 1.5, 0.9]), (1, 4, 4))
    assert not mask.any()
    assert not known.any()


def test_a_tube_by_hand():
    """Two steps of two frames on a 4x4 grid; the second frame of step 2 moves right."""
    first, last = [0.25, 0.5, 0.5, 1.0], [0.6, 0.5, 0.7, 0.6]
    mask, _ = tube(clip(first, first, first, last), (2, 4, 4))
    expected = torch.zeros(2, 4, 4, dtype=torch.bool)
    expected[:, 2:, 1] = True
    expected[1, 2, 2] = True
    assert torch.equal(mask[0], expected)


def test_steps_share_frames_that_lie_across_their_border():
    """Three frames on two steps: the middle one belongs to both."""
    left, right = [0.0, 0.0, 0.4, 1.0], [0.6, 0.0, 1.0, 1.0]
    mask, _ = tube(clip(left, right, left), (2, 1, 2))
    assert mask.all()
    mask, _ = tube(clip(left, left, right), (2, 1, 2))
    assert mask[0, :, 0].tolist() == [[True, False], [True, True]]


boxes = st.tuples(*[st.floats(0, 1, width=32)] * 4).map(
    lambda v: [min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=9), st.tuples(*[st.integers(1, 5)] * 3))
def test_a_cell_is_in_the_tube_exactly_if_a_box_of_its_frames_touches_it(listed, grid):
    steps, rows, columns = grid
    frames = len(listed)
    mask = tube(clip(*listed), grid).mask[0]
    for (s, i, j), value in np.ndenumerate(mask.numpy()):
        hit = False
        for f, (x1, y1, x2, y2) in enumerate(torch.tensor(listed).tolist()):
            if max(f / frames, s / steps) < min((f + 1) / frames, (s + 1) / steps) - 1e-9:
                hit |= (
                    x1 * columns < j + 1
                    and x2 * columns > j
                    and y1 * rows < i + 1
                    and y2 * rows > i
                )
        assert value == hit


def test_the_peak_is_in_or_out():
    maps = torch.tensor([[0.1, 0.9, 0.3, 0.2], [0.1, 0.9, 0.3, 0.2], [-3, -1, -2, -1]]).view(
        3, 1, 2, 2
    )
    mask = torch.tensor([[0, 1, 0, 0], [1, 0, 1, 1], [0, 0, 0, 1]]).bool().view(3, 1, 2, 2)
    assert peak_in_tube(maps, mask).tolist() == [True, False, True]
    assert peak_in_tube(maps, torch.zeros_like(mask)).tolist() == [False, False, False]


def test_energy_is_the_positive_share_inside():
    maps = torch.tensor([[1.0, 3.0, -8.0, 4.0], [-1.0, -2.0, 0.0, -1.0]]).view(2, 1, 2, 2)
    mask = torch.tensor([[1, 1, 1, 0], [1, 1, 0, 0]]).bool().view(2, 1, 2, 2)
    energy = energy_in_tube(maps, mask)
    assert energy[0].item() == pytest.approx(0.5)
    assert energy[1].isnan()
