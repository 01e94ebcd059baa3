"""Random streams of training: every batch has its own, so none has to be saved.

Before each batch the process's global stream (dropout) and the two generators that methods draw
from are seeded from (seed, batch). A run that goes on from a checkpoint therefore draws what the
uninterrupted run drew, and two methods with one seed share dropout masks and clip order, which
makes their comparison sharper.
"""

from __future__ import annotations

import torch

from anigifs.algorithms.base import Context
from anigifs.core.seeds import derive


class Streams:
    """The generators of one rank.

    shared: equal on every rank. local: this rank's own. Both live on the CPU.
    """

    def __init__(self, seed: int, rank: int) -> None:
        self.seed, self.rank = seed, rank
        self.shared, self.local = torch.Generator(), torch.Generator()

    def context(self, classes: tuple[str, ...]) -> Context:
        """What a method is built with."""
        return Context(classes, rng=self.shared, local_rng=self.local)

    def at_build(self) -> None:
        """Put every stream where the method is built (its own heads are drawn from them)."""
        self._set("build", 0)

    def at_batch(self, number: int) -> None:
        """Put every stream where batch `number` of the run begins."""
        self._set("batch", number)

    def _set(self, moment: str, number: int) -> None:
        self.shared.manual_seed(derive(self.seed, "shared", moment, number))
        self.local.manual_seed(derive(self.seed, "local", moment, number, self.rank))
        torch.manual_seed(derive(self.seed, "global", moment, number, self.rank))
