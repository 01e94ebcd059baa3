"""Edits that make a clip more like an animation, on tensors of any device.

Source: our own; each answers one cause of the gap that the Ani-GIFs paper names in section 4: few
colours, little detail, uneven and fast motion. A clip is float32 (3, T, H, W) in [-1, 1]; every
edit is the same in all of its frames and gives a new tensor.
"""

from __future__ import annotations

from math import gcd

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate, max_pool2d

INK = -0.9
"""The level of outlines: nearly black."""

_LUMA = (0.299, 0.587, 0.114)
_SAMPLE = 2048
_CELLS = 32


def hold(frames: int, kept: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Which frame stands at each of `frames` moments if only `kept` are drawn and each is held.

    The first frame is always kept, the others are drawn uniformly, so that holds are uneven.
    """
    drawn = np.zeros(frames, bool)
    drawn[0] = True
    drawn[1 + rng.choice(frames - 1, size=min(kept, frames) - 1, replace=False)] = True
    moments: NDArray[np.int64] = np.maximum.accumulate(np.where(drawn, np.arange(frames), 0))
    return moments


def replay(frames: int, speed: float, start: int = 0) -> NDArray[np.int64]:
    """Which frame stands at each moment at `speed` x; past the end it starts over, like a GIF."""
    moments: NDArray[np.int64] = (start + np.floor(np.arange(frames) * speed)).astype(np.int64)
    return moments % frames


def reduce_palette(clip: Tensor, colours: int, rng: np.random.Generator) -> Tensor:
    """Every pixel in the nearest of `colours` colours, chosen for the whole clip.

    k-means++ (Arthur & Vassilvitskii 2007) and four rounds of k-means over 2,048 pixels, so that
    rare but distinct colours stay; nearest to within a cell of 32 x 32 x 32.
    """
    flat = clip.flatten(1)
    some = torch.from_numpy(rng.integers(flat.shape[1], size=_SAMPLE)).to(clip.device)
    sample = flat[:, some].T.cpu().contiguous()
    palette = _spread(sample, colours, rng)
    for _ in range(4):
        palette = _means(sample, _nearest(sample, palette), palette)
    axis = (torch.arange(_CELLS) + 0.5) * (2 / _CELLS) - 1
    table = palette[_nearest(torch.cartesian_prod(axis, axis, axis), palette)].to(clip.device)
    cell = ((clip + 1) * (_CELLS / 2)).long().clamp_(0, _CELLS - 1)
    place = ((cell[0] * _CELLS + cell[1]) * _CELLS + cell[2]).flatten()
    return torch.stack([part.take(place) for part in table.T.contiguous()]).view_as(clip)


def smooth(clip: Tensor, radius_px: int, contrast: float) -> Tensor:
    """Flatten what varies by less than `contrast` (in levels of [-1, 1]) and keep edges.

    The guided filter of He et al. 2010 with the clip as its own guide, at half size where the
    picture allows (He & Sun 2015).
    """
    halved = min(clip.shape[2:]) >= 96
    small = avg_pool2d(clip, 2) if halved else clip
    radius = max(1, radius_px // 2) if halved else radius_px
    mean = _box(small, radius)
    variance = _box(small * small, radius) - mean * mean
    slope = variance / (variance + contrast**2)
    slope, offset = _box(slope, radius), _box(mean * (1 - slope), radius)
    if halved:
        size = clip.shape[2:]
        slope, offset = (interpolate(x, size=size, mode="bilinear") for x in (slope, offset))
    return torch.addcmul(offset, slope, clip).clamp_(-1, 1)


def outline(clip: Tensor, plain: Tensor, share: float, width_px: int = 1) -> Tensor:
    """Draw dark lines over `clip` at the `share` of pixels where `plain` changes most.

    Places that change alike are drawn together, so clean edges may take more than the share.
    plain: the clip before its colours were reduced, which would make edges of its own.
    """
    luma = sum(weight * channel for weight, channel in zip(_LUMA, plain, strict=True))
    assert isinstance(luma, Tensor)
    change = torch.zeros_like(luma)
    change[:, :, :-1] += (luma[:, :, 1:] - luma[:, :, :-1]).abs_()
    change[:, :-1] += (luma[:, 1:] - luma[:, :-1]).abs_()
    if width_px > 1:  # wide before the quantile, so that the share is that of what is drawn
        change = max_pool2d(change, width_px, 1, width_px // 2)[:, : luma.shape[1], : luma.shape[2]]
    lines = (change >= _quantile(change, 1 - share)) & (change > 0)
    return clip.masked_fill(lines, INK)


def flatten_background(clip: Tensor, share: float) -> Tensor:
    """Give the stillest `share` of the picture one colour, its mean.

    Still is what changes least from frame to frame, in blocks of 4 x 4 pixels so that noise does
    not count as motion; the same places are flat in all frames. Places that are equally still are
    flattened together; a clip in which nothing moves has no background and stays.
    """
    blocks = avg_pool2d(clip, 4, ceil_mode=True)
    motion = (blocks[:, 1:] - blocks[:, :-1]).abs().sum((0, 1))
    near = interpolate(_box(motion[None, None], 1), clip.shape[2:], mode="bilinear")[0, 0]
    still = near <= _quantile(near, share)
    still &= ~still.all()
    colour = clip[:, :, still].mean((1, 2))
    return torch.where(still, colour[:, None, None, None], clip)


def permute_colours(clip: Tensor, order: tuple[int, int, int]) -> Tensor:
    """The channels in another order: greens become reds, in every frame alike."""
    return torch.stack([clip[channel] for channel in order])


def _box(frames: Tensor, radius: int) -> Tensor:
    """The mean over squares of side 2 radius + 1, cut off at the border; (N, C, H, W).

    Two products with band matrices: at these sizes faster than pooling on a CPU, and unlike
    running sums deterministic on CUDA.
    """
    high, wide = (_band(size, radius, frames) for size in frames.shape[2:])
    return high @ frames @ wide.T


def _band(size: int, radius: int, like: Tensor) -> Tensor:
    place = torch.arange(size, device=like.device)
    near = ((place[:, None] - place).abs() <= radius).to(like)
    return near / near.sum(1, keepdim=True)


def _quantile(values: Tensor, level: float) -> Tensor:
    """About the quantile, from about 8,192 evenly spaced values of all columns alike."""
    step = max(1, values.numel() // 8192)
    while gcd(step, values.shape[-1]) > 1:
        step += 1
    return values.flatten()[::step].quantile(level)


def _spread(sample: Tensor, colours: int, rng: np.random.Generator) -> Tensor:
    """Start colours, each drawn in proportion to its squared distance from those before."""
    chosen = [int(rng.integers(len(sample)))]
    distance = torch.full((len(sample),), torch.inf)
    for draw in rng.random(colours - 1):
        distance = torch.minimum(distance, (sample - sample[chosen[-1]]).square().sum(1))
        reached = distance.cumsum(0)
        place = int(torch.searchsorted(reached, reached[-1] * draw))
        chosen.append(min(place, len(sample) - 1))
    return sample[chosen]


def _nearest(points: Tensor, palette: Tensor) -> Tensor:
    return torch.addmm(palette.square().sum(1), points, palette.T, alpha=-2).argmin(1)


def _means(points: Tensor, owner: Tensor, palette: Tensor) -> Tensor:
    """The mean of each colour's points; a colour without points stays."""
    member = torch.nn.functional.one_hot(owner, len(palette)).to(points)
    count = member.sum(0)[:, None]
    return torch.where(count > 0, member.T @ points / count.clamp(min=1), palette)
