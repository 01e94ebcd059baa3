"""When frames show, and which moment of the action each of them holds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from anigifs.simulate.config import Extent, Look
from anigifs.simulate.skeleton import Floats

TURN = 2 * np.pi
WOBBLE = 0.15
"""Depth in radians of a person's uneven tempo: our choice."""
HOLD = 0.5
"""How far key poses are held at `exaggeration = 1`: at 1 the figure would stop there."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """One performance, drawn without a look at the knobs: the same for both renderings."""

    hz: float
    start: float
    wobble: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """phase: radians (T,), rising. delays_ms: (T,), multiples of 10, as GIF stores them."""

    phase: Floats
    delays_ms: Floats


def timeline(tempo: Tempo, look: Look, extent: Extent, draw: np.random.Generator) -> Timeline:
    """The frames of one clip."""
    few = _log_uniform(draw, extent.few_frames)
    count = round(extent.frames * (few / extent.frames) ** look.frames)
    even, uneven = draw.uniform(*extent.delay_ms), draw.uniform(*extent.uneven_ms)
    delay = even + (uneven - even) * look.frames
    faster = draw.uniform(*extent.speedup) ** look.speed
    cycles = _cycles(tempo.hz * faster * count * delay / 1000, count, look, extent)
    spread = extent.unevenness * look.frames
    steps = np.exp(0.8 * spread * draw.standard_normal(count))
    holds = np.exp(spread * draw.standard_normal(count))
    share = np.cumsum(np.concatenate([[0.0], steps[:-1]])) / steps.sum()
    delays = np.maximum(20, np.round(holds / holds.mean() * delay / 10) * 10)
    return Timeline(_performed(TURN * cycles * share, tempo, look), delays)


def _cycles(natural: float, count: int, look: Look, extent: Extent) -> float:
    """A looping drawing shows whole cycles; nothing shows more than can be sampled."""
    most = max(1.0, min(extent.most_cycles, count / extent.least_frames_a_cycle))
    cycles = min(natural, most)
    whole = min(max(1.0, float(round(cycles))), math.floor(most))
    return cycles + (whole - cycles) * look.frames


def _performed(even: Floats, tempo: Tempo, look: Look) -> Floats:
    """Tempo wobbles in a person; key poses are held in a drawing."""
    natural = even + WOBBLE * (1 - look.frames) * np.sin(0.5 * even + tempo.wobble)
    phase = natural + TURN * tempo.start
    return phase - HOLD * look.exaggeration * np.sin(2 * phase) / 2


def _log_uniform(draw: np.random.Generator, span: tuple[float, float]) -> float:
    low, high = span
    return float(low * (high / low) ** draw.random())
