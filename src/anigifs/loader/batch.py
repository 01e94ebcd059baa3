"""Items to a batch: bytes cross to the device and become floats there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import default_collate

from anigifs.loader.items import Item
from anigifs.loader.photometric import from_levels


class Collated(NamedTuple):
    """Items side by side, on the CPU: pixels uint8 (B, T, H, W, 3), labels int64 (B,)."""

    pixels: Tensor
    labels: Tensor
    ids: tuple[str, ...]
    boxes: Tensor


class Tensors(NamedTuple):
    """A batch as algorithms take it, field by field.

    clips: float32 (B, 3, T, H, W), in [-1, 1].
    labels: int64 (B,).
    ids: B clip ids.
    boxes: float32 (B, T, 4), NaN but at key frames.
    """

    clips: Tensor
    labels: Tensor
    ids: tuple[str, ...]
    boxes: Tensor


def collate(items: Sequence[Item]) -> Collated:
    """Stack items of equal shape; a `collate_fn` for torch's DataLoader."""
    return Collated(
        pixels=_stacked([item["pixels"] for item in items]),
        labels=torch.tensor([item["label"] for item in items], dtype=torch.int64),
        ids=tuple(item["id"] for item in items),
        boxes=_stacked([item["boxes"] for item in items]),
    )


def _stacked(arrays: Sequence[NDArray[Any]]) -> Tensor:
    """Arrays side by side; in a worker process straight into the memory it shares."""
    stacked: Tensor = default_collate([torch.from_numpy(array) for array in arrays])
    return stacked


def to_batch(
    items: Sequence[Item] | Collated, device: torch.device | str, *, channels_last: bool = False
) -> Tensors:
    """Move items to `device` as uint8, a quarter of the bytes, and scale them to [-1, 1] there."""
    stacked = items if isinstance(items, Collated) else collate(items)
    pixels = stacked.pixels.to(device, non_blocking=True)
    layout = torch.channels_last_3d if channels_last else torch.contiguous_format
    clips = from_levels(pixels.permute(0, 4, 1, 2, 3)).contiguous(memory_format=layout)
    labels = stacked.labels.to(device, non_blocking=True)
    return Tensors(clips, labels, stacked.ids, stacked.boxes.to(device, non_blocking=True))
