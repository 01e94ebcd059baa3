"""Saliency tubes: person boxes over time as a mask on the feature map, and how maps meet it.

Source: Ani-GIFs paper, section 4.2, after Zunino et al. 2020.
Where they are silent: a cell belongs to the tube if the box touches it in any frame of the
cell's time step; a frame without a box takes one from other frames (`propagate`).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor

Propagate = Literal["constant", "interpolate"]
"""A frame without a box: that of the nearest frame with one, or on the line between the two
around it. Before the first and after the last both hold that one's box."""


class Tube(NamedTuple):
    """Where the person is, on the grid of a feature map.

    mask: bool (B, T', H', W').
    known: bool (B,), whether the clip has any box inside its picture; its mask is empty if not.
    """

    mask: Tensor
    known: Tensor


def tube(boxes: Tensor, grid: tuple[int, int, int], how: Propagate = "constant") -> Tube:
    """The tube of each clip.

    Args:
        boxes: float (B, T, 4), x1 y1 x2 y2 in [0, 1] of the clip's picture, NaN where none.
        grid: (T', H', W') of the feature map.
    """
    steps, rows, columns = grid
    filled = fill(boxes, how)
    x1, y1, x2, y2 = filled.unbind(2)
    meets = [_touches(y1, y2, rows), _touches(x1, x2, columns)]
    frames = _frames_of(steps, boxes.shape[1], boxes.device)
    mask = torch.einsum("sf,bfh,bfw->bshw", frames.float(), *(part.float() for part in meets)) > 0
    return Tube(mask, mask.flatten(1).any(1))


def fill(boxes: Tensor, how: Propagate = "constant") -> Tensor:
    """Boxes for the frames that have none, same shape; a clip without any box stays NaN."""
    known = ~boxes.isnan().any(2)
    before, after = _neighbours(known)
    time = torch.arange(boxes.shape[1], device=boxes.device).expand_as(before)
    since, until = (time - before).abs(), (after - time).abs()
    if how == "constant":
        return _take(boxes, torch.where(since <= until, before, after))
    share = (since / (since + until).clamp(min=1)).unsqueeze(2).to(boxes)
    return torch.lerp(_take(boxes, before), _take(boxes, after), share)


def peak_in_tube(maps: Tensor, mask: Tensor) -> Tensor:
    """Whether the map's highest cell lies in the tube, bool (B,); of equal peaks one suffices.

    maps, mask: (B, T', H', W').
    """
    inside = maps.masked_fill(~mask, -torch.inf)
    return (inside.flatten(1).amax(1) == maps.flatten(1).amax(1)) & mask.flatten(1).any(1)


def energy_in_tube(maps: Tensor, mask: Tensor) -> Tensor:
    """The share of the map's positive part that lies in the tube, in [0, 1], (B,).

    NaN for a map that is nowhere positive.
    """
    positive = maps.clamp(min=0)
    return (positive * mask).flatten(1).sum(1) / positive.flatten(1).sum(1)


def _neighbours(known: Tensor) -> tuple[Tensor, Tensor]:
    """Of each frame the nearest with a box at or before it, and at or after it, int64 (B, T).

    Where there is none on one side, the one on the other; 0 where there is none at all.
    """
    count = known.shape[1]
    time = torch.arange(count, device=known.device).expand_as(known)
    before = torch.where(known, time, -1).cummax(1).values
    after = torch.where(known, time, count).flip(1).cummin(1).values.flip(1)
    last, first = before[:, -1:].clamp(min=0), after[:, :1].remainder(count)
    return torch.where(before < 0, first, before), torch.where(after == count, last, after)


def _take(boxes: Tensor, index: Tensor) -> Tensor:
    return boxes.gather(1, index.unsqueeze(2).expand(-1, -1, 4))


def _touches(low: Tensor, high: Tensor, cells: int) -> Tensor:
    """Which of `cells` equal parts of [0, 1] the spans (B, T) touch, bool (B, T, cells)."""
    edge = torch.arange(cells, device=low.device)
    return (low[..., None] * cells < edge + 1) & (high[..., None] * cells > edge)


def _frames_of(steps: int, frames: int, device: torch.device) -> Tensor:
    """Which frames share time with which step of the map, bool (T', T)."""
    step = torch.arange(steps, device=device)[:, None]
    frame = torch.arange(frames, device=device)
    return (frame * steps < (step + 1) * frames) & ((frame + 1) * steps > step * frames)
