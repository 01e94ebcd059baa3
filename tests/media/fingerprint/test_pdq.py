"""The perceptual hash: bit for bit PDQ's on 64 x 64 pictures, stable in size and under turns."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dctn

from anigifs.media.fingerprint import pdq
from tests.media.fingerprint.drawn import figure

TURNED = {
    "none": lambda p: p,
    "mirror": lambda p: p[:, ::-1],
    "flip": lambda p: p[::-1],
    "rotate-180": lambda p: p[::-1, ::-1],
    "transpose": lambda p: p.T,
    "rotate-90": lambda p: np.rot90(p, -1),
    "rotate-270": lambda p: np.rot90(p),
    "anti-transpose": lambda p: np.rot90(p, 2).T,
}


def square(seed=0):
    """A grey 64 x 64 picture of blots, uint8."""
    noise = np.random.default_rng(seed).uniform(0, 255, (64, 64))
    return cv2.normalize(cv2.GaussianBlur(noise, None, 3), None, 0, 255, cv2.NORM_MINMAX).astype(
        np.uint8
    )


def hashed(picture):
    return pdq.hash_squares(np.ascontiguousarray(picture, np.float32)[None])[0]


def differing(one, other):
    return int(pdq.distances(one[None], other[None])[0, 0])


def test_bits_are_the_low_cosine_waves_above_their_median():
    waves = dctn(square().astype(float), norm="ortho")[1:17, 1:17]
    expected = np.packbits((waves > np.sort(waves.ravel())[127]).ravel())
    assert hashed(square()).tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(6))
def test_hash_and_quality_are_those_of_pdqhash_on_pictures_of_its_own_size(seed):
    pdqhash = pytest.importorskip("pdqhash", reason="no wheel; build it to compare")
    picture = square(seed)
    bits, quality = pdqhash.compute(np.repeat(picture[..., None], 3, axis=2))
    assert np.unpackbits(hashed(picture))[::-1].tolist() == np.array(bits).tolist()
    assert pdq.quality(picture[None].astype(np.float32))[0] == quality


def test_half_of_the_bits_are_set():
    assert np.unpackbits(hashed(square())).sum() == 128


@pytest.mark.parametrize("name", pdq.TURNS)
def test_a_turned_hash_is_nearly_the_hash_of_the_turned_picture(name):
    picture = square(3)
    estimate = pdq.turned(hashed(picture), name)
    assert differing(estimate, hashed(TURNED[name](picture))) <= 16
    assert name == "none" or differing(estimate, hashed(picture)) > 60


@given(st.binary(min_size=32, max_size=32), st.sampled_from(pdq.TURNS))
def test_turning_twice_comes_back(data, name):
    one = np.frombuffer(data, np.uint8)
    back = {"rotate-90": "rotate-270", "rotate-270": "rotate-90"}.get(name, name)
    assert pdq.turned(pdq.turned(one, name), back).tolist() == one.tolist()


@given(st.binary(min_size=64, max_size=64))
def test_distances_count_bits(data):
    one, other = np.frombuffer(data, np.uint8).reshape(2, 32)
    by_hand = bin(int.from_bytes(bytes(one)) ^ int.from_bytes(bytes(other))).count("1")
    assert differing(one, other) == by_hand


@pytest.mark.parametrize("side", [64, 100, 192, 333])
def test_the_hash_hardly_depends_on_the_size(side):
    large = pdq.luma(figure(1, 1, 512, 512))[0]
    small = cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)
    assert differing(hashed(pdq.to_square(large)), hashed(pdq.to_square(small))) <= 12


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (63, 65), (64, 64), (2, 2)])
def test_every_shape_becomes_a_square(shape):
    assert pdq.to_square(np.zeros(shape, np.float32)).shape == (64, 64)


def test_a_flat_picture_has_no_quality_and_a_drawing_has():
    flat, drawing = np.full((64, 64), 200, np.float32), pdq.to_square(pdq.luma(figure(0, 1))[0])
    assert pdq.quality(np.stack([flat, drawing])).tolist() == [0, 100]


def test_no_hashes_turn_into_no_hashes():
    assert pdq.turned(np.empty((0, 32), np.uint8), "mirror").shape == (0, 32)
