"""Encoding GIFs and videos; the reader in these tests is Pillow, for video PyAV."""

import io

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from anigifs.core.errors import InputError
from anigifs.media.encode import encode_gif, write_video


def read(data):
    image = Image.open(io.BytesIO(data))
    frames, delays = [], []
    for frame in ImageSequence.Iterator(image):
        frames.append(np.array(frame.convert("RGB")))
        delays.append(frame.info["duration"])
    return np.stack(frames), delays, image


def noise(seed, shape, colours):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 256, (colours, 3), dtype=np.uint8)
    return table[rng.integers(0, colours, shape)]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.tuples(st.integers(1, 4), st.integers(1, 40), st.integers(1, 40)),
    colours=st.integers(1, 256),
    use=st.sampled_from(["global", "local"]),
)
def test_a_picture_with_few_colours_survives_exactly(seed, size, colours, use):
    frames = noise(seed, size, colours)
    decoded, _, _ = read(encode_gif(frames, [50] * len(frames), palette=use))
    np.testing.assert_array_equal(decoded, frames)


@pytest.mark.parametrize("colours", [1, 2, 3, 16, 200, 256])
def test_long_streams_survive_that_fill_the_code_table_many_times(colours):
    frames = np.concatenate(
        [noise(1, (1, 300, 301), colours), np.zeros((1, 300, 301, 3), np.uint8)]
    )
    frames[1] = frames[0, 0, 0]
    decoded, _, _ = read(encode_gif(frames, [10, 20]))
    np.testing.assert_array_equal(decoded, frames)


def test_equal_frames_stay_apart_and_uneven_delays_are_exact():
    frames = np.full((5, 8, 8, 3), 7, np.uint8)
    delays = [20, 70, 70, 1000, 655_350]
    decoded, read_delays, _ = read(encode_gif(frames, delays))
    assert len(decoded) == 5
    assert read_delays == delays


def test_delays_between_centiseconds_do_not_drift():
    frames = np.zeros((30, 4, 4, 3), np.uint8)
    _, delays, _ = read(encode_gif(frames, [1000 / 30] * 30))
    assert sum(delays) == 1000
    assert set(delays) == {30, 40}


@pytest.mark.parametrize(("loop", "shown"), [(0, 0), (3, 3), (None, None)])
def test_the_loop_count_is_written(loop, shown):
    _, _, image = read(encode_gif(np.zeros((2, 4, 4, 3), np.uint8), [50, 50], loop=loop))
    assert image.info.get("loop") == shown


def test_every_pixel_takes_the_nearest_colour_of_the_palette():
    frames = np.random.default_rng(0).integers(0, 256, (1, 30, 40, 3), dtype=np.uint8)
    decoded, _, _ = read(encode_gif(frames, [50], colours=16))
    palette = np.unique(decoded.reshape(-1, 3), axis=0).astype(int)
    assert 2 <= len(palette) <= 16
    gaps = ((frames[0][:, :, None].astype(int) - palette) ** 2).sum(-1)
    chosen = ((frames[0].astype(int) - decoded[0]) ** 2).sum(-1)
    np.testing.assert_array_equal(chosen, gaps.min(-1))


def test_dithering_keeps_the_mean_where_rounding_loses_it():
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    frames = np.broadcast_to(ramp[None, None, :, None], (1, 64, 64, 3)).copy()
    want = frames[:, :, 16:48].mean()
    near, _, _ = read(encode_gif(frames, [50], colours=2))
    diffused, _, _ = read(encode_gif(frames, [50], colours=2, dither=True))
    block = (slice(None), slice(None), slice(16, 24))
    low = frames[block].mean()
    assert abs(diffused[:, :, 16:48].mean() - want) < 6
    assert abs(diffused[block].mean() - low) < abs(near[block].mean() - low)


def test_a_palette_per_frame_is_truer_than_one_for_all():
    grey = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 1))
    frames = np.zeros((4, 32, 32, 3), np.uint8)
    for i in range(3):
        frames[i, :, :, i] = grey[i, :, :, 0]
    errors = []
    for use in ("local", "global"):
        decoded, _, _ = read(encode_gif(frames, [50] * 4, colours=32, palette=use))
        errors.append(np.abs(decoded.astype(int) - frames).mean())
    assert errors[0] < errors[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frames": np.zeros((1, 4, 4), np.uint8)}, "uint8 .T, H, W, 3."),
        ({"frames": np.zeros((0, 4, 4, 3), np.uint8)}, "1 or more"),
        ({"frames": np.zeros((1, 4, 4, 3), np.float32)}, "float32"),
        ({"delays_ms": [50, 50]}, "as many delays; got 2"),
        ({"delays_ms": [-1]}, "0 or more"),
        ({"delays_ms": [700_000]}, "at most 655350 ms"),
        ({"colours": 1}, "2 to 256; got 1"),
        ({"loop": -1}, "None or 0 to 65535"),
    ],
)
def test_bad_input_is_refused_with_a_reason(change, message):
    given = {"frames": np.zeros((1, 4, 4, 3), np.uint8), "delays_ms": [50], **change}
    with pytest.raises(InputError, match=message):
        encode_gif(**given)


def moving_square(count=12, height=47, width=63):
    frames = np.full((count, height, width, 3), 40, np.uint8)
    for i in range(count):
        frames[i, 10:30, 2 + 3 * i : 22 + 3 * i] = (200, 120, 60)
    return frames


def test_a_video_shows_the_frames_at_the_asked_rate(tmp_path):
    frames = moving_square()
    write_video(tmp_path / "a.mp4", frames, 12.5)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        decoded = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert stream.average_rate == 12.5
    assert len(decoded) == len(frames)
    assert decoded[0].shape == (48, 64, 3)
    assert np.abs(np.stack(decoded)[:, :47, :63].astype(int) - frames).mean() < 6


def test_the_same_frames_give_the_same_bytes(tmp_path):
    frames = moving_square()
    for name in ("a.mp4", "b.mp4"):
        write_video(tmp_path / name, frames, 25)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert encode_gif(frames, [40] * 12) == encode_gif(frames, [40] * 12)


def test_a_video_without_a_rate_is_refused(tmp_path):
    with pytest.raises(InputError, match="fps must be positive"):
        write_video(tmp_path / "a.mp4", moving_square(), 0)
    assert not list(tmp_path.iterdir())


def test_a_video_of_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"ends in .mp4, .*; got 'a.gif'"):
        write_video(tmp_path / "a.gif", moving_square(), 25)
