"""Decoding video and APNG; checked against PyAV's plain loop, Pillow, and patched containers."""

import io
import struct
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from anigifs.core.errors import InputError, LimitExceeded, MediaError, NotDecodable
from anigifs.media.encode import write_video
from anigifs.media.limits import Limits
from anigifs.media.video import decode_video, over_white, probe_video


def picture_of(number, height=48, width=64):
    """Grey, lighter with `number`, with a bright upper left corner."""
    frame = np.full((height, width, 3), 20 + 2 * number, np.uint8)
    frame[: height // 4, : width // 4] = 250
    return frame


def written(path, count=100, fps=25):
    write_video(path, np.stack([picture_of(n) for n in range(count)]), fps)
    return path


def plain(path):
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "mov"])
def test_all_frames_come_in_the_order_they_show(tmp_path, suffix):
    path = written(tmp_path / f"a.{suffix}", count=30)
    frames = decode_video(path)
    np.testing.assert_array_equal(frames.pixels, plain(path))
    np.testing.assert_allclose(frames.times_ms, np.arange(30) * 40)
    assert frames.timing.duration_ms == pytest.approx(1200)


def test_chosen_frames_repeat_and_come_in_any_order(tmp_path):
    path = written(tmp_path / "a.mp4", count=30)
    chosen = np.array([29, 3, 3, 0, 17])
    frames = decode_video(path, lambda _: chosen)
    np.testing.assert_array_equal(frames.pixels, plain(path)[chosen])
    np.testing.assert_array_equal(frames.indices, chosen)


def test_only_chosen_frames_become_rgb(tmp_path, monkeypatch):
    path = written(tmp_path / "a.mp4", count=50)
    asked = []
    convert = av.VideoFrame.to_ndarray
    monkeypatch.setattr(
        "anigifs.media.video._rgb",
        lambda frame: asked.append(frame.pts) or convert(frame, format="rgb24"),
    )
    decode_video(path, lambda _: np.array([5, 40, 40]))
    assert len(asked) == 2


def test_bytes_decode_as_the_file_does(tmp_path):
    path = written(tmp_path / "a.mkv", count=9)
    np.testing.assert_array_equal(decode_video(path.read_bytes()).pixels, decode_video(path).pixels)


def test_uneven_times_are_those_of_the_container(tmp_path):
    stamps = [0, 100, 130, 400, 401]
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(picture_of(number), format="rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    frames = decode_video(tmp_path / "a.mkv")
    np.testing.assert_allclose(frames.times_ms, stamps)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi"])
@pytest.mark.parametrize("span", [(0.0, 0.4), (1.0, 2.0), (3.2, 3.6), (3.9, 60.0)])
def test_a_span_is_the_frames_that_appear_in_it(tmp_path, suffix, span):
    path = written(tmp_path / f"a.{suffix}")
    whole = plain(path)
    first, end = round(span[0] * 25), min(100, round(span[1] * 25))
    frames = decode_video(path, span_s=span)
    np.testing.assert_array_equal(frames.pixels, whole[first:end])
    np.testing.assert_allclose(frames.times_ms, np.arange(end - first) * 40, atol=1e-6)


@pytest.mark.parametrize(("span", "kind"), [((9.0, 10.0), NotDecodable), ((2.0, 1.0), InputError)])
def test_a_span_without_frames_is_refused(tmp_path, span, kind):
    with pytest.raises(kind, match=r"no frame appears from 9 s|start < end"):
        decode_video(written(tmp_path / "a.mp4", count=30), span_s=span)


@pytest.mark.parametrize(
    ("matrix", "turns"),
    [((0, 1, -1, 0), -1), ((-1, 0, 0, -1), 2), ((0, -1, 1, 0), 1)],
    ids=["90 clockwise", "180", "90 anticlockwise"],
)
def test_a_phone_held_upright_shows_upright(tmp_path, matrix, turns):
    path = written(tmp_path / "a.mp4", count=3)
    stored = plain(path)
    data = bytearray(path.read_bytes())
    a, b, c, d = (value * 65536 for value in matrix)
    # ISO 14496-12: the track header's matrix lies 40 bytes into the box's body.
    struct.pack_into(">9i", data, data.index(b"tkhd") + 44, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    turned = decode_video(bytes(data)).pixels
    np.testing.assert_array_equal(turned, np.rot90(stored, turns, axes=(1, 2)))


def test_a_playlist_cannot_name_other_files(tmp_path):
    written(tmp_path / "secret.mp4", count=3)
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.mp4\n#EXT-X-ENDLIST\n"
    for name, text in {
        "a.m3u8": playlist,
        "b.mp4": playlist,
        "c.txt": "ffconcat version 1.0\nfile secret.mp4\n",
    }.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(NotDecodable, match="not a moving picture that we read"):
            decode_video(tmp_path / name)


def test_a_name_that_looks_like_a_protocol_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path / "concat:a|b.mp4", count=3)
    assert len(decode_video(path.relative_to(tmp_path)).pixels) == 3


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 5000, b"RIFFxxxxAVI LIST", b"<html>" * 99])
def test_what_is_no_video_is_refused(data):
    with pytest.raises(NotDecodable, match=r"broken, or not a moving picture"):
        decode_video(data)


