"""Deletion and insertion: what a map calls important, taken away or put back bit by bit.

Source: Petsiuk et al. 2018 (RISE, images), over the pixels of all frames. Deleted pixels become
grey (0); insertion starts from a blurred clip. Lower deletion and higher insertion are better.
Where they are silent: pixels of equal saliency go in an order of their own, fixed by their place.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from anigifs.models.hooks import evaluating


class Curves(NamedTuple):
    """The class's probability after each step, float32 (B, steps + 1), in [0, 1]."""

    deletion: Tensor
    insertion: Tensor


def curves(
    model: nn.Module, clips: Tensor, maps: Tensor, targets: Tensor, steps: int = 10
) -> Curves:
    """Both curves of each clip: 2 x (steps + 1) passes in eval mode.

    clips: (B, 3, T, H, W) in [-1, 1]. maps: (B, T', H', W'). targets: int64 (B,).
    """
    rank = _rank(maps, clips)
    grey = torch.zeros_like(clips)  # both in the clips' memory layout, which `where` then keeps
    blurred = torch.empty_like(clips).copy_(_blur(clips))
    found: tuple[list[Tensor], list[Tensor]] = ([], [])
    with evaluating(model), torch.no_grad():
        for step in range(steps + 1):
            first = (rank < step / steps)[:, None]
            for list_, mixed in zip(
                found,
                (torch.where(first, grey, clips), torch.where(first, clips, blurred)),
                strict=True,
            ):
                chances = model(mixed).float().softmax(1)
                list_.append(chances.gather(1, targets[:, None])[:, 0])
    return Curves(*(torch.stack(part, 1) for part in found))


def area(curve: Tensor) -> Tensor:
    """The area under each curve (B, steps + 1) over [0, 1], by trapezoids: (B,)."""
    return (curve[:, 1:] + curve[:, :-1]).mean(1) / 2


def _rank(maps: Tensor, clips: Tensor) -> Tensor:
    """Each pixel's place from most to least salient, in [0, 1), (B, T, H, W)."""
    fine = interpolate(maps[:, None].float(), size=clips.shape[2:], mode="trilinear")
    order = fine.flatten(1).argsort(dim=1, descending=True, stable=True)
    place: Tensor = order.argsort(dim=1)
    return (place / place.shape[1]).view(fine.shape[0], *fine.shape[2:])


def _blur(clips: Tensor) -> Tensor:
    """Each frame at a sixteenth of its size and back."""
    frames = clips.transpose(1, 2).flatten(0, 1)
    small = [max(1, side // 16) for side in frames.shape[2:]]
    coarse = interpolate(frames, size=small, mode="area")
    back = interpolate(coarse, size=frames.shape[2:], mode="bilinear", align_corners=False)
    return back.view(clips.transpose(1, 2).shape).transpose(1, 2)
