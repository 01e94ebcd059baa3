"""Which frames a model sees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.core.config import load
from anigifs.core.errors import ConfigError, NotDecodable
from anigifs.media.frames import Timing
from anigifs.media.sampling import SamplingConfig, chooser, sample, spread

counts = st.integers(1, 2_000)


def timing(*delays_ms):
    values = np.array(delays_ms, float)
    return Timing(values, values)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [(1, 3, [0, 0, 0]), (4, 4, [0, 1, 2, 3]), (2, 4, [0, 0, 1, 1]), (9, 3, [1, 4, 7])],
)
def test_even_spacing_by_hand(source, target, expected):
    assert spread(source, target).tolist() == expected


@given(source=counts, target=counts)
def test_even_spacing_stays_in_order_and_in_range(source, target):
    indices = spread(source, target)
    assert indices.shape == (target,)
    assert (np.diff(indices) >= 0).all()
    assert 0 <= indices[0] <= indices[-1] < source


@given(source=counts, target=counts)
def test_no_frame_shows_twice_more_often_than_another(source, target):
    shown = np.bincount(spread(source, target), minlength=source)
    assert shown.max() - shown.min() <= 1


@given(source=counts, target=counts)
def test_reversing_a_clip_reverses_the_choice(source, target):
    forward = spread(source, target)
    backward = (source - 1 - forward)[::-1]
    assert np.abs(forward - backward).max() <= 1


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        ("spread", [0, 0, 1, 1, 1, 2, 2]),
        ("loop", [0, 1, 2, 0, 1, 2, 0]),
        ("pad", [0, 1, 2, 2, 2, 2, 2]),
    ],
)
def test_a_short_clip_is_spread_looped_or_held(fit, expected):
    config = SamplingConfig(frames=7, fit=fit)
    assert sample(timing(10, 20, 30), config).tolist() == expected


@pytest.mark.parametrize("fit", ["spread", "loop", "pad"])
def test_a_long_clip_is_always_spread(fit):
    config = SamplingConfig(frames=3, fit=fit)
    assert sample(timing(*[40] * 9), config).tolist() == [1, 4, 7]


def test_by_the_clock_a_frame_that_shows_longer_is_seen_more_often():
    config = SamplingConfig(frames=4, time="delays")
    assert sample(timing(100, 300), config).tolist() == [0, 1, 1, 1]
    assert sample(timing(300, 60, 40), config).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("fit", "expected"), [("loop", [0, 1, 1, 0, 1, 1]), ("pad", [0, 1, 1, 1, 1, 1])]
)
def test_by_the_clock_a_short_clip_has_steps_of_one_over_fps(fit, expected):
    config = SamplingConfig(frames=6, fit=fit, time="delays", fps=10)
    assert sample(timing(100, 200), config).tolist() == expected


@given(count=st.integers(1, 300), frames=st.integers(1, 100))
def test_with_equal_delays_the_clock_agrees_with_counting_frames(count, frames):
    # 40 ms and powers of two keep the clock's arithmetic exact only to rounding: one frame off.
    equal = timing(*[40] * count)
    counted = sample(equal, SamplingConfig(frames=frames))
    clocked = sample(equal, SamplingConfig(frames=frames, time="delays"))
    assert np.abs(counted - clocked).max() <= 1


def test_a_chooser_is_sample_with_a_config():
    config = SamplingConfig(frames=5)
    assert chooser(config)(timing(1, 2)).tolist() == sample(timing(1, 2), config).tolist()


def test_a_picture_without_frames_is_refused():
    with pytest.raises(NotDecodable, match="no frame to sample"):
        sample(timing(), SamplingConfig())


def test_every_faulty_key_of_a_config_is_named_at_once(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text("frames = 0\nfti = 'loop'\n")
    with pytest.raises(ConfigError, match=r"(?s)frames: .*got 0.*fti: .*Did you mean 'fit'"):
        load(SamplingConfig, file)
