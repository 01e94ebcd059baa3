"""From a data set of clips to batches on the device, in an order that can start anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch.utils.data import DataLoader, Dataset

from anigifs.algorithms.base import Batch, Need
from anigifs.loader.batch import collate, to_batch
from anigifs.loader.items import Item
from anigifs.train.config import TrainConfig
from anigifs.train.sampler import Order


class ClipSource(Protocol):
    """Clips by index, as `loader` gives them; their draws depend on (epoch, index) alone."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Item: ...

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


class _At(Dataset[Item]):
    """The same clips, addressed by (epoch, index): workers need no restart between epochs."""

    def __init__(self, clips: ClipSource) -> None:
        self.clips = clips

    def __getitem__(self, place: tuple[int, int]) -> Item:
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
        collate_fn=collate,
        pin_memory=device.type == "cuda",
    )
    for items in loader:
        batch = to_batch(items, device, channels_last=config.channels_last_3d)
        yield Batch(**batch._asdict())
