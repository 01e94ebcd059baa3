"""One door for all formats: the first bytes choose the decoder."""

import io

import numpy as np
import pytest
from PIL import Image

from anigifs.core.errors import LimitExceeded, NotDecodable
from anigifs.media.decode import decode, probe
from anigifs.media.encode import encode_gif, write_video
from anigifs.media.limits import Limits

DELAYS = [100, 200, 300, 400]


def pictures():
    frames = np.zeros((4, 24, 32, 3), np.uint8)
    frames[:] = np.array([10, 90, 170, 250])[:, None, None, None]
    return frames


def gif(path):
    path.write_bytes(encode_gif(pictures(), DELAYS))


def apng(path):
    save(path, "PNG")


def webp(path):
    save(path, "WEBP", lossless=True)


def save(path, kind, **options):
    images = [Image.fromarray(frame) for frame in pictures()]
    file = io.BytesIO()
    rest = {"append_images": images[1:], "duration": DELAYS, **options}
    images[0].save(file, kind, save_all=True, **rest)
    path.write_bytes(file.getvalue())


WRITERS = {"gif": gif, "video": apng, "webp": webp}


@pytest.fixture(params=list(WRITERS))
def animation(request, tmp_path):
    path = tmp_path / "misnamed.txt"
    WRITERS[request.param](path)
    return request.param, path


def test_every_format_gives_the_same_frames_and_times_whatever_its_name(animation):
    frames = decode(animation[1])
    np.testing.assert_array_equal(frames.pixels, pictures())
    np.testing.assert_allclose(frames.timing.delays_ms, DELAYS)


def test_every_format_knows_spans_and_chosen_frames(animation):
    frames = decode(animation[1], lambda timing: np.arange(len(timing))[::-1], span_s=(0.1, 0.6))
    np.testing.assert_array_equal(frames.pixels, pictures()[[2, 1]])
    np.testing.assert_array_equal(frames.indices, [1, 0])
    np.testing.assert_allclose(frames.times_ms, [200, 0])
    assert len(frames.timing) == 2


def test_every_format_is_probed_without_pixels(animation):
    kind, path = animation
    found = probe(path)
    assert (found.kind, found.width, found.height) == (kind, 32, 24)
    np.testing.assert_allclose(found.timing.delays_ms, DELAYS)
    assert len(probe(path, span_s=(0.1, 0.6)).timing) == 2


def test_limits_hold_for_every_format_and_the_file_is_named(animation):
    with pytest.raises(LimitExceeded, match=r"misnamed\.txt: frames is 4"):
        decode(animation[1], limits=Limits(max_frames=3))


def test_a_video_goes_the_same_way(tmp_path):
    write_video(tmp_path / "a.mp4", pictures(), 10)
    frames = decode(tmp_path / "a.mp4")
    assert np.abs(frames.pixels.astype(int) - pictures()).max() <= 4
    assert probe(tmp_path / "a.mp4").kind == "video"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBP", "still WebP"),
        (b"hello", "not a moving picture that we read"),
    ],
)
def test_what_is_no_moving_picture_is_refused_by_name(tmp_path, data, message):
    path = tmp_path / "broken.bin"
    path.write_bytes(data)
    with pytest.raises(NotDecodable, match=rf"broken\.bin: .*{message}"):
        decode(path)


def test_a_folder_and_an_absent_file_are_no_pictures(tmp_path):
    with pytest.raises(NotDecodable, match="Is a directory"):
        decode(tmp_path)
    with pytest.raises(NotDecodable, match="No such file"):
        probe(tmp_path / "absent.gif")


@pytest.mark.real
@pytest.mark.slow
def test_every_real_file_decodes(real_data):
    files = [
        path
        for folder in ("animated", "real-video")
        for path in sorted((real_data / folder).rglob("*.*"))
        if path.suffix in {".gif", ".mkv", ".avi", ".mp4"}
    ]
    assert len(files) > 80
    for path in files:
        frames = decode(path, lambda timing: np.array([0, len(timing) - 1]))
        assert frames.pixels.shape[0] == 2
