"""Empirical risk minimisation: plain supervised training, the baseline of every table."""

from __future__ import annotations

from typing import Any, ClassVar, final

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.base import Batch, Context, Need, Step
from anigifs.core.config import Config


class ERMConfig(Config):
    """Nothing to set."""


@final
class ERM:
    """Mean cross-entropy of the clips as they come."""

    Config: ClassVar = ERMConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: ERMConfig, context: Context) -> None:
        self.model = model

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one batch."""
        return Step(cross_entropy(self.model(batch.clips), batch.labels), {})

    def after_step(self, number: int) -> None:
        """Nothing follows."""

    def predict(self, clips: Tensor) -> Tensor:
        """The model's logits."""
        logits: Tensor = self.model(clips)
        return logits

    def state(self) -> dict[str, Any]:
        """The weights are all there is, and they are the loop's."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """There is nothing to restore."""
