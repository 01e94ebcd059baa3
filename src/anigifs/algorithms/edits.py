"""Photometric tuples on clips in [-1, 1], in the two readings of where they act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor

from anigifs.loader.photometric import Edit, apply_tuple, from_levels, to_levels

Space = Literal["pixels", "normalised"]
"""Where a tuple acts. "pixels" (our default): on the levels 0..255, as Pillow defines the edits.
"normalised": the paper's "after Batch Normalization", read so that each channel is first spread
over its own range in the batch, as a normalised batch is shown, then edited and put back."""


class Editable:
    """Clips made ready to be edited, once for any number of tuples."""

    def __init__(self, clips: Tensor, space: Space = "pixels") -> None:
        """Take clips, float (B, 3, T, H, W) in [-1, 1]; they are left as they are."""
        self._clips = clips
        self._levels, self._back = _plain(clips) if space == "pixels" else _spread(clips)

    def after(self, edits: Sequence[Edit]) -> Tensor:
        """A new float32 tensor in the clips' memory layout, all of them edited alike.

        No edits: the clips as they are, not even rounded to levels.
        """
        if not edits:
            return self._clips.clone()
        return in_layout_of(self._clips, self._back(apply_tuple(self._levels, edits)))


def edit(clips: Tensor, edits: Sequence[Edit], space: Space = "pixels") -> Tensor:
    """`clips` (B, 3, T, H, W) in [-1, 1] after one tuple, as a new tensor."""
    return Editable(clips, space).after(edits) if edits else clips.clone()


def in_layout_of(given: Tensor, made: Tensor) -> Tensor:
    """`made` in channels-last order if `given` is: else the model's first layers are slower."""
    return made.contiguous(memory_format=_layout(given))


def _layout(clips: Tensor) -> torch.memory_format:
    last = torch.channels_last_3d
    if clips.is_contiguous(memory_format=last) and not clips.is_contiguous():
        return last
    return torch.contiguous_format


Levels = tuple[Tensor, Callable[[Tensor], Tensor]]


def _plain(clips: Tensor) -> Levels:
    layout = _layout(clips)
    return to_levels(clips), lambda edited: from_levels(edited, layout)


def _spread(clips: Tensor) -> Levels:
    """Levels that use each channel's own range in the batch, and the way back."""
    low = clips.amin((0, 2, 3, 4), keepdim=True)
    span = (clips.amax((0, 2, 3, 4), keepdim=True) - low).clamp(min=1 / 127.5)
    levels = ((clips - low) * (255 / span)).round().to(torch.uint8)
    return levels, lambda edited: edited.float() * (span / 255) + low
