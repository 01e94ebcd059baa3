"""Fingerprints: exact keys, copies near and others far, bytes and back, hostile files."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.core.errors import IntegrityError, MediaError
from anigifs.core.files import sha256
from anigifs.media.encode import encode_gif
from anigifs.media.fingerprint import CONTENT, VIEWS, fingerprint, from_bytes
from anigifs.media.fingerprint.pdq import distances
from anigifs.media.limits import Limits
from benchmarks.altered import copy_of
from tests.media.fingerprint.drawn import figure

DELAYS = np.full(10, 80.0)


@pytest.fixture
def made(tmp_path):
    def write(data, name="a.gif"):
        path = tmp_path / name
        path.write_bytes(data)
        return fingerprint(path)

    return write


def far(one, other, view=CONTENT):
    """The median over one's frames of the nearest of the other's."""
    return np.median(distances(one.hashes[view], other.hashes[view]).min(1))


def test_it_says_what_the_file_is(made, tmp_path):
    found = made(encode_gif(figure(0), DELAYS))
    assert (found.width, found.height, found.frames, found.distinct) == (128, 96, 10, 10)
    assert found.duration_ms == 800
    assert found.sha256 == sha256(tmp_path / "a.gif")
    assert found.hashes.shape == (len(VIEWS), 10, 32)
    assert found.keys.tolist() == [0, 1, 3, 4, 5, 6, 8, 9]


def test_frames_that_look_the_same_are_counted_once(made):
    frames = np.concatenate([figure(0, 3), figure(0, 3), figure(0, 3)])
    assert made(encode_gif(frames, np.full(9, 50.0))).distinct == 3


def test_another_palette_keeps_the_pixels_key_and_another_delay_does_not(made):
    frames = figure(0) // 128 * 128
    one = made(encode_gif(frames, DELAYS))
    other = made(encode_gif(frames, DELAYS, palette="local"))
    slower = made(encode_gif(frames, DELAYS * 2))
    assert one.sha256 != other.sha256
    assert one.pixels_sha256 == other.pixels_sha256 != slower.pixels_sha256


@pytest.mark.parametrize(
    "name", ["resized to 50 %", "32 colours, dithered", "darker by 30 %", "black border"]
)
def test_copies_are_near_and_other_drawings_are_far(made, name):
    one = made(encode_gif(figure(0), DELAYS))
    assert far(one, made(copy_of(name, figure(0), DELAYS))) <= 32
    assert far(one, made(copy_of(name, figure(1), DELAYS))) >= 64


def test_a_long_animation_is_known_by_96_frames(made):
    found = made(encode_gif(figure(0, 200, 32, 32), np.full(200, 40.0)))
    assert (found.frames, found.hashes.shape[1], len(found.keys)) == (200, 96, 8)


def test_one_that_is_too_large_to_hold_is_known_by_96_frames_too(tmp_path):
    path = tmp_path / "long.gif"
    path.write_bytes(encode_gif(figure(0, 120, 32, 32), np.full(120, 40.0)))
    found = fingerprint(path, limits=Limits(max_output_px=100 * 32 * 32))
    assert (found.frames, found.hashes.shape[1]) == (120, 96)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 200), (2, 200, 1), (3, 2, 2)])
def test_tiny_and_flat_pictures_have_a_fingerprint_without_quality(made, shape):
    found = made(encode_gif(np.full((*shape, 3), 9, np.uint8), np.full(shape[0], 50.0)))
    assert not found.quality.any()


@given(seed=st.integers(0, 50))
def test_bytes_come_back_as_they_were(seed, tmp_path_factory):
    path = tmp_path_factory.mktemp("f") / "a.gif"
    path.write_bytes(encode_gif(figure(seed, 3, 24, 24), np.full(3, 50.0)))
    found = fingerprint(path)
    back = from_bytes(found.to_bytes())
    assert back.to_bytes() == found.to_bytes()
    assert np.array_equal(back.hashes, found.hashes)
    assert back.pixels_sha256 == found.pixels_sha256


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(data):
    with pytest.raises(IntegrityError, match="not a fingerprint"):
        from_bytes(data)


def test_a_cut_record_is_refused(made):
    data = made(encode_gif(figure(0), DELAYS)).to_bytes()
    for end in (4, 100, len(data) - 1):
        with pytest.raises(IntegrityError, match="not a fingerprint"):
            from_bytes(data[:end])


def test_what_is_no_picture_is_an_error_of_the_file(made):
    with pytest.raises(MediaError):
        made(b"GIF89a")
    with pytest.raises(MediaError):
        made(b"<html>")
