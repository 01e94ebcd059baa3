"""Tiny clips and a tiny network for the tests of training."""

import numpy as np
import torch
from torch import nn

from anigifs.algorithms.base import Need
from anigifs.core.seeds import stream
from anigifs.train.feed import TrainData

CLASSES = ("dark", "middle", "bright")


class Clips:
    """Clips whose brightness tells their class; the noise depends on (epoch, index)."""

    def __init__(self, count=12, die_at=None, call=None):
        self.count, self.epoch = count, 0
        self.die_at, self.call, self.fetched = die_at, call, 0

    def __len__(self):
        return self.count

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __getitem__(self, index):
        if self.fetched == self.die_at:
            self.call()
        self.fetched += 1
        label = index % len(CLASSES)
        noise = stream(5, self.epoch, index).integers(0, 60, (3, 6, 6, 3))
        return {
            "pixels": (noise + 90 * label).astype("uint8"),
            "label": label,
            "boxes": np.tile(np.float32([0.2, 0.1, 0.7, 0.9]), (3, 1)),
            "id": f"clip-{index}",
        }


class Net(nn.Module):
    """One convolution, batch norm, dropout and a head."""

    def __init__(self, norm=True):
        super().__init__()
        self.classes = CLASSES
        self.body = nn.Sequential(
            nn.Conv3d(3, 4, 3, padding=1), nn.BatchNorm3d(4) if norm else nn.Identity(), nn.ReLU()
        )
        self.drop = nn.Dropout(0.3 if norm else 0.0)
        self.head = nn.Linear(4, len(CLASSES))

    @property
    def last_block(self):
        return self.body

    def features(self, clips):
        return self.body(clips)

    def forward(self, clips):
        return self.head(self.drop(self.features(clips).mean((2, 3, 4))))


def pixels_of(items):
    pixels = np.stack([item["pixels"] for item in items])
    return torch.from_numpy(pixels).permute(0, 4, 1, 2, 3).float() / 127.5 - 1


def net(norm=True):
    torch.manual_seed(0)
    return Net(norm)


def data(count=12, offers=frozenset(Need), **options):
    return TrainData(Clips(count, **options), CLASSES, offers)


def accuracy(predictor):
    clips = Clips(6)
    clips.set_epoch(99)
    items = [clips[i] for i in range(6)]
    found = predictor(pixels_of(items)).argmax(1)
    return float((found == torch.tensor([item["label"] for item in items])).float().mean())
