"""A clip as a model sees it: sampled, its short side scaled, cropped; boxes go the same way.

Source: Ani-GIFs paper, section 5.2: short side to 224, centre crop of 224; the random place of
the crop in training follows DeepMind's I3D. The paper names no filter: see `resize`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from anigifs.core.config import Config
from anigifs.core.errors import InputError
from anigifs.core.records import Box, Clip
from anigifs.media.decode import decode
from anigifs.media.frames import Choose
from anigifs.media.resize import resize_short
from anigifs.media.sampling import SamplingConfig, sample

Pixels = NDArray[np.uint8]
Boxes = NDArray[np.float32]


class ViewConfig(Config):
    """What becomes of a clip before the model: frames, scale, crop."""

    sampling: SamplingConfig = SamplingConfig()
    """Which frames."""
    side_px: int = Field(224, ge=1, le=4096)
    """Side of the square crop. Source: Ani-GIFs paper, section 5.2."""
    short_side_px: int = Field(224, ge=1, le=4096)
    """The short side before the crop. Source: Ani-GIFs paper; DeepMind's I3D uses 256."""

    @model_validator(mode="after")
    def _crop_fits(self) -> ViewConfig:
        if self.side_px > self.short_side_px:
            raise ValueError(
                f"side_px ({self.side_px}) cannot exceed short_side_px ({self.short_side_px})"
            )
        return self


@dataclass(frozen=True, slots=True)
class View:
    """A clip's chosen frames, scaled and not yet cropped.

    pixels: uint8 (T, h, w, 3), RGB, min(h, w) = short_side_px.
    boxes: float32 (T, 4), corners in [0, 1] of the whole picture, NaN but at key frames.
    times_ms: float64 (T,), when each frame appears, from the clip's start.
    """

    pixels: Pixels
    boxes: Boxes
    times_ms: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stills:
    """The same, with frames that show more than once held once.

    pixels: uint8 (n, h, w, 3), the distinct frames, in their order.
    indices: int64 (T,), which of them shows at each step.
    times_ms: float64 (T,), when each step's frame appears.
    """

    pixels: Pixels
    indices: NDArray[np.int64]
    times_ms: NDArray[np.float64]


class Offset(NamedTuple):
    """The upper left corner of a crop, in pixels."""

    top: int
    left: int


def load_view(clip: Clip, view: ViewConfig) -> View:
    """Decode the chosen frames of a clip and scale them.

    Raises:
        MediaError: the file cannot be decoded or is beyond the limits; the message names it.
    """
    stills = load_stills(clip, view)
    pixels = stills.pixels[stills.indices]
    return View(pixels, boxes_at(clip.boxes, stills.times_ms), stills.times_ms)


def load_stills(clip: Clip, view: ViewConfig) -> Stills:
    """Decode and scale each chosen frame of a clip once. Raises as `load_view`."""
    frames = decode(clip.path, _distinct(view.sampling), span_s=clip.span_s)
    chosen = sample(frames.timing, view.sampling)
    return Stills(
        pixels=resize_short(frames.pixels, view.short_side_px),
        indices=np.searchsorted(frames.indices, chosen).astype(np.int64),
        times_ms=frames.timing.starts_ms[chosen],
    )


def boxes_at(boxes: Sequence[Box], times_ms: NDArray[np.float64]) -> Boxes:
    """The person's box at its key frames: float32 (T, 4), NaN on all others.

    A frame is a key frame if no other is nearer to some moment that has a box; between key
    frames a box is up to who uses it (`explain.tubes.fill`). Of several moments a frame takes
    the nearest, the earlier of two equally near; of several boxes at one moment the largest
    (our choice: one actor per clip).
    """
    found = np.full((len(times_ms), 4), np.nan, np.float32)
    if not boxes or not len(times_ms):
        return found
    main = {box.time_ms: box for box in sorted(boxes, key=_area)}
    moments = np.array(sorted(main))
    corners = np.array([_corners(main[time]) for time in sorted(main)], np.float32)
    away = np.abs(times_ms[:, None] - moments[None, :])
    away[away > away.min(axis=0)] = np.inf
    key = np.isfinite(away).any(axis=1)
    found[key] = corners[away[key].argmin(axis=1)]
    return found


def crop(pixels: Pixels, top: int, left: int, side: int) -> Pixels:
    """A square of each frame, a view of `pixels` (T, H, W, 3): uint8 (T, side, side, 3)."""
    _check_crop(pixels.shape[1], pixels.shape[2], side)
    return pixels[:, top : top + side, left : left + side]


def crop_boxes(boxes: Boxes, size: tuple[int, int], offset: Offset, side: int) -> Boxes:
    """Boxes (T, 4) in [0, 1] of a picture of `size` (h, w), in [0, 1] of its crop.

    A box is cut at the crop's edge; one that lies wholly outside becomes NaN.
    """
    height, width = size
    scale = np.array([width, height, width, height], np.float32)
    shift = np.array([offset.left, offset.top, offset.left, offset.top], np.float32)
    inside = np.clip((boxes * scale - shift) / np.float32(side), 0, 1)
    empty = (inside[:, 2] <= inside[:, 0]) | (inside[:, 3] <= inside[:, 1])
    inside[empty] = np.nan
    return np.asarray(inside, np.float32)


def center_offset(height: int, width: int, side: int) -> Offset:
    """The middle crop; the odd pixel goes to the lower right."""
    _check_crop(height, width, side)
    return Offset((height - side) // 2, (width - side) // 2)


def random_offset(height: int, width: int, side: int, rng: np.random.Generator) -> Offset:
    """A uniform draw of all places that a crop can have."""
    _check_crop(height, width, side)
    top = rng.integers(height - side + 1)
    return Offset(int(top), int(rng.integers(width - side + 1)))


def _distinct(sampling: SamplingConfig) -> Choose:
    """The frames to decode and scale: those that repeat, once."""
    return lambda timing: np.unique(sample(timing, sampling))


def _check_crop(height: int, width: int, side: int) -> None:
    if min(height, width) < side:
        raise InputError(f"a crop of {side} px does not fit into {height}x{width} px")


def _area(box: Box) -> float:
    return (box.x2 - box.x1) * (box.y2 - box.y1)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x1, box.y1, box.x2, box.y2
