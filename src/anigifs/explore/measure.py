"""What one clip is like: colours, detail, change and speed, frames and time.

Each statistic stands for a claim of the Ani-GIFs paper, section 4. The paper defines none of
them in numbers: every definition and threshold here is our choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from anigifs.core.records import Clip
from anigifs.media.decode import decode
from anigifs.media.frames import Frames, Timing
from anigifs.media.resize import resize_short
from anigifs.media.sampling import spread

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

PAIRS = 12
"""Pairs of successive frames that are looked at, equally spaced over the clip."""
SIDE_PX = 128
"""Larger pictures are shrunk to this short side first; smaller ones stay."""
CHANGE_PX = 32
"""Short side at which change is measured: averaging away a sensor's noise, which is no motion."""
COVER = 0.95
FLAT, EDGE = 2.0, 16.0
"""Luma change in levels a pixel: below the first a pixel is flat, from the second it is an edge."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number of a clip.

    spatial: seen in one frame; else it needs the clip's frames or times.
    """

    name: str
    title: str
    unit: str
    spatial: bool


STATISTICS = (
    Statistic("colours", "Colours per frame", "colours", True),
    Statistic("detail", "Detail", "share of pixels not flat", True),
    Statistic("edges", "Edge density", "share of pixels", True),
    Statistic("change", "Change between frames", "levels of 255", False),
    Statistic("change_rate", "Change per second", "levels/s", False),
    Statistic("speed", "Speed", "sides/s", False),
    Statistic("frames", "Frames", "frames", False),
    Statistic("duration", "Duration", "s", False),
    Statistic("unevenness", "Unevenness of delays", "std / mean", False),
)
"""colours: 15-bit colours that cover 95 % of a frame's pixels, median over frames.
detail, edges: share of pixels whose luma changes by 2, by 16 levels a pixel or more.
change: mean absolute difference of successive frames of the file at a short side of 32 px;
change_rate: the same by the clock.
speed: 95th percentile of optical flow, in short sides a second by the clock (Farneback 2003).
"""


def measure(clip: Clip) -> dict[str, float]:
    """Every statistic of one clip by name.

    Raises:
        MediaError: the clip cannot be decoded.
    """
    frames = decode(clip.path, _choose, span_s=clip.span_s)
    small = resize_short(frames.pixels, min(SIDE_PX, *frames.pixels.shape[1:3]))
    timing = frames.timing
    return {
        "colours": float(np.median([colours(picture) for picture in frames.pixels[::2]])),
        **_detail(small[::2]),
        **_motion(small, frames),
        "frames": float(len(timing)),
        "duration": timing.duration_ms / 1000,
        "unevenness": float(timing.delays_ms.std() / max(timing.delays_ms.mean(), 1e-9)),
    }


def colours(picture: Pixels) -> int:
    """How many colours, told apart at 5 bits a channel, cover 95 % of the pixels (H, W, 3)."""
    step = max(1, min(picture.shape[:2]) // SIDE_PX)
    levels = (picture[::step, ::step] >> 3).astype(np.uint32)
    codes = levels[..., 0] << 10 | levels[..., 1] << 5 | levels[..., 2]
    counts = np.sort(np.bincount(codes.ravel()))[::-1]
    return int(np.searchsorted(np.cumsum(counts), COVER * codes.size)) + 1


def _choose(timing: Timing) -> NDArray[np.int64]:
    """Frames i and i + 1 for each pair; a still picture pairs with itself."""
    count = max(1, len(timing))
    first = np.unique(spread(max(1, count - 1), PAIRS))
    both = np.repeat(first, 2) + np.tile(np.arange(2), len(first))
    return np.minimum(both, count - 1)


def _detail(pictures: Pixels) -> dict[str, float]:
    slopes = np.stack([_slope(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY)) for each in pictures])
    return {"detail": float((slopes >= FLAT).mean()), "edges": float((slopes >= EDGE).mean())}


def _slope(luma: Pixels) -> NDArray[np.float32]:
    """Levels a pixel, by Sobel's operator divided by its weight of 8."""
    across = cv2.Sobel(luma, cv2.CV_32F, 1, 0) / 8
    down = cv2.Sobel(luma, cv2.CV_32F, 0, 1) / 8
    slope: NDArray[np.float32] = np.hypot(across, down)
    return slope


def _motion(small: Pixels, frames: Frames) -> dict[str, float]:
    if len(frames.timing) < 2:
        return {"change": 0.0, "change_rate": 0.0, "speed": 0.0}
    first, second = small[::2], small[1::2]
    seconds = frames.timing.delays_ms[frames.indices[::2]] / 1000
    coarse = resize_short(small, min(CHANGE_PX, *small.shape[1:3])).astype(np.int16)
    changes = np.abs(coarse[::2] - coarse[1::2]).mean((1, 2, 3))
    flows = [_flow(a, b) for a, b in zip(first, second, strict=True)]
    time = max(float(seconds.sum()), 1e-9)
    return {
        "change": float(changes.mean()),
        "change_rate": float(changes.sum()) / time,
        "speed": float(np.sum(flows)) / time,
    }


def _flow(first: Pixels, second: Pixels) -> float:
    """How far the fastest twentieth of the picture moves, in short sides."""
    before, after = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (first, second))
    flow = cv2.calcOpticalFlowFarneback(before, after, None, 0.5, 3, 15, 2, 5, 1.2, 0)
    lengths = np.hypot(flow[..., 0], flow[..., 1])
    return float(np.percentile(lengths, 95)) / int(min(lengths.shape))
