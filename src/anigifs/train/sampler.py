"""In which order clips are trained on: a function of seed and epoch alone.

Nothing has to be remembered to go on from any step: batch `number` of rank `rank` always holds
the same clips. The batch of an optimiser step is cut into parts of equal size, first by
accumulation, then by rank, so that processes together see the clips that one process would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anigifs.core.seeds import stream
from anigifs.train.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Order:
    """The clips of every batch of a run, for one rank.

    parts: batches that one optimiser step is cut into on this rank (gradient accumulation).
    """

    seed: int
    clips: int
    micro_batch: int
    parts: int = 1
    rank: int = 0
    ranks: int = 1

    @classmethod
    def of(cls, config: TrainConfig, clips: int, rank: int, ranks: int) -> Order:
        """The order that a config asks for."""
        micro = config.batch_size // (ranks * config.grad_accumulation)
        return cls(config.seed, clips, micro, config.grad_accumulation, rank, ranks)

    @property
    def batch_size(self) -> int:
        """Clips of one optimiser step, over all ranks."""
        return self.micro_batch * self.parts * self.ranks

    def from_batch(self, number: int) -> Iterator[list[tuple[int, int]]]:
        """(epoch, index) of the clips of this rank's batches from `number` on, without end."""
        per_epoch = self.clips // self.batch_size * self.parts
        epoch, first = divmod(number, per_epoch)
        while True:
            order = self.epoch(epoch)
            for batch in range(first, per_epoch):
                start = (batch * self.ranks + self.rank) * self.micro_batch
                yield [(epoch, int(i)) for i in order[start : start + self.micro_batch]]
            epoch, first = epoch + 1, 0

    def epoch(self, epoch: int) -> NDArray[np.int64]:
        """All clips once, in the order of this epoch, the same on every rank."""
        return stream(self.seed, "order", epoch).permutation(self.clips)
