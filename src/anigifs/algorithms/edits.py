"""Photometric tuples on clips in [-1, 1], in the two readings of where they act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from anigifs.loader.photometric import Edit, apply_tuple, from_levels, to_levels

Space = Literal["pixels", "normalised"]
"""Where a tuple acts. "pixels" (our default): on the levels 0..255, as Pillow defines the edits.
"normalised": the paper's "after Batch Normalization", read so that each channel is first spread
over its own range in the batch, as a normalised batch is shown, then edited and put back."""


def edit(clips: Tensor, edits: Sequence[Edit], space: Space = "pixels") -> Tensor:
    """A new float32 tensor: `clips` (B, 3, T, H, W) in [-1, 1] after `edits`, all alike.

    No edits: the clips as they are, not even rounded to levels.
    """
    if not edits:
        return clips.clone()
    if space == "pixels":
        return from_levels(apply_tuple(to_levels(clips), edits))
    low = clips.amin((0, 2, 3, 4), keepdim=True)
    span = (clips.amax((0, 2, 3, 4), keepdim=True) - low).clamp(min=1 / 127.5)
    levels = ((clips - low) * (255 / span)).round().to(torch.uint8)
    return apply_tuple(levels, edits).float() * (span / 255) + low
