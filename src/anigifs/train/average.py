"""Exponential moving average of weights, with the buffers of batch norm averaged alike.

Our choice, as is common: every floating-point entry of the state is averaged, the rest (counters)
copied; the average starts as the weights at the run's start, without bias correction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """The average of a model's state: average = decay · average + (1 - decay) · state."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model, self.decay = model, decay
        self.values = {key: value.detach().clone() for key, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self) -> None:
        """Take in the state after one optimiser step."""
        for key, value in self.model.state_dict().items():
            if value.is_floating_point():
                self.values[key].lerp_(value, 1 - self.decay)
            else:
                self.values[key].copy_(value)

    def restore(self, values: dict[str, Tensor]) -> None:
        """Continue from saved `values`."""
        for key, value in values.items():
            self.values[key].copy_(value)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model holds the average inside, and its own state again after."""
        own = {key: value.detach().clone() for key, value in self.model.state_dict().items()}
        self.model.load_state_dict(self.values)
        try:
            yield
        finally:
            self.model.load_state_dict(own)
