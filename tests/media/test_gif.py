import io

import av
import numpy as np
import pytest
from PIL import Image as PillowImage

from anigifs.core.errors import InputError, LimitExceeded, NotDecodable
from anigifs.media.gif import Reading, decode_gif, decode_gif_rgba
from anigifs.media.limits import Limits
from tests.media.handmade import (
    BLUE,
    GREEN,
    PALETTE,
    RED,
    TRAILER,
    WHITE,
    control,
    image,
    looping,
    screen,
)

R, G, B, W = (*RED, 255), (*GREEN, 255), (*BLUE, 255), (*WHITE, 255)
NONE = (0, 0, 0, 0)


def rgba(data, **options):
    """Frames as lists of rows of pixels."""
    return [[[tuple(p) for p in row] for row in f] for f in decode_gif_rgba(data, **options)]


def dots(*frames, width=2):
    """A one-row GIF; each frame is (control, indices, left)."""
    return screen(width, 1) + b"".join(
        before + image(indices, (left, 0, len(indices), 1)) for before, indices, left in frames
    )


def test_an_image_without_disposal_stays():
    assert rgba(dots((b"", [0, 1], 0), (b"", [2], 1))) == [[[R, G]], [[R, B]]]


def test_disposal_2_leaves_its_area_transparent():
    data = dots((b"", [0, 1], 0), (control(1, 2), [2], 1), (b"", [3], 0))

    assert rgba(data) == [[[R, G]], [[R, B]], [[W, NONE]]]


def test_disposal_3_brings_back_what_was_there_after_the_disposal_before():
    data = dots(
        (control(1, 2), [0, 0], 0), (control(1, 3), [1], 0), (control(1, 3), [2], 1), (b"", [3], 0)
    )

    assert rgba(data) == [[[R, R]], [[G, NONE]], [[NONE, B]], [[W, NONE]]]


def test_a_transparent_index_leaves_what_is_below():
    data = dots((b"", [0, 1], 0), (control(1, 0, 3), [3, 2], 0))

    assert rgba(data) == [[[R, G]], [[R, B]]]


def test_transparent_pixels_are_white_in_rgb():
    assert decode_gif(dots((b"", [0], 1))).pixels.tolist() == [[[list(WHITE), list(RED)]]]


def test_an_own_palette_serves_its_image_only():
    own = image([1, 0], (0, 0, 2, 1), colours=(BLUE, WHITE))
    data = screen(2, 1) + own + image([1], (0, 0, 1, 1))

    assert rgba(data) == [[[W, B]], [[G, B]]]


def test_indices_above_the_palette_and_images_without_one_draw_nothing():
    beyond = screen(2, 1, PALETTE[:2]) + image([0, 3], (0, 0, 2, 1))
    without = screen(2, 1, ()) + image([0, 3], (0, 0, 2, 1))

    assert rgba(beyond) == [[[R, NONE]]]
    assert rgba(without) == [[[NONE, NONE]]]


@pytest.mark.parametrize(
    ("box", "shown"),
    [((1, 0, 2, 1), [[NONE, R]]), ((5, 0, 2, 1), [[NONE, NONE]]), ((0, 9, 2, 1), [[NONE, NONE]])],
)
def test_what_lies_outside_the_canvas_is_cut_and_the_canvas_stays(box, shown):
    assert rgba(screen(2, 1) + image([0, 1], box)) == [shown]


@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 7, 8, 9, 16, 17])
def test_interlaced_rows_go_where_the_specification_says(height):
    order = [*range(0, height, 8), *range(4, height, 8), *range(2, height, 4), *range(1, height, 2)]
    data = screen(1, height) + image([y % 4 for y in order], (0, 0, 1, height), interlaced=True)

    expected = [list(PALETTE[y % 4]) for y in range(height)]
    assert decode_gif(data).pixels[0, :, 0].tolist() == expected


def test_missing_pixels_of_a_damaged_image_show_what_was_there():
    first, second = image([0] * 4, (0, 0, 2, 2)), image([1, 1, 1], (0, 0, 2, 2))

    assert rgba(screen(2, 2) + first + second)[1] == [[G, G], [G, R]]


def test_raw_delays_are_as_written_and_played_delays_as_in_browsers():
    timing = decode_gif(
        dots((b"", [0], 0), (control(1), [0], 0), (control(2), [0], 0), (control(50), [0], 0))
    ).timing

    assert timing.raw_delays_ms.tolist() == [0, 10, 20, 500]
    assert timing.delays_ms.tolist() == [100, 100, 20, 500]


