"""Scaling pictures, against arithmetic by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.core.errors import InputError, LimitExceeded
from anigifs.media.resize import resize, resize_short, short_size


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)


def bilinear(frame, height, width):
    """Pixel centres at half-integers, edges held; in float."""

    def weights(old, new):
        at = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
        low = np.minimum(at.astype(int), max(old - 2, 0))
        matrix = np.zeros((new, old))
        matrix[np.arange(new), low] = 1 - (at - low)
        matrix[np.arange(new), np.minimum(low + 1, old - 1)] += at - low
        return matrix

    return np.einsum(
        "yi,xj,ijc->yxc", weights(frame.shape[0], height), weights(frame.shape[1], width), frame
    )


@settings(deadline=None, max_examples=40)
@given(
    size=st.tuples(st.integers(10, 60), st.integers(10, 60)),
    new=st.tuples(st.integers(31, 90), st.integers(31, 90)),
)
def test_up_to_half_size_it_is_bilinear(size, new):
    frames = noise(1, *size)
    scaled = resize(frames, *new)[0]
    assert np.abs(scaled - bilinear(frames[0], *new)).max() < 1.5  # fixed-point weights


def test_below_half_size_it_averages_blocks_first():
    frames = noise(2, 64, 96)
    blocks = frames.reshape(2, 16, 4, 24, 4, 3).mean((2, 4))
    assert np.abs(resize(frames, 16, 24) - blocks).max() <= 1


def test_an_odd_last_line_is_left_out_of_a_halving():
    frames = noise(1, 65, 97)
    np.testing.assert_array_equal(resize(frames, 32, 48), resize(frames[:, :64, :96], 32, 48))


@given(colour=st.integers(0, 255), height=st.integers(8, 90), width=st.integers(8, 90))
def test_a_flat_picture_stays_flat(colour, height, width):
    pixels = np.full((2, height, width, 3), colour, np.uint8)
    assert (resize_short(pixels, 32) == colour).all()


def test_a_picture_of_the_right_size_is_left_alone():
    pixels = noise(2, 32, 40)
    np.testing.assert_array_equal(resize_short(pixels, 32), pixels)


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(480, 640, (224, 299)), (640, 480, (299, 224)), (100, 100, (224, 224)), (3, 4, (224, 299))],
)
def test_the_short_side_is_scaled_and_the_other_follows(height, width, expected):
    assert short_size(height, width, 224) == expected


def test_a_ribbon_is_refused_before_it_fills_the_memory():
    with pytest.raises(LimitExceeded, match="10000x1 px is longer than 20:1"):
        short_size(1, 10_000, 224)


def test_a_picture_without_pixels_is_refused():
    with pytest.raises(InputError, match="no pixels to scale"):
        short_size(0, 10, 224)
