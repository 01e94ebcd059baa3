"""When frames show: even and natural, or few, uneven, fast and looping."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.simulate.config import Extent, Look
from anigifs.simulate.timing import TURN, Tempo, timeline

REAL, DRAWN = Look(), Look(speed=1, frames=1, exaggeration=1)
tempos = st.builds(Tempo, st.floats(0.3, 1.6), st.floats(0, 1), st.floats(0, 6))


def make(tempo, look, seed):
    return timeline(tempo, look, Extent(), np.random.default_rng(seed))


@given(tempo=tempos, seed=st.integers(0, 999))
def test_real_clips_have_40_even_frames_at_their_own_tempo(tempo, seed):
    line = make(tempo, REAL, seed)
    assert line.delays_ms.tolist() == [80.0] * 40
    cycles = (line.phase[-1] - line.phase[0]) / TURN
    assert cycles == pytest.approx(min(5, tempo.hz * 3.2) * 39 / 40, abs=0.06)


@given(tempo=tempos, seed=st.integers(0, 999))
def test_drawn_clips_have_6_to_60_frames_that_gif_can_time(tempo, seed):
    line = make(tempo, DRAWN, seed)
    assert 6 <= len(line.phase) <= 60
    assert (line.delays_ms % 10 == 0).all()
    assert line.delays_ms.min() >= 20


@given(tempo=tempos, seed=st.integers(0, 999), knob=st.floats(0, 1))
def test_time_never_runs_back_and_a_cycle_has_4_frames(tempo, seed, knob):
    line = make(tempo, Look(speed=knob, frames=knob, exaggeration=knob), seed)
    assert (np.diff(line.phase) > 0).all()
    cycles = (line.phase[-1] - line.phase[0]) / TURN
    assert cycles <= max(1, min(5, len(line.phase) / 4)) + 0.3


def test_drawn_clips_differ_in_their_delays():
    spreads = [np.ptp(make(Tempo(0.5, 0, 0), DRAWN, seed).delays_ms) for seed in range(20)]
    assert np.mean([spread > 0 for spread in spreads]) > 0.9


def test_the_speed_knob_changes_the_phase_and_not_the_delays():
    slow, fast = (make(Tempo(0.4, 0, 0), Look(speed=knob), 7) for knob in (0, 1))
    assert (slow.delays_ms == fast.delays_ms).all()
    rate = (fast.phase[-1] - fast.phase[0]) / (slow.phase[-1] - slow.phase[0])
    assert 1.2 < rate < 2.1
