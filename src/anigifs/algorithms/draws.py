"""Random streams for methods, derived from the generators that the loop hands in."""

from __future__ import annotations

import numpy as np
import torch

from anigifs.core.seeds import derive


def side_stream(rng: torch.Generator, *names: int | str) -> torch.Generator:
    """A stream of its own for (the seed of `rng`, names); `rng` is not advanced.

    Equal on every rank if `rng` is, and equal again after a resume, since nothing is kept.
    """
    return torch.Generator().manual_seed(derive(rng.initial_seed(), *names))


def numpy_stream(rng: torch.Generator) -> np.random.Generator:
    """A NumPy stream, for distributions that torch cannot draw from a generator.

    It takes one number from `rng`, however many are then drawn from it.
    """
    return np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
