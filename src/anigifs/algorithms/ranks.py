"""The two things that a method may have to agree on with the other processes of a run."""

from __future__ import annotations

import torch
from torch import Tensor, distributed


def _several() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def mean_over_ranks(value: Tensor) -> Tensor:
    """The mean of every rank's `value`, the same on all; itself with a single process."""
    if not _several():
        return value
    total = value.detach().clone()
    distributed.all_reduce(total)
    return total / distributed.get_world_size()


def gather_over_ranks(value: Tensor) -> Tensor:
    """Every rank's `value` (equal shapes), one after another along dimension 0, on all ranks."""
    if not _several():
        return value
    parts = [torch.empty_like(value) for _ in range(distributed.get_world_size())]
    distributed.all_gather(parts, value.contiguous())
    return torch.cat(parts)
