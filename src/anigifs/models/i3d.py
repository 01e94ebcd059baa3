"""I3D: Inception-v1 inflated to three dimensions.

Source: Carreira & Zisserman 2017; layer names and SAME padding as in piergiovanni/pytorch-i3d,
so that our state dicts and theirs have the same keys.
Our choices: `width` and `output_stride` for small machines and small clips; the average pool
takes all rows and columns there are (7x7 at 224 px, as published) and min(2, T') time steps.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from anigifs.models.config import ModelConfig
from anigifs.models.same import SameConv3d, SameMaxPool3d

STEM = (64, 64, 192)
"""Channels of `Conv3d_1a_7x7`, `Conv3d_2b_1x1`, `Conv3d_2c_3x3`."""

MIXED = {
    "Mixed_3b": (64, 96, 128, 16, 32, 32),
    "Mixed_3c": (128, 128, 192, 32, 96, 64),
    "Mixed_4b": (192, 96, 208, 16, 48, 64),
    "Mixed_4c": (160, 112, 224, 24, 64, 64),
    "Mixed_4d": (128, 128, 256, 24, 64, 64),
    "Mixed_4e": (112, 144, 288, 32, 64, 64),
    "Mixed_4f": (256, 160, 320, 32, 128, 128),
    "Mixed_5b": (256, 160, 320, 32, 128, 128),
    "Mixed_5c": (384, 192, 384, 48, 128, 128),
}
"""Channels of b0, b1a, b1b, b2a, b2b, b3b."""

BN_EPS = 1e-3
LAST = "Mixed_5c"


class Shape(NamedTuple):
    """What changes between one I3D and another; see `ModelConfig`."""

    width: float = 1.0
    output_stride: int = 32
    bn_momentum: float = 0.01

    def channels(self, published: int) -> int:
        """`published` x width, to the nearest integer, at least 1."""
        return max(1, round(published * self.width))


class Unit3d(nn.Module):
    """Convolution with SAME padding, batch norm, ReLU."""

    def __init__(self, channels: tuple[int, int], kernel: int, stride: int, momentum: float):
        super().__init__()
        self.conv3d = SameConv3d(*channels, kernel, stride=stride, bias=False)
        self.bn = nn.BatchNorm3d(channels[1], eps=BN_EPS, momentum=momentum)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) to (B, C', T/s, H/s, W/s), not negative."""
        return F.relu(self.bn(self.conv3d(x)), inplace=True)


class Mixed(nn.Module):
    """An Inception block: four branches, concatenated along the channels."""

    def __init__(self, inputs: int, sizes: tuple[int, ...], momentum: float) -> None:
        super().__init__()
        n0, n1a, n1b, n2a, n2b, n3b = sizes
        self.b0 = Unit3d((inputs, n0), 1, 1, momentum)
        self.b1a = Unit3d((inputs, n1a), 1, 1, momentum)
        self.b1b = Unit3d((n1a, n1b), 3, 1, momentum)
        self.b2a = Unit3d((inputs, n2a), 1, 1, momentum)
        self.b2b = Unit3d((n2a, n2b), 3, 1, momentum)
        self.b3a = SameMaxPool3d((3, 3, 3), (1, 1, 1))
        self.b3b = Unit3d((inputs, n3b), 1, 1, momentum)
        self.outputs = n0 + n1b + n2b + n3b

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) to (B, outputs, T, H, W)."""
        branches = self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.b3a(x))
        return torch.cat(branches, dim=1)


class I3D(nn.Module):
    """The network. A `models.base.VideoModel`."""

    def __init__(
        self, classes: tuple[str, ...], shape: Shape | None = None, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.classes = classes
        self.shape = shape or Shape()
        self.trunk = []
        for name, block in _trunk(self.shape):
            self.add_module(name, block)
            self.trunk.append(name)
        self.dropout = nn.Dropout(dropout)
        inputs = _outputs(self.last_block)
        self.logits = nn.Sequential(OrderedDict(conv3d=nn.Conv3d(inputs, len(classes), 1)))

    @property
    def head(self) -> nn.Module:
        """The layer whose rows are the classes."""
        return self.logits.get_submodule("conv3d")

    def forward(self, clips: Tensor) -> Tensor:
        """Clips (B, 3, T, H, W) in [-1, 1] to logits (B, K), the mean over time steps."""
        pooled = _average(self.features(clips))
        steps: Tensor = self.logits(self.dropout(pooled)[..., None, None])
        return steps.mean((2, 3, 4))

    def features(self, clips: Tensor) -> Tensor:
        """The output of `Mixed_5c`: (B, 1024 x width, T/8, H/32, W/32), each rounded up."""
        x = clips
        for name in self.trunk:
            x = self.get_submodule(name)(x)
        return x

    @property
    def last_block(self) -> nn.Module:
        """`Mixed_5c`."""
        return self.get_submodule(LAST)


def build(config: ModelConfig, classes: tuple[str, ...]) -> I3D:
    """The I3D that `config` describes, with new weights."""
    shape = Shape(config.width, config.output_stride, config.bn_momentum)
    return I3D(classes, shape, config.dropout)


def _trunk(shape: Shape) -> Iterator[tuple[str, nn.Module]]:
    """Every block up to the last feature map, by its published name."""
    first, second, third = map(shape.channels, STEM)
    momentum = shape.bn_momentum
    yield "Conv3d_1a_7x7", Unit3d((3, first), 7, 2, momentum)
    yield "MaxPool3d_2a_3x3", SameMaxPool3d((1, 3, 3), (1, 2, 2))
    yield "Conv3d_2b_1x1", Unit3d((first, second), 1, 1, momentum)
    yield "Conv3d_2c_3x3", Unit3d((second, third), 3, 1, momentum)
    yield "MaxPool3d_3a_3x3", SameMaxPool3d((1, 3, 3), (1, 2, 2))
    inputs = third
    for name, published in MIXED.items():
        if name == "Mixed_4b":
            yield "MaxPool3d_4a_3x3", _pool(3, shape.output_stride >= 16)
        if name == "Mixed_5b":
            yield "MaxPool3d_5a_2x2", _pool(2, shape.output_stride >= 32)
        block = Mixed(inputs, tuple(map(shape.channels, published)), momentum)
        inputs = block.outputs
        yield name, block


def _pool(kernel: int, space: bool) -> SameMaxPool3d:
    """A pool that halves the time, and the space if it may."""
    size = kernel if space else 1
    step = 2 if space else 1
    return SameMaxPool3d((kernel, size, size), (2, step, step))


def _outputs(block: nn.Module) -> int:
    assert isinstance(block, Mixed)
    return block.outputs


def _average(features: Tensor) -> Tensor:
    """The published (2, 7, 7) average pool: (B, D, T', H', W') to (B, D, max(1, T' - 1)).

    Plain means, because `avg_pool3d` has no deterministic gradient on CUDA.
    """
    steps = features.mean((3, 4))
    return steps if steps.shape[2] == 1 else (steps[..., 1:] + steps[..., :-1]) / 2
