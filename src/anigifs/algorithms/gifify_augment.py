"""Gifify augmentation: half of the clips become animations while training.

Source: our own, after the diagnosis of the Ani-GIFs paper, section 4 (few colours, little detail,
fast and uneven motion). It encodes what is known of animations, though no animated clip is shown;
tables say so.
Each edit is drawn for itself and for each clip, from this process's own generator, and is the same
in all frames of the clip; boxes move in time with their frames.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import AfterValidator, Field
from torch import Tensor, nn

from anigifs.algorithms.augmentation import Editing
from anigifs.algorithms.base import Batch, Context, Need
from anigifs.algorithms.draws import numpy_stream
from anigifs.core.config import Config
from anigifs.core.errors import ConfigError
from anigifs.loader import animation

Chance = Annotated[float, Field(ge=0, le=1)]


def _ordered(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ConfigError(f"a range is (lowest, highest); got {pair}")
    return pair


Share = Annotated[tuple[Chance, Chance], AfterValidator(_ordered)]
Positive = Annotated[float, Field(gt=0)]
Range = Annotated[tuple[Positive, Positive], AfterValidator(_ordered)]
Count = Annotated[int, Field(ge=2, le=256)]
Counts = Annotated[tuple[Count, Count], AfterValidator(_ordered)]


class GififyConfig(Config):
    """The chance of each edit, and the range it is drawn from uniformly. All are our choices."""

    clips: Chance = 0.5
    """Share of clips that are edited at all; the others pass as they are."""
    speed: Chance = 0.5
    """Chance to play faster or slower."""
    factor: Range = (0.7, 2.0)
    """Speeds, drawn evenly on a logarithmic scale; a faster clip starts over at its end."""
    hold: Chance = 0.5
    """Chance to keep only some frames and hold each until the next."""
    kept: Share = (0.2, 0.7)
    """Share of frames that are kept."""
    flatten: Chance = 0.3
    """Chance to give the still part of the picture one colour."""
    background: Share = (0.3, 0.7)
    """Share of the picture that counts as still."""
    smooth: Chance = 0.5
    """Chance to smooth over detail but not over edges."""
    contrast: Range = (0.05, 0.2)
    """Differences smoothed over, in levels of [-1, 1], within 1/32 of the shorter side."""
    palette: Chance = 0.5
    """Chance to use few colours."""
    colours: Counts = (4, 32)
    """How many, drawn evenly on a logarithmic scale."""
    outline: Chance = 0.5
    """Chance to draw outlines."""
    lines: Share = (0.03, 0.12)
    """Share of pixels that become lines."""
    permute: Chance = 0.3
    """Chance to swap the colour channels among one another."""


_ORDERS = ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


@final
class GififyAugment(Editing):
    """Mean cross-entropy of clips that are partly turned into animations."""

    Config: ClassVar = GififyConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: GififyConfig, context: Context) -> None:
        self.model, self._config, self._rng = model, config, context.local_rng

    @torch.no_grad()
    def augment(self, batch: Batch, number: int) -> Batch:
        """The batch with its own draw of edits for every clip."""
        rng = numpy_stream(self._rng)
        clips = batch.clips.clone()
        boxes = None if batch.boxes is None else batch.boxes.clone()
        for index in np.flatnonzero(rng.random(len(clips)) < self._config.clips):
            moments = _moments(clips.shape[2], self._config, rng)
            clips[index] = _animate(clips[index], moments, self._config, rng)
            if boxes is not None:
                boxes[index] = boxes[index, torch.from_numpy(moments).to(boxes.device)]
        return batch._replace(clips=clips, boxes=boxes)


def _moments(frames: int, config: GififyConfig, rng: np.random.Generator) -> NDArray[np.int64]:
    """Which frame of the clip stands at each moment after the changes of time."""
    moments = np.arange(frames)
    if rng.random() < config.speed:
        factor = _log_uniform(rng, config.factor)
        spare = max(0, frames - int(np.ceil(frames * factor)))
        moments = animation.replay(frames, factor, int(rng.integers(spare + 1)))
    if rng.random() < config.hold:
        kept = max(1, round(frames * rng.uniform(*config.kept)))
        moments = moments[animation.hold(frames, kept, rng)]
    return moments


def _animate(
    clip: Tensor, moments: NDArray[np.int64], config: GififyConfig, rng: np.random.Generator
) -> Tensor:
    """One clip (3, T, H, W) after its edits; frames that are held are edited once."""
    distinct, place = np.unique(moments, return_inverse=True)
    painted = _paint(clip[:, torch.from_numpy(distinct).to(clip.device)], config, rng)
    return painted[:, torch.from_numpy(place).to(clip.device)]


def _paint(clip: Tensor, config: GififyConfig, rng: np.random.Generator) -> Tensor:
    if rng.random() < config.flatten:
        clip = animation.flatten_background(clip, rng.uniform(*config.background))
    if rng.random() < config.smooth:
        radius = max(1, min(clip.shape[2:]) // 32)
        clip = animation.smooth(clip, radius, rng.uniform(*config.contrast))
    plain = clip
    if rng.random() < config.palette:
        clip = animation.reduce_palette(clip, round(_log_uniform(rng, config.colours)), rng)
    if rng.random() < config.outline:
        width = max(1, min(clip.shape[2:]) // 96)
        clip = animation.outline(clip, plain, rng.uniform(*config.lines), width)
    if rng.random() < config.permute:
        clip = animation.permute_colours(clip, _ORDERS[rng.integers(len(_ORDERS))])
    return clip


def _log_uniform(rng: np.random.Generator, ends: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(*np.log(ends))))
