"""Borders are trimmed, motion is found, crops are foreseen; nothing breaks on odd pictures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anigifs.media.fingerprint.boxes import Box, content_box, crop_boxes, motion_box


def content(picture):
    return content_box(picture, picture)


def drawing(top=20, bottom=60, left=30, right=90, ground=255):
    """Noise on a uniform ground: content in rows 20 to 60, columns 30 to 90."""
    picture = np.full((80, 120, 3), ground, np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (bottom - top, right - left, 3))
    picture[top:bottom, left:right] = noise
    return picture


def near(box, expected, by=1):
    return all(abs(a - b) <= by for a, b in zip(box, expected, strict=True))


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_a_uniform_ground_is_trimmed_to_one_pixel(ground):
    assert near(content(drawing(ground=ground)), (20, 60, 30, 90))


def test_a_border_of_another_colour_is_trimmed_with_the_ground_behind_it():
    softened = np.pad(drawing(), ((1, 1), (1, 1), (0, 0)), constant_values=90)
    framed = np.pad(softened, ((9, 9), (9, 9), (0, 0)))
    assert near(content(framed), (30, 70, 40, 100), by=2)


def test_what_moves_into_the_border_is_content():
    low, high = drawing(), drawing()
    low[2:6, 60:100] = 0
    assert content_box(low, high).top == 3


def test_a_flat_picture_keeps_its_whole_canvas():
    assert content(np.full((40, 50, 3), 77, np.uint8)) == Box(0, 40, 0, 50)


@settings(max_examples=50)
@given(arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3))))
def test_any_picture_has_a_box_inside_it(picture):
    box = content(picture)
    assert 0 <= box.top < box.bottom <= picture.shape[0]
    assert 0 <= box.left < box.right <= picture.shape[1]


def test_motion_is_boxed_and_a_still_picture_has_none():
    lumas = np.zeros((4, 80, 120), np.float32)
    whole = Box(0, 80, 0, 120)
    assert motion_box(lumas, whole) is None
    lumas[1, 20:60, 30:90] = 200
    assert near(motion_box(lumas, whole), (20, 60, 30, 90))


def test_a_small_motion_gets_a_quarter_of_the_content_around_it():
    lumas = np.zeros((2, 80, 120), np.float32)
    lumas[1, 40:42, 118:120] = 200
    box = motion_box(lumas, Box(0, 80, 0, 120))
    assert (box.bottom - box.top, box.right - box.left) == (20, 30)
    assert box.right <= 120


def test_faint_change_is_no_motion():
    lumas = np.zeros((2, 40, 40), np.float32)
    lumas[1] = 20
    assert motion_box(lumas, Box(0, 40, 0, 40)) is None


def test_crops_that_cut_nothing_are_left_out():
    assert crop_boxes(Box(30, 70, 30, 70), 100, 100) == []
    assert Box(5, 95, 5, 95) in crop_boxes(Box(0, 100, 0, 100), 100, 100)
    assert len(crop_boxes(Box(0, 100, 0, 100), 100, 100)) == 14
