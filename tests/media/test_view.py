"""What becomes of a clip before the model: sampled, scaled, cropped, with its boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.core.config import load
from anigifs.core.errors import ConfigError, InputError, NotDecodable
from anigifs.core.records import Box, Clip, Domain
from anigifs.core.seeds import stream
from anigifs.media.encode import write_video
from anigifs.media.sampling import SamplingConfig
from anigifs.media.view import (
    Offset,
    ViewConfig,
    boxes_at,
    center_offset,
    crop,
    crop_boxes,
    load_view,
    random_offset,
)

SMALL = ViewConfig(sampling=SamplingConfig(frames=8), side_px=16, short_side_px=24)


NAN = [np.nan] * 4


def test_a_box_is_that_of_the_frame_nearest_to_its_moment_alone():
    boxes = boxes_at([Box(500, 0.1, 0.2, 0.3, 0.4)], np.array([0.0, 510.0, 9000.0]))
    np.testing.assert_allclose(boxes, [NAN, [0.1, 0.2, 0.3, 0.4], NAN], rtol=1e-6)


def test_frames_that_show_again_have_their_box_again():
    boxes = boxes_at([Box(100, 0, 0, 1, 1)], np.array([0.0, 100.0, 0.0, 100.0]))
    np.testing.assert_array_equal(boxes, [NAN, [0, 0, 1, 1], NAN, [0, 0, 1, 1]])


def test_a_frame_takes_the_nearest_of_its_moments_and_the_largest_box_of_several():
    boxes = [
        Box(1000, 0, 0, 0.5, 0.5),
        Box(900, 0, 0, 0.6, 0.5),
        Box(0, 0, 0, 0.1, 0.1),
        Box(0, 0, 0, 0.2, 0.2),
        Box(0, 0, 0, 0.15, 0.15),
    ]
    found = boxes_at(boxes, np.array([0.0, 400.0, 600.0, 990.0]))
    np.testing.assert_allclose(found[:, 2], [0.2, np.nan, np.nan, 0.5], rtol=1e-6)


def test_dense_boxes_all_stand_where_they_were():
    times = np.arange(0.0, 400, 40)
    boxes = [Box(time, time / 1000, 0, 1, 1) for time in times]
    np.testing.assert_allclose(boxes_at(boxes, times[1::3])[:, 0], times[1::3] / 1000, rtol=1e-6)


def test_a_clip_without_boxes_has_nan():
    assert np.isnan(boxes_at([], np.arange(3.0))).all()
    assert boxes_at([], np.arange(3.0)).shape == (3, 4)


def test_boxes_are_cropped_as_the_pixels_are():
    boxes = np.array([[0.25, 0.5, 0.75, 1.0], [0, 0, 0.1, 0.1]], np.float32)
    inside = crop_boxes(boxes, (40, 80), Offset(20, 10), 20)
    np.testing.assert_allclose(inside[0], [0.5, 0.0, 1.0, 1.0])
    assert np.isnan(inside[1]).all()


@given(seed=st.integers(0, 1000))
def test_a_painted_box_is_where_the_cropped_box_says(seed):
    rng = np.random.default_rng(seed)
    pixels = np.zeros((1, 40, 60, 3), np.uint8)
    y1, x1 = rng.integers(0, 30), rng.integers(0, 50)
    y2, x2 = rng.integers(y1 + 1, 41), rng.integers(x1 + 1, 61)
    pixels[:, y1:y2, x1:x2] = 255
    box = np.array([[x1 / 60, y1 / 40, x2 / 60, y2 / 40]], np.float32)
    offset = random_offset(40, 60, 32, rng)
    seen = crop(pixels, *offset, 32)[0, :, :, 0]
    inside = crop_boxes(box, (40, 60), offset, 32)[0]
    if not seen.any():
        assert np.isnan(inside).all()
        return
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    want = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    np.testing.assert_allclose(inside * 32, want, atol=1e-3)


def test_the_centre_crop_by_hand():
    assert center_offset(24, 33, 16) == Offset(4, 8)


def test_random_crops_reach_every_place_and_no_other():
    rng = stream(0, "test")
    seen = {random_offset(18, 17, 16, rng) for _ in range(200)}
    assert seen == {Offset(top, left) for top in range(3) for left in range(2)}


def test_a_crop_larger_than_the_picture_is_refused():
    with pytest.raises(InputError, match="32 px does not fit into 20x40 px"):
        center_offset(20, 40, 32)


def test_a_crop_larger_than_the_short_side_is_refused_by_the_config():
    with pytest.raises(ConfigError, match=r"side_px \(256\) cannot exceed short_side_px \(224\)"):
        load(ViewConfig, None, ["side_px=256"])


def ramp(count=20):
    frames = np.zeros((count, 48, 72, 3), np.uint8)
    frames[:] = np.linspace(10, 240, count).astype(np.uint8)[:, None, None, None]
    return frames


def test_a_view_holds_the_sampled_frames_scaled_with_their_times(tmp_path):
    write_video(tmp_path / "a.mp4", ramp(), 10)
    clip = Clip(id="a", path=tmp_path / "a.mp4", domain=Domain.REAL_VIDEO, label="x")
    view = load_view(clip, SMALL)
    assert view.pixels.shape == (8, 24, 36, 3)
    assert view.pixels.dtype == np.uint8
    chosen = [1, 3, 6, 8, 11, 13, 16, 18]  # middles of 8 spans of 2.5 frames
    np.testing.assert_allclose(view.times_ms, np.array(chosen) * 100)
    want = ramp()[chosen][:, 0, 0, 0].astype(float)
    np.testing.assert_allclose(view.pixels.mean((1, 2, 3)), want, atol=4)
    assert np.isnan(view.boxes).all()


def test_a_span_is_the_whole_clip(tmp_path):
    write_video(tmp_path / "a.mp4", ramp(), 10)
    clip = Clip(
        id="a",
        path=tmp_path / "a.mp4",
        domain=Domain.REAL_VIDEO,
        label="x",
        span_s=(1.0, 1.4),
        boxes=(Box(300, 0, 0, 1, 1),),
    )
    view = load_view(clip, SMALL)
    np.testing.assert_allclose(view.times_ms, [0, 0, 100, 100, 200, 200, 300, 300])
    want = ramp()[10:14].repeat(2, 0)[:, 0, 0, 0].astype(float)
    np.testing.assert_allclose(view.pixels.mean((1, 2, 3)), want, atol=4)
    np.testing.assert_allclose(view.boxes, [NAN] * 6 + [[0, 0, 1, 1]] * 2)


def test_an_absent_file_is_named(tmp_path):
    clip = Clip(id="a", path=tmp_path / "no.gif", domain=Domain.REAL_GIF, label="x")
    with pytest.raises(NotDecodable, match=r"no\.gif: cannot be read: No such file"):
        load_view(clip, SMALL)
