"""Which frames of a moving picture a model sees.

Source: Ani-GIFs paper, section 5.2: equally spaced frames, 40 whatever the length. The paper
upsamples below 9 frames and subsamples above 60; as everything ends at 40, those thresholds
change nothing and are not used. Our choices: the rounding rule, `loop`, `pad` and the clock.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from anigifs.core.config import Config
from anigifs.core.errors import NotDecodable
from anigifs.media.frames import Choose, Timing

Indices = NDArray[np.int64]


class SamplingConfig(Config):
    """How a moving picture of any length becomes a fixed number of frames."""

    frames: int = Field(40, ge=1, le=10_000)
    """Frames per model input. Source: Ani-GIFs paper, section 5.2."""
    fit: Literal["spread", "loop", "pad"] = "spread"
    """What a clip that is too short does: `spread` repeats each frame evenly, `loop` starts
    again, `pad` holds the last frame. Clips that are long enough are always spread."""
    time: Literal["frames", "delays"] = "frames"
    """`frames` counts frames and ignores their delays (the paper); `delays` goes by the clock,
    with the delays that browsers play, so a frame that shows longer is seen more often."""
    fps: float = Field(25.0, gt=0, le=1000)
    """The clock's rate when `time = "delays"` meets `loop` or `pad`: a clip is too short when it
    has fewer steps of 1/fps than `frames`. Source: the 25 fps of DeepMind's I3D."""


def sample(timing: Timing, config: SamplingConfig) -> Indices:
    """The frames to show, in [0, len(timing)): int64 (config.frames,).

    Raises:
        NotDecodable: the picture has no frame.
    """
    if not len(timing):
        raise NotDecodable("no frame to sample: the file, or its chosen span, holds none")
    if config.time == "frames":
        return fit(len(timing), config)
    steps = max(1, round(timing.duration_ms * config.fps / 1000))
    if config.fit == "spread" or steps >= config.frames:
        return showing(timing, (np.arange(config.frames) + 0.5) / config.frames)
    return showing(timing, (fit(steps, config) + 0.5) / steps)


def fit(steps: int, config: SamplingConfig) -> Indices:
    """`config.frames` numbers in [0, steps), for a clip of that many equal steps (1 or more)."""
    target = np.arange(config.frames)
    if config.fit == "loop" and steps < config.frames:
        return target % steps
    if config.fit == "pad" and steps < config.frames:
        return np.minimum(target, steps - 1)
    return spread(steps, config.frames)


def spread(steps: int, target: int) -> Indices:
    """`target` of `steps` steps, equally spaced: the middles of `target` equal spans, int64."""
    return (2 * np.arange(target, dtype=np.int64) + 1) * steps // (2 * target)


def showing(timing: Timing, moments: NDArray[np.float64]) -> Indices:
    """The frame that shows at each moment; moments (n,) in [0, 1] of one pass, int64 (n,)."""
    ends = np.cumsum(timing.delays_ms)
    found = np.searchsorted(ends, moments * ends[-1], side="right")
    return np.asarray(np.minimum(found, len(timing) - 1), np.int64)


def chooser(config: SamplingConfig) -> Choose:
    """`sample` with `config`, as decoders take it."""
    return lambda timing: sample(timing, config)