def test_a_cut_video_is_an_error_or_fewer_frames(tmp_path):
    data = written(tmp_path / "a.mp4").read_bytes()
    with pytest.raises(NotDecodable):
        decode_video(data[: len(data) // 2])
    data = written(tmp_path / "a.mkv").read_bytes()
    assert 0 < len(decode_video(data[: len(data) // 2]).pixels) < 100


@settings(max_examples=60, deadline=None)
@given(data=st.data(), suffix=st.sampled_from(["mp4", "mkv", "avi", "png"]))
def test_damage_gives_frames_or_a_clean_error(tmp_path_factory, data, suffix):
    whole = bytearray(sample_bytes(tmp_path_factory, suffix))
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        frames = decode_video(bytes(whole), limits=Limits(max_canvas_px=10**6, max_frames=500))
    except MediaError:
        return
    assert frames.pixels.shape[0] == len(frames.timing) >= 1


CACHE = {}


def sample_bytes(factory, suffix):
    if suffix not in CACHE:
        path = factory.mktemp("damage") / f"a.{suffix}"
        if suffix == "png":
            path.write_bytes(apng()[0])
        else:
            written(path, count=10)
        CACHE[suffix] = path.read_bytes()
    return CACHE[suffix]


def apng(delays=(50, 70, 0, 5, 120)):
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (len(delays), 20, 30, 4), dtype=np.uint8)
    images = [Image.fromarray(picture) for picture in colours]
    file = io.BytesIO()
    images[0].save(
        file, "PNG", save_all=True, append_images=images[1:], duration=list(delays), blend=0
    )
    return file.getvalue(), colours


def test_an_apng_is_composed_over_white_and_its_delays_are_as_written():
    data, colours = apng()
    frames = decode_video(data)
    alpha = colours[..., 3:].astype(float) / 255
    want = colours[..., :3] * alpha + 255 * (1 - alpha)
    assert np.abs(frames.pixels - want).max() <= 0.5 + 1e-9
    np.testing.assert_allclose(frames.timing.raw_delays_ms, [50, 70, 0, 5, 120])
    np.testing.assert_allclose(frames.timing.delays_ms, [50, 70, 100, 100, 120])


def test_over_white_agrees_with_pillow_to_one_level():
    rgba = np.random.default_rng(1).integers(0, 256, (64, 64, 4), dtype=np.uint8)
    ground = Image.new("RGBA", (64, 64), "white")
    want = np.array(Image.alpha_composite(ground, Image.fromarray(rgba)))[..., :3]
    assert np.abs(over_white(rgba).astype(int) - want).max() <= 1


def test_a_still_png_is_not_a_moving_picture():
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    with pytest.raises(NotDecodable):
        decode_video(file.getvalue())


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"max_frames": 20}, "frames is 30"),
        ({"max_canvas_px": 1000}, "canvas_px is 3,072"),
        ({"max_side_px": 60}, "side_px is 64"),
        ({"max_duration_s": 1}, "duration_s is 1.2"),
        ({"max_output_px": 30_000}, "output_px is 92,160"),
    ],
)
def test_limits_are_kept(tmp_path, limits, message):
    path = written(tmp_path / "a.mp4", count=30)
    with pytest.raises(LimitExceeded, match=message):
        decode_video(path, limits=Limits(**limits))


def test_probing_knows_size_and_times_without_pixels(tmp_path):
    movie = probe_video(written(tmp_path / "a.mp4", count=12))
    assert (movie.width, movie.height, len(movie.timing)) == (64, 48, 12)


@pytest.mark.real
def test_every_real_video_decodes_as_the_plain_loop_does(real_data):
    files = sorted((real_data / "real-video").glob("*/*.*"))
    assert len(files) >= 9
    for path in files:
        frames = decode_video(path, lambda timing: np.array([0, len(timing) - 1]))
        whole = plain(path)
        assert len(frames.timing) == len(whole)
        np.testing.assert_array_equal(frames.pixels, whole[[0, -1]])


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def stills_of(data):
    """(control, RGBA) of each picture of an APNG, each rebuilt as a PNG of its own."""
    at, pictures, header = 8, [], b""
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            header = body
        elif kind == b"fcTL":
            pictures.append((struct.unpack(">IIIIIHHBB", body), []))
        elif kind in (b"IDAT", b"fdAT") and pictures:
            pictures[-1][1].append(body[4:] if kind == b"fdAT" else body)
        at += 12 + length
    for control, parts in pictures:
        size = struct.pack(">II", *control[1:3]) + header[8:]
        still = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", b"".join(parts))
        image = Image.open(io.BytesIO(still + chunk(b"IEND", b"")))
        yield control, np.array(image.convert("RGBA")).astype(float)


def composed(data, height, width):
    """The specification's composition, in float: source or over; then keep, clear or restore."""
    canvas = np.zeros((height, width, 4))
    for (_, w, h, x, y, _, _, dispose, blend), top in stills_of(data):
        before = canvas.copy()
        part = canvas[y : y + h, x : x + w]
        alpha = top[..., 3:] / 255 if blend else 1.0
        part[:] = np.floor(top * alpha + part * (1 - alpha) + 0.5)
        part[..., 3] = np.maximum(part[..., 3], 255 * (before[y : y + h, x : x + w, 3] == 255))
        yield canvas[..., :3].copy()
        if dispose == 1:
            part[:] = 0
        elif dispose == 2:
            canvas = before


@pytest.mark.real
def test_a_real_apng_is_composed_as_the_specification_says(real_data):
    # Opaque; frames laid over others, one taken back. Pillow is up to 50 levels off.
    data = (real_data / "gif-conformance" / "pillow" / "iss634.apng").read_bytes()
    frames = decode_video(data)
    want = np.stack(list(composed(data, 245, 245)))
    assert frames.pixels.shape == want.shape == (41, 245, 245, 3)
    np.testing.assert_array_equal(frames.pixels, want)
