"""Decoding animated WebP; written by Pillow, compared with what went in."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from anigifs.core.errors import LimitExceeded, MediaError, NotDecodable
from anigifs.media.limits import Limits
from anigifs.media.webp import decode_webp, probe_webp

COLOURS = np.random.default_rng(0).integers(0, 256, (4, 20, 30, 4), dtype=np.uint8)
COLOURS[..., 3] = np.array([255, 0, 255, 255])[:, None, None]


def webp(delays=(50, 0, 70, 120)):
    images = [Image.fromarray(picture) for picture in COLOURS]
    file = io.BytesIO()
    images[0].save(
        file,
        "WEBP",
        save_all=True,
        append_images=images[1:],
        duration=list(delays),
        lossless=True,
        exact=True,
    )
    return file.getvalue()


def test_frames_are_over_white_and_delays_as_written():
    frames = decode_webp(webp())
    want = COLOURS[..., :3].copy()
    want[1] = 255
    np.testing.assert_array_equal(frames.pixels, want)
    np.testing.assert_allclose(frames.timing.raw_delays_ms, [50, 0, 70, 120])
    np.testing.assert_allclose(frames.timing.delays_ms, [50, 100, 70, 120])


def test_chosen_frames_repeat_and_come_in_any_order():
    chosen = np.array([3, 0, 3])
    frames = decode_webp(webp(), lambda _: chosen)
    np.testing.assert_array_equal(frames.pixels, COLOURS[chosen][..., :3])


def test_a_still_picture_is_refused():
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "WEBP")
    with pytest.raises(NotDecodable, match="still"):
        decode_webp(file.getvalue())


def test_limits_are_kept_before_pixels():
    with pytest.raises(LimitExceeded, match="frames is 4"):
        probe_webp(webp(), Limits(max_frames=3))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_gives_frames_or_a_clean_error(data):
    broken = bytearray(webp())
    for _ in range(data.draw(st.integers(1, 20))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        frames = decode_webp(bytes(broken), limits=Limits(max_canvas_px=10**6))
    except MediaError:
        return
    assert len(frames.pixels) == len(frames.timing)


@pytest.mark.real
def test_a_real_animation_decodes(real_data):
    frames = decode_webp((real_data / "gif-conformance" / "pillow" / "iss634.webp").read_bytes())
    assert frames.pixels.shape == (42, 245, 245, 3)
