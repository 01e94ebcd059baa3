"""Empirical risk minimisation: plain supervised training, the baseline of every table."""

from __future__ import annotations

from typing import ClassVar, final

from torch import nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.base import Batch, Context, Need, Stateless, Step
from anigifs.core.config import Config


class ERMConfig(Config):
    """Nothing to set."""


@final
class ERM(Stateless):
    """Mean cross-entropy of the clips as they come."""

    Config: ClassVar = ERMConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: ERMConfig, context: Context) -> None:
        self.model = model

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one batch."""
        return Step(cross_entropy(self.model(batch.clips), batch.labels), {})
