"""What a method may have to know of the other processes of a run, or agree on with them."""

from __future__ import annotations

import torch
from torch import Tensor, distributed


def _several() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def count_ranks() -> int:
    """How many processes the run has."""
    return distributed.get_world_size() if _several() else 1


def mean_over_ranks(value: Tensor) -> Tensor:
    """The mean of every rank's `value`, the same on all; itself with a single process."""
    if not _several():
        return value
    total = value.detach().clone()
    distributed.all_reduce(total)
    return total / count_ranks()


def gather_over_ranks(value: Tensor) -> Tensor:
    """Every rank's `value` (equal shapes), one after another along dimension 0, on all ranks."""
    if not _several():
        return value
    parts = [torch.empty_like(value) for _ in range(count_ranks())]
    distributed.all_gather(parts, value.contiguous())
    return torch.cat(parts)
