"""Worst-case augmentation: train on the photometric tuples that the model handles worst.

Source: Ani-GIFs paper, section 4.1; Volpi & Murino 2019, algorithm 1 (images).
Where they are silent or at odds: searches come after every full period, not at step 0; there are
12 of them (the paper's "600 random search iterations" read as 600 trials, 50 a search); the search
runs in eval mode, so it leaves batch-norm statistics and random streams alone, and several
devices search on the mean over their batches, so that they keep one set.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple, final

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.base import Batch, Context, Need, Step, Supervised
from anigifs.algorithms.draws import side_stream
from anigifs.algorithms.edits import Editable, Space, edit
from anigifs.algorithms.ranks import gather_over_ranks, mean_over_ranks
from anigifs.algorithms.search import Found, Tuple, evolution_search, random_search
from anigifs.core.config import Config
from anigifs.loader.photometric import Edit, from_levels, to_levels
from anigifs.models.hooks import evaluating


class WorstCaseConfig(Config):
    """When, how and on what to search."""

    every: int = Field(200, ge=1)
    """Batches between searches, each on the last of a period (with gradient accumulation several
    batches make one step). Source: section 4.1."""
    trials: int = Field(50, ge=1)
    """Tuples that a random search tries. Source: section 4.1."""
    edits: int = Field(4, ge=1, le=16)
    """Edits in a tuple, drawn with repetition. Source: section 4.1."""
    searches: int = Field(12, ge=0)
    """After so many the set stays as it is. 12: "600 iterations" are trials; 3: they are training
    steps; 600: they are searches; 0: search on."""
    fitness: Literal["loss", "accuracy"] = "loss"
    """Highest mean cross-entropy (the paper), or lowest accuracy (Volpi & Murino's code)."""
    search_on: Literal["batch", "pool"] = "batch"
    """The current batch (the paper), or the run's first `pool` clips (as in their code)."""
    pool: int = Field(64, ge=1)
    """Clips of the pool, kept as bytes on the CPU and in checkpoints; 1,000 images in theirs."""
    search: Literal["random", "evolution"] = "random"
    """Random trials, or Volpi & Murino's evolution of 10 x 10."""
    space: Space = "pixels"
    """What the edits act on; see `algorithms.edits.Space`."""


class Member(NamedTuple):
    """A tuple of the set, its fitness when it was found, and the step."""

    edits: Tuple
    score: float
    step: int


@final
class WorstCase(Supervised):
    """Mean cross-entropy after a tuple of the set, the same for the whole batch."""

    Config: ClassVar = WorstCaseConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: WorstCaseConfig, context: Context) -> None:
        self.model, self._config, self._rng = model, config, context.rng
        self.members = [Member((), 0.0, 0)]
        self._pool: Batch | None = None

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one edited batch, after a search where one is due."""
        edited = self.augment(batch, number)
        return Step(cross_entropy(self.model(edited.clips), edited.labels), self.logs(number))

    def augment(self, batch: Batch, number: int) -> Batch:
        """The batch after a member of the set drawn uniformly, identity among them."""
        if self._config.search_on == "pool":
            self._collect(batch)
        searches = len(self.members) - 1
        wanted = not self._config.searches or searches < self._config.searches
        if wanted and (number + 1) % self._config.every == 0:
            self.members.append(Member(*self._search(batch, number), number))
        drawn = int(torch.randint(len(self.members), (), generator=self._rng))
        clips = edit(batch.clips, self.members[drawn].edits, self._config.space)
        return batch._replace(clips=clips)

    def logs(self, number: int) -> dict[str, float]:
        """The size of the set; the fitness of its newest member at the batch that found it."""
        logs = {"worst-case/set": float(len(self.members))}
        if len(self.members) > 1 and self.members[-1].step == number:
            logs["worst-case/score"] = self.members[-1].score
        return logs

    def state(self) -> dict[str, Any]:
        """The set with scores and steps, and the pool."""
        members = [[list(map(list, m.edits)), m.score, m.step] for m in self.members]
        pool = self._pool and {"clips": self._pool.clips, "labels": self._pool.labels}
        return {"members": members, "pool": pool}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the set and the pool."""
        self.members = [
            Member(tuple(Edit(*pair) for pair in edits), score, step)
            for edits, score, step in state["members"]
        ]
        self._pool = state["pool"] and Batch(**state["pool"])

    @torch.no_grad()
    def _search(self, batch: Batch, number: int) -> Found:
        config = self._config
        batches = [batch] if self._pool is None else _split(self._pool, batch)
        parts = [(Editable(part.clips, config.space), part.labels) for part in batches]
        find = random_search if config.search == "random" else evolution_search
        rng = side_stream(self._rng, "search", number)
        with evaluating(self.model):
            return find(lambda edits: self._fitness(parts, edits), config.trials, config.edits, rng)

    def _fitness(self, parts: list[tuple[Editable, Tensor]], edits: Tuple) -> float:
        values = []
        for clips, labels in parts:
            logits = self.model(clips.after(edits))
            if self._config.fitness == "accuracy":
                values.append((logits.argmax(1) != labels).float())
            else:
                values.append(cross_entropy(logits.float(), labels, reduction="none"))
        return float(mean_over_ranks(torch.cat(values).mean()))

    def _collect(self, batch: Batch) -> None:
        """Add the batch to the pool until that is full; every rank holds the same pool."""
        have = 0 if self._pool is None else len(self._pool.labels)
        if have >= self._config.pool:
            return
        clips = gather_over_ranks(to_levels(batch.clips)).cpu()
        labels = gather_over_ranks(batch.labels).cpu()
        if self._pool is not None:
            clips, labels = (
                torch.cat([self._pool.clips, clips]),
                torch.cat([self._pool.labels, labels]),
            )
        self._pool = Batch(clips[: self._config.pool], labels[: self._config.pool])


def _split(pool: Batch, like: Batch) -> list[Batch]:
    """The pool as float batches of the size and on the device of `like`."""
    size, device = len(like.labels), like.clips.device
    return [
        Batch(from_levels(clips.to(device)), labels.to(device))
        for clips, labels in zip(
            torch.split(pool.clips, size), torch.split(pool.labels, size), strict=True
        )
    ]
