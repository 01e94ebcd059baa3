"""Valid GIFs with bytes changed, dropped and doubled: frames or a clean error, always the same."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.core.errors import MediaError
from anigifs.media.gif import Reading, decode_gif, decode_gif_rgba
from anigifs.media.limits import Limits
from tests.media.handmade import PALETTE, TRAILER, control, image, looping, screen

LIMITS = Limits(max_canvas_px=2**18, max_total_px=2**20, max_output_px=2**20, max_frames=500)
MEMORY_BYTES = 64 * 2**20

VALID = (
    screen(16, 12)
    + looping(0)
    + control(4, 1)
    + image([i % 4 for i in range(192)], (0, 0, 16, 12), interlaced=True)
    + control(0, 2, 3)
    + image([i % 3 for i in range(35)], (3, 2, 7, 5), colours=PALETTE[:2])
    + control(9, 3)
    + image([1] * 80, (10, 4, 10, 8), min_bits=7)
    + control(2, 0)
    + image([i % 4 for i in range(192)], (0, 0, 16, 12))
    + image([2], (4, 4, 1, 1))
    + TRAILER
)

places = st.integers(0, len(VALID) - 1)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("set"), places, st.integers(0, 255)),
        st.tuples(st.just("cut"), places, st.integers(1, 40)),
        st.tuples(st.just("double"), places, st.integers(1, 60)),
        st.tuples(st.just("end"), places, st.just(0)),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Compile before memory is counted."""
    assert len(decode_gif(VALID, limits=LIMITS).pixels) == 5


def edited(data, changes):
    data = bytearray(data)
    for kind, place, value in changes:
        at = min(place, len(data))
        if kind == "set" and at < len(data):
            data[at] = value
        elif kind == "cut":
            del data[at : at + value]
        elif kind == "double":
            data[at:at] = data[at : at + value]
        elif kind == "end":
            del data[at:]
    return bytes(data)


def frames_or_error(decode, *args, **options):
    try:
        return decode(*args, **options)
    except MediaError as error:
        return str(error)


@settings(max_examples=500, deadline=None)
@given(edits, st.sampled_from(Reading))
def test_damaged_gifs_give_frames_or_a_clean_error_within_memory(changes, reading):
    data = edited(VALID, changes)
    tracemalloc.start()

    first = frames_or_error(decode_gif_rgba, data, LIMITS, reading=reading)

    assert tracemalloc.get_traced_memory()[1] < MEMORY_BYTES
    tracemalloc.stop()
    again = frames_or_error(decode_gif_rgba, data, LIMITS, reading=reading)
    assert np.array_equal(first, again)


@settings(max_examples=300, deadline=None)
@given(edits, st.integers(0, 2**32 - 1))
def test_choosing_frames_of_damaged_gifs_equals_decoding_all_of_them(changes, seed):
    data = edited(VALID, changes)
    every = frames_or_error(decode_gif, data, limits=LIMITS)
    if isinstance(every, str):
        return
    choice = np.random.default_rng(seed).integers(0, len(every.timing), 2)

    some = frames_or_error(decode_gif, data, lambda timing: choice, LIMITS)

    if isinstance(some, str):
        assert some == "no image of the GIF holds a readable pixel"
    else:
        assert np.array_equal(some.pixels, every.pixels[choice])
