"""Real videos to real GIFs; what was written is read back with Pillow."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from anigifs.core.errors import InputError, NotDecodable
from anigifs.core.records import Box, Clip, ClipSet, Domain
from anigifs.core.seeds import stream
from anigifs.datasets.release import read_release, verify_release
from anigifs.media.encode import write_video
from anigifs.media.frames import Timing
from anigifs.release import gifify as module
from anigifs.release.gifify import GififyConfig, Plan, gifify, plan, retime

SMALL = GififyConfig(frames=10, short_side_px=24, colours=16)


def clips(folder, count=3, **facts):
    found = []
    for number in range(count):
        path = folder / f"v{number}.mp4"
        frames = np.zeros((25, 48, 64, 3), np.uint8)
        frames[:] = (10 * np.arange(25) % 256).astype(np.uint8)[:, None, None, None]
        frames[:, : 10 + number] = 200
        write_video(path, frames, 25)
        found.append(
            Clip(
                id=f"v{number}",
                path=path,
                domain=Domain.REAL_VIDEO,
                label="squat",
                split="train",
                **facts,
            )
        )
    return ClipSet(name="videos", classes=("squat", "situp"), clips=tuple(found))


def bytes_below(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_a_video_becomes_a_gif_of_the_asked_shape_and_keeps_its_facts(tmp_path):
    (tmp_path / "in").mkdir()
    made = gifify(clips(tmp_path / "in"), tmp_path / "out", SMALL)
    assert read_release(tmp_path / "out").clips == made.clips
    assert verify_release(tmp_path / "out") == []
    first = made.clips[0]
    assert (first.id, first.label, first.split, first.group) == ("v0", "squat", "train", "v0")
    assert first.domain is Domain.REAL_GIF
    with Image.open(first.path) as image:
        assert (image.format, image.size, image.n_frames) == ("GIF", (32, 24), 10)
        delays, colours = [], set()
        for number in range(10):
            image.seek(number)
            delays.append(image.info["duration"])
            colours |= set(map(tuple, np.array(image.convert("RGB")).reshape(-1, 3)))
    assert sum(delays) == 1000
    assert len(colours) <= 16


def test_the_bytes_do_not_depend_on_the_number_of_workers(tmp_path):
    (tmp_path / "in").mkdir()
    source, config = clips(tmp_path / "in"), SMALL.model_copy(update={"drop": 0.4})
    for workers in (1, 2):
        gifify(source, tmp_path / f"out{workers}", config, workers)
    assert bytes_below(tmp_path / "out1") == bytes_below(tmp_path / "out2")


def test_interrupted_it_goes_on_and_makes_nothing_twice(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    source = clips(tmp_path / "in")
    gifify(source, tmp_path / "whole", SMALL)
    original, made = module.make, []

    def stopping(clip, config):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(clip.id)
        return original(clip, config)

    monkeypatch.setattr(module, "make", stopping)
    with pytest.raises(KeyboardInterrupt):
        gifify(source, tmp_path / "out", SMALL)
    made.clear()
    gifify(source, tmp_path / "out", SMALL)
    assert made == ["v2"]
    assert bytes_below(tmp_path / "out") == bytes_below(tmp_path / "whole")


def test_a_broken_video_is_a_problem_of_its_own(tmp_path):
    (tmp_path / "in").mkdir()
    source = clips(tmp_path / "in")
    source.clips[1].path.write_bytes(b"no video")
    made = gifify(source, tmp_path / "out", SMALL)
    assert [clip.id for clip in made.clips] == ["v0", "v2"]
    assert [problem.item for problem in made.problems] == ["v1"]
    listed = (tmp_path / "out" / "problems.csv").read_text()
    assert listed.startswith("item,reason\nv1,")
    assert str(tmp_path) not in listed


def test_when_no_video_can_be_read_it_says_so(tmp_path):
    lost = Clip(id="a", path=Path("no.mp4"), domain=Domain.REAL_VIDEO, label="squat")
    source = ClipSet(name="videos", classes=("squat",), clips=(lost,))
    with pytest.raises(NotDecodable, match=r"none of 1 clips .*no\.mp4"):
        gifify(source, tmp_path / "out", SMALL)


def test_animations_and_empty_sets_are_refused(tmp_path):
    drawn = Clip(id="a", path=Path("a.gif"), domain=Domain.ANIMATED_GIF, label="squat")
    for found, message in (((drawn,), "'a' is animated-gif"), ((), "holds no clip")):
        with pytest.raises(InputError, match=message):
            gifify(ClipSet(name="x", classes=("squat",), clips=found), tmp_path / "out")


def test_a_span_becomes_the_whole_gif(tmp_path):
    (tmp_path / "in").mkdir()
    made = gifify(clips(tmp_path / "in", 1, span_s=(0.4, 0.8)), tmp_path / "out", SMALL)
    assert made.clips[0].span_s is None
    with Image.open(io.BytesIO(made.clips[0].path.read_bytes())) as image:
        image.seek(5)
        middle = np.array(image.convert("RGB"))[-1, 0].astype(int)
    assert np.abs(middle - 150).max() < 12  # frame 10 + 5.5 * 10 / 10, ten levels a frame


def timing(count, delay_ms=40.0):
    delays = np.full(count, delay_ms)
    return Timing(delays, delays)


def planned(count=250, **keys):
    return plan(timing(count), GififyConfig(**keys), stream(0, "test"))


def test_by_default_forty_frames_cover_the_clip_in_its_own_time():
    made = planned()
    assert len(made.indices) == 40
    assert made.delays_ms.sum() == 10_000
    assert (made.indices[0], made.indices[-1]) == (3, 246)


@pytest.mark.parametrize(
    ("keys", "frames", "duration_ms"),
    [
        ({"fps": 2}, 20, 10_000),
        ({"fps": 10}, 40, 10_000),
        ({"speed": 2}, 40, 5_000),
        ({"fps": 5, "speed": 2}, 25, 5_000),
        ({"speed": 50}, 40, 800),
    ],
)
def test_rate_and_speed_by_hand(keys, frames, duration_ms):
    made = planned(**keys)
    assert len(made.indices) == frames
    assert made.delays_ms.sum() == duration_ms


@given(
    count=st.integers(1, 400),
    drop=st.floats(0, 0.95),
    speed=st.floats(0.1, 10),
    fps=st.none() | st.floats(0.5, 50),
)
def test_delays_are_what_a_gif_can_hold_and_browsers_respect(count, drop, speed, fps):
    made = planned(count, drop=drop, speed=speed, fps=fps)
    assert (made.delays_ms >= 20).all()
    np.testing.assert_array_equal(made.delays_ms % 10, 0)
    assert (np.diff(made.indices) >= 0).all()
    assert len(made.indices) == len(made.delays_ms) >= 1


def test_dropped_frames_leave_the_playing_time_alone():
    whole, thinned = planned(), planned(drop=0.5)
    assert 10 <= len(thinned.indices) <= 30
    assert set(thinned.indices) <= set(whole.indices)
    assert thinned.indices[0] == whole.indices[0]
    assert thinned.delays_ms.sum() == whole.delays_ms.sum()


def test_a_box_follows_its_frame_to_the_new_clock():
    made = Plan(np.array([2, 7, 12]), np.array([100.0, 300.0, 200.0]))
    boxes = [Box(480, 0, 0, 0.5, 0.5), Box(285, 0, 0, 1, 1), Box(270, 0, 0, 0.1, 0.1)]
    found = retime(boxes, timing(20), made)
    # Source frames show at 80, 280, 480 ms; 285 is nearer to 280 than 270 is.
    assert found == (Box(100, 0, 0, 1, 1), Box(400, 0, 0, 0.5, 0.5))


def test_all_persons_of_a_moment_stay():
    made = Plan(np.array([0, 10]), np.array([100.0, 100.0]))
    boxes = [Box(400, 0, 0, 0.5, 1), Box(400, 0.5, 0, 1, 1)]
    assert [box.time_ms for box in retime(boxes, timing(20), made)] == [100, 100]
    assert retime([], timing(20), made) == ()


@pytest.mark.real
def test_real_videos_become_gifs(real_data, tmp_path):
    files = sorted((real_data / "real-video" / "waving hand").glob("*.avi"))
    found = tuple(
        Clip(id=path.stem, path=path, domain=Domain.REAL_VIDEO, label="waving hand")
        for path in files
    )
    source = ClipSet(name="hmdb", classes=("waving hand",), clips=found)
    made = gifify(source, tmp_path / "out")
    assert len(made.clips) == len(files) >= 3
    with Image.open(made.clips[0].path) as image:
        assert (image.n_frames, min(image.size)) == (40, 240)
