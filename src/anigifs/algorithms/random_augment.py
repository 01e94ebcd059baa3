"""Random augmentation: every batch gets a fresh tuple of photometric edits.

Source: Ani-GIFs paper, section 4.1 (the random baseline); Volpi & Murino 2019 (RDA).
Where they are silent: the edits act on pixels 0..255, before scaling to [-1, 1] (`space` has the
other reading); the tuple is drawn from the shared generator, so all devices edit alike; no batch
stays unedited.
"""

from __future__ import annotations

from typing import ClassVar, final

from pydantic import Field
from torch import nn

from anigifs.algorithms.augmentation import Editing
from anigifs.algorithms.base import Batch, Context, Need
from anigifs.algorithms.edits import Space, edit
from anigifs.core.config import Config
from anigifs.loader.photometric import draw_tuple


class RandomAugmentConfig(Config):
    """How long the tuples are, and what they act on."""

    edits: int = Field(4, ge=1, le=16)
    """Edits in a tuple, drawn with repetition. Source: section 5.2."""
    space: Space = "pixels"
    """What the edits act on; see `algorithms.edits.Space`."""


@final
class RandomAugment(Editing):
    """Mean cross-entropy of the clips after one random tuple, the same for the whole batch."""

    Config: ClassVar = RandomAugmentConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: RandomAugmentConfig, context: Context) -> None:
        self.model, self._config, self._rng = model, config, context.rng

    def augment(self, batch: Batch, number: int) -> Batch:
        """The batch after a fresh tuple."""
        edits = draw_tuple(self._rng, self._config.edits)
        return batch._replace(clips=edit(batch.clips, edits, self._config.space))
