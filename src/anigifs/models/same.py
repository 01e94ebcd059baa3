"""Convolution and max pooling with TensorFlow's SAME padding, from the size at run time.

Source: `MaxPool3dSamePadding` and `Unit3D` of piergiovanni/pytorch-i3d. Padding by hand copies
the whole map, so it is done only where the padding of a convolution is unequal in front and back
(in I3D: only for the first one); everywhere else the kernels' own padding gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Triple = tuple[int, int, int]


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros in front and at the back of one dimension, so that ceil(size / stride) come out."""
    rest = size % stride or stride
    total = max(kernel - rest, 0)
    return total // 2, total - total // 2


class SameConv3d(nn.Conv3d):
    """A `Conv3d` whose output has ceil(size / stride) elements in each dimension."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) to (B, C', ceil(T / s), ceil(H / s), ceil(W / s))."""
        if self._is_matrix_product(x):
            return F.linear(x.permute(0, 2, 3, 4, 1), self.weight.flatten(1), self.bias).permute(
                0, 4, 1, 2, 3
            )
        pads = _pads(x, self.kernel_size, self.stride)
        front = [before for before, _ in pads]
        if any(before != after for before, after in pads):
            x, front = _padded(x, pads), [0, 0, 0]
        return F.conv3d(x, self.weight, self.bias, self.stride, front)

    def _is_matrix_product(self, x: Tensor) -> bool:
        """1x1x1 on a CPU, channels last: torch's kernel would give up the layout for small
        batches on one thread; a matrix product keeps it and is about twice as fast."""
        one = (1, 1, 1)
        last = x.is_contiguous(memory_format=torch.channels_last_3d)
        return x.is_cpu and last and self.kernel_size == self.stride == one


def pool_by_slices(x: Tensor, kernel: Triple, stride: Triple) -> Tensor:
    """The same max pooling from shifted copies, one dimension after the other.

    Slower (on a CPU about ten times), but its gradient is deterministic on CUDA, where that of
    `max_pool3d` is not and is refused. Equal values share the gradient, which behind a ReLU
    changes nothing: they are the zeros.
    """
    x = _padded(x, _pads(x, kernel, stride), float("-inf"))
    for dim, (k, s) in enumerate(zip(kernel, stride, strict=True), 2):
        span = (x.shape[dim] - k) // s * s + 1
        starts = [x.narrow(dim, start, span) for start in range(k)]
        skip = (slice(None),) * dim + (slice(None, None, s),)
        x = reduce(torch.maximum, [part[skip] for part in starts])
    return x


class SameMaxPool3d(nn.Module):
    """Max pooling with SAME padding, where the outside never wins (`ceil_mode`: no padded copy).

    That is what TensorFlow does. The PyTorch ports pad with zeros, which is the same behind a
    ReLU, as in I3D: a zero outside never wins against a value inside. Holds for I3D's pairs of
    kernel and stride: 1/1, 2/2, 3/1 and 3/2.
    """

    def __init__(self, kernel: Triple, stride: Triple) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) to (B, C, ceil(T / s), ceil(H / s), ceil(W / s))."""
        if x.is_cuda and torch.are_deterministic_algorithms_enabled():
            return pool_by_slices(x, self.kernel, self.stride)
        front = [before for before, _ in _pads(x, self.kernel, self.stride)]
        return F.max_pool3d(x, self.kernel, self.stride, front, ceil_mode=True)

    def extra_repr(self) -> str:
        """Kernel and stride, as torch's own pools show them."""
        return f"kernel={self.kernel}, stride={self.stride}"


def _padded(x: Tensor, pads: list[tuple[int, int]], value: float = 0.0) -> Tensor:
    return F.pad(x, [n for pair in reversed(pads) for n in pair], value=value)


def _pads(x: Tensor, kernel: Sequence[int], stride: Sequence[int]) -> list[tuple[int, int]]:
    sizes = x.shape[2:]
    return [same_padding(*args) for args in zip(sizes, kernel, stride, strict=True)]
