"""Random augmentation: every batch gets a fresh tuple of photometric edits.

Source: Ani-GIFs paper, section 4.1 (the random baseline); Volpi & Murino 2019 (RDA).
Where they are silent: the edits act on pixels 0..255, before scaling to [-1, 1] (the paper's
"after Batch Normalization" has no reading on which Pillow's operations are defined); the tuple
is drawn from the shared generator, so all devices edit alike; no batch stays unedited.
"""

from __future__ import annotations

from typing import Any, ClassVar, final

from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.base import Batch, Context, Need, Step
from anigifs.core.config import Config
from anigifs.loader.photometric import apply_tuple, draw_tuple, from_levels, to_levels


class RandomAugmentConfig(Config):
    """How long the tuples are."""

    edits: int = Field(4, ge=1, le=16)
    """Edits in a tuple, drawn with repetition. Source: section 5.2."""


@final
class RandomAugment:
    """Mean cross-entropy of the clips after one random tuple, the same for the whole batch."""

    Config: ClassVar = RandomAugmentConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: RandomAugmentConfig, context: Context) -> None:
        self.model, self._edits, self._rng = model, config.edits, context.rng

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one edited batch."""
        edits = draw_tuple(self._rng, self._edits)
        clips = from_levels(apply_tuple(to_levels(batch.clips), edits))
        return Step(cross_entropy(self.model(clips), batch.labels), {})

    def after_step(self, number: int) -> None:
        """Nothing follows."""

    def predict(self, clips: Tensor) -> Tensor:
        """The model's logits of the clips as they are."""
        logits: Tensor = self.model(clips)
        return logits

    def state(self) -> dict[str, Any]:
        """No tuple outlives its batch."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """There is nothing to restore."""
