"""From a data set of clips to batches on the device, in an order that can start anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch.utils.data import DataLoader, Dataset

from anigifs.algorithms.base import Batch, Need
from anigifs.loader.photometric import from_levels
from anigifs.train.config import TrainConfig
from anigifs.train.sampler import Order


class ClipSource(Protocol):
    """Clips by index, as `loader.clips` gives them.

    An item is a dict: `pixels` uint8 (T, H, W, 3), `label` int, `boxes` float32 (T, 4) with
    NaN where there is none, `id` str. What is random about it depends on (epoch, index) alone.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> dict[str, Any]: ...

    def set_epoch(self, epoch: int) -> None:
        """From now on, the draws of this epoch."""
        ...


@dataclass(frozen=True, slots=True)
class TrainData:
    """What a run trains on.

    clips: the training set.
    classes: names of the labels, in order.
    offers: what the protocol has that a method may need (boxes, several source domains, …).
    """

    clips: ClipSource
    classes: tuple[str, ...]
    offers: frozenset[Need] = frozenset()


class _At(Dataset[dict[str, Any]]):
    """The same clips, addressed by (epoch, index): workers need no restart between epochs."""

    def __init__(self, clips: ClipSource) -> None:
        self.clips = clips

    def __getitem__(self, place: tuple[int, int]) -> dict[str, Any]:
        epoch, index = place
        self.clips.set_epoch(epoch)
        return self.clips[index]


def feed(
    clips: ClipSource, order: Order, first: int, config: TrainConfig, device: torch.device
) -> Iterator[Batch]:
    """This rank's batches from number `first` on, without end, on `device`.

    Clips cross to the device as bytes, a quarter of what floats would be, and are scaled there.
    """
    loader: Any = DataLoader(
        _At(clips),
        batch_sampler=order.from_batch(first),
        num_workers=config.workers,
        collate_fn=_collate,
        pin_memory=device.type == "cuda",
    )
    for items in loader:
        yield _to_batch(items, device, config.channels_last_3d)


def _collate(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "pixels": torch.stack([torch.as_tensor(item["pixels"]) for item in items]),
        "labels": torch.tensor([int(item["label"]) for item in items]),
        "boxes": torch.stack([torch.as_tensor(item["boxes"]) for item in items]),
        "ids": tuple(item["id"] for item in items),
    }


def _to_batch(items: dict[str, Any], device: torch.device, channels_last: bool) -> Batch:
    pixels, labels, boxes = (
        items[key].to(device, non_blocking=True) for key in ("pixels", "labels", "boxes")
    )
    clips = from_levels(pixels.permute(0, 4, 1, 2, 3))
    layout = torch.channels_last_3d if channels_last else torch.contiguous_format
    return Batch(clips.contiguous(memory_format=layout), labels, items["ids"], boxes)
