import numpy as np
import pytest

from anigifs.core.errors import MediaError
from anigifs.media import lzw
from anigifs.media.gif import decode_gif
from anigifs.media.walker import walk
from tests.media.handmade import PALETTE, TRAILER, control, image, screen

FULL = (0, 0, 2, 1)


@pytest.fixture
def unpacked(monkeypatch):
    """The start of the data of every image that is unpacked."""
    joined, places = lzw.join_blocks, []

    def spy(data, start, end, out):
        places.append(start)
        return joined(data, start, end, out)

    monkeypatch.setattr(lzw, "join_blocks", spy)
    return places


def last_only(timing):
    return np.array([len(timing) - 1])


def numbers(data, places):
    starts = [one.data_at for one in walk(data).images]
    return [starts.index(place) for place in places]


def test_what_is_cleared_or_restored_before_the_chosen_frame_is_not_unpacked(unpacked):
    data = screen(2, 1) + b"".join(
        [
            control(1, 1) + image([0, 0], FULL),
            control(1, 2) + image([1], (0, 0, 1, 1)),
            control(1, 3) + image([2], (1, 0, 1, 1)),
            control(1, 1, 3) + image([3, 3], FULL),
        ]
    )

    pixels = decode_gif(data, last_only).pixels

    assert numbers(data, unpacked) == [0, 3]
    assert pixels.tolist() == [[[[255, 255, 255], list(PALETTE[0])]]]


def test_what_lies_below_an_opaque_image_of_the_whole_canvas_is_not_unpacked(unpacked):
    data = screen(2, 1) + image([0, 1], FULL) * 5 + image([2], (0, 0, 1, 1)) + TRAILER

    decode_gif(data, last_only)

    assert numbers(data, unpacked) == [4, 5]


def test_nothing_below_a_cleared_canvas_is_unpacked(unpacked):
    whole = control(1, 2, 0) + image([0, 1], FULL)
    data = screen(2, 1) + image([0, 1], FULL) + whole + image([2], (0, 0, 1, 1))

    decode_gif(data, last_only)

    assert numbers(data, unpacked) == [2]


@pytest.mark.parametrize(
    "upper",
    [
        control(1, 1, 3) + image([0, 1], FULL),
        image([0, 1], FULL, colours=PALETTE[:2]),
        image([0, 1], (0, 0, 1, 1)),
        control(1, 3) + image([0, 1], FULL),
    ],
)
def test_images_that_may_show_what_is_below_do_not_hide_it(upper, unpacked):
    data = screen(2, 1) + image([0, 1], FULL) + upper + image([2], (0, 0, 1, 1))

    decode_gif(data, last_only)

    assert 0 in numbers(data, unpacked)


def test_an_image_that_should_hide_what_is_below_but_lacks_pixels_does_not():
    data = screen(2, 1) + image([0, 1], FULL) + image([2], FULL) + image([3], (0, 0, 1, 1))

    every, some = decode_gif(data), decode_gif(data, last_only)

    assert some.pixels[0].tolist() == every.pixels[2].tolist()
    assert some.pixels[0, 0, 1].tolist() == list(PALETTE[1])


def random_gif(rng):
    """Images that often cover the canvas, often opaquely, sometimes with pixels missing."""
    parts = [screen(6, 5)]
    for _ in range(10):
        whole = rng.random() < 0.6
        left, top = (0, 0) if whole else rng.integers(0, 6, 2)
        width, height = (6, 5) if whole else rng.integers(1, 6, 2)
        count = int(width * height) - int(rng.random() < 0.2)
        transparent = int(rng.integers(0, 4)) if rng.random() < 0.4 else None
        parts.append(control(int(rng.integers(0, 3)), int(rng.integers(0, 4)), transparent))
        parts.append(image(rng.integers(0, 4, count).tolist(), (left, top, width, height)))
    return b"".join(parts)


@pytest.mark.parametrize("seed", range(200))
def test_leaving_images_out_never_changes_a_frame(seed):
    rng = np.random.default_rng(seed)
    data = random_gif(rng)
    try:
        every = decode_gif(data).pixels
    except MediaError:
        return
    for number in range(len(every)):
        choice = np.array([number, rng.integers(0, len(every))])
        some = decode_gif(data, lambda timing, choice=choice: choice).pixels
        assert np.array_equal(some, every[choice])