def test_the_specification_makes_layers_of_images_without_delay_and_browsers_do_not():
    data = dots((b"", [0], 0), (control(5), [1], 1), (b"", [2], 0))

    assert rgba(data, reading=Reading.BROWSER) == [[[R, NONE]], [[R, G]], [[B, G]]]
    assert rgba(data, reading=Reading.SPECIFICATION) == [[[R, G]], [[B, G]]]


def test_without_any_delay_the_specification_needs_a_loop_to_see_an_animation():
    pair = image([0], (0, 0, 1, 1)) + image([1], (0, 0, 1, 1))

    assert rgba(screen(1, 1) + pair, reading=Reading.SPECIFICATION) == [[[G]]]
    looped = screen(1, 1) + looping(0) + pair
    assert rgba(looped, reading=Reading.SPECIFICATION) == [[[R]], [[G]]]


def test_a_file_without_images_is_an_error_or_by_the_specification_a_bare_canvas():
    with pytest.raises(NotDecodable, match="no image"):
        decode_gif(screen(1, 1) + TRAILER)
    assert rgba(screen(1, 1) + TRAILER, reading=Reading.SPECIFICATION) == [[[NONE]]]


def test_images_without_a_single_readable_pixel_are_an_error():
    with pytest.raises(NotDecodable, match="readable pixel"):
        decode_gif(screen(1, 1) + image([], (0, 0, 1, 1), data=b"\xff\xff"))


def test_the_output_limit_counts_chosen_frames_with_repeats():
    data = dots((b"", [0, 1], 0))

    with pytest.raises(LimitExceeded, match="max_output_px"):
        decode_gif(data, lambda timing: np.zeros(9, np.int64), Limits(max_output_px=17))


@pytest.mark.parametrize("index", [-1, 2])
def test_choosing_a_frame_that_is_not_there_is_an_input_error(index):
    with pytest.raises(InputError, match="from 0 to 1"):
        decode_gif(dots((b"", [0], 0), (b"", [0], 0)), lambda timing: np.array([index]))


def busy_gif(seed, *, disposals=(0, 1, 2, 3), frames=12, side=24):
    """Random images on random places with every disposal, written with Pillow's LZW."""
    rng = np.random.default_rng(seed)
    parts = [screen(side, side, PALETTE)]
    for number in range(frames):
        left, top = (0, 0) if number == 0 else rng.integers(0, side - 1, 2)
        width, height = rng.integers(1, side - max(left, top) + 1, 2)
        indices = rng.integers(0, 4, width * height).tolist()
        parts.append(control(5, int(rng.choice(disposals)), int(rng.integers(0, 4))))
        parts.append(image(indices, (left, top, width, height), interlaced=bool(number % 2)))
    return b"".join(parts) + TRAILER


@pytest.mark.parametrize("seed", range(6))
def test_chosen_frames_are_the_same_as_those_of_a_full_decode(seed):
    data = busy_gif(seed)
    every = decode_gif(data)
    choice = np.random.default_rng(seed).integers(0, 12, 7)

    some = decode_gif(data, lambda timing: choice)

    assert np.array_equal(some.pixels, every.pixels[choice])
    assert some.indices.tolist() == choice.tolist()
    assert len(some.timing) == 12


@pytest.mark.parametrize("seed", range(4))
def test_frames_with_every_disposal_equal_those_of_ffmpeg(seed):
    data = busy_gif(seed)
    with av.open(io.BytesIO(data), format="gif") as container:
        peer = [frame.to_ndarray(format="rgba") for frame in container.decode(video=0)]

    ours = decode_gif_rgba(data)

    assert len(ours) == len(peer)
    for mine, theirs in zip(ours, peer, strict=True):
        assert np.array_equal(mine[..., 3], theirs[..., 3])
        assert np.array_equal(mine[mine[..., 3] > 0], theirs[mine[..., 3] > 0])


def test_a_photograph_like_gif_equals_pillow():
    ramp = np.add.outer(np.arange(64), np.arange(80)) % 256
    frames = [PillowImage.fromarray(np.roll(ramp, 3 * k, 1).astype(np.uint8)) for k in range(5)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=40, loop=0)

    ours = decode_gif(file.getvalue())

    with PillowImage.open(file) as peer:
        for number, picture in enumerate(ours.pixels):
            peer.seek(number)
            assert np.array_equal(picture, np.asarray(peer.convert("RGB")))
