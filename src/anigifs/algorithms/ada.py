"""ADA: training on clips changed to be hard for the model while their features stay near.

Source: Volpi et al. 2018, algorithm 1 (images): copies that maximise
CE(f(x'), y) - gamma |feat(x') - feat(x)|^2 are added to the training set, 6 times.
Where they are silent for video: each time `pool` clips are copied, those of the next batches; the
copies are kept as float16 in memory and in checkpoints; later batches draw a share of their clips
from them; features are the last block's, averaged over its cells; ascent runs in eval mode and
float32.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast, final

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.adversary import ascend
from anigifs.algorithms.base import Batch, Context, Need, Step, Supervised
from anigifs.algorithms.ranks import count_ranks, gather_over_ranks
from anigifs.core.config import Config
from anigifs.models.base import VideoModel
from anigifs.models.hooks import evaluating, on_output


class ADAConfig(Config):
    """How copies are made, and how many are kept."""

    every: int = Field(100, ge=1)
    """Batches between two rounds of copying. Source: their code."""
    rounds: int = Field(6, ge=1)
    """Rounds of copying. Source: theirs."""
    steps: int = Field(15, ge=1)
    """Steps of ascent for a copy. Source: theirs."""
    lr: float = Field(1.0, gt=0)
    """Step length, for pixels in [-1, 1]. Source: theirs."""
    gamma: float = Field(1.0, ge=0)
    """Weight of the distance to the clip's own features. Source: theirs."""
    pool: int = Field(16, ge=1)
    """Clips copied in a round, over all devices; a copy of 40 x 224 x 224 takes 12 MB."""
    share: float = Field(0.5, ge=0, le=1)
    """Chance that a clip of a batch is replaced by a copy, once there are any. Ours: as many copies
    as clips, so few copies are shown often (`ada/views` in the log)."""


@final
class ADA(Supervised):
    """Mean cross-entropy of batches that hold copies from earlier rounds."""

    Config: ClassVar = ADAConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: ADAConfig, context: Context) -> None:
        self.model, self._config, self._rng = model, config, context.local_rng
        self._bare = model  # ascent goes around the loop's wrapper: it synchronises nothing
        self._layer = cast(VideoModel, model).last_block
        self._copies: Batch | None = None
        self._shown = 0  # copies that this rank's batches held; only logged, so ranks may differ

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one batch, after copying it where a round is due."""
        logs = {}
        if self._missing(number) > 0:
            copies = self._copy(batch)
            logs["ada/moved"] = (copies - batch.clips).abs().mean().item()
            self._keep(copies, batch.labels, self._missing(number))
        batch = self._with_copies(batch)
        if self._copies is not None:
            logs["ada/views"] = self._shown * count_ranks() / len(self._copies.labels)
        return Step(cross_entropy(self.model(batch.clips), batch.labels), logs)

    def state(self) -> dict[str, Any]:
        """The copies and their labels, and how many were shown."""
        kept = self._copies
        copies = kept and {"clips": kept.clips, "labels": kept.labels}
        return {"copies": copies, "shown": self._shown}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the copies and the count."""
        self._copies = state["copies"] and Batch(**state["copies"])
        self._shown = state["shown"]

    def _missing(self, number: int) -> int:
        """Copies still to be made in the rounds begun so far."""
        begun = min(self._config.rounds, number // self._config.every)
        return begun * self._config.pool - (0 if self._copies is None else len(self._copies.labels))

    def _copy(self, batch: Batch) -> Tensor:
        with evaluating(self._bare), torch.no_grad():
            home = self._run(batch.clips)[1]

        def objective(clips: Tensor) -> Tensor:
            logits, features = self._run(clips)
            hard = cross_entropy(logits.float(), batch.labels, reduction="none")
            return hard - self._config.gamma * (features - home).square().sum(1)

        return ascend(self._bare, objective, batch.clips, self._config.steps, self._config.lr)

    def _run(self, clips: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, K) and averaged features (B, D) of one pass."""
        seen: list[Tensor] = []

        def tap(features: Tensor) -> Tensor:
            seen.append(features.float().flatten(2).mean(2))
            return features

        with on_output(self._layer, tap):
            logits: Tensor = self._bare(clips)
        return logits, seen[0]

    def _keep(self, clips: Tensor, labels: Tensor, most: int) -> None:
        """Every rank keeps the copies that all ranks made."""
        clips = gather_over_ranks(clips.half())[:most].cpu()
        labels = gather_over_ranks(labels)[:most].cpu()
        if self._copies is not None:
            clips, labels = (
                torch.cat([self._copies.clips, clips]),
                torch.cat([self._copies.labels, labels]),
            )
        self._copies = Batch(clips, labels)

    def _with_copies(self, batch: Batch) -> Batch:
        if self._copies is None:
            return batch
        count = len(batch.labels)
        replaced = torch.rand(count, generator=self._rng) < self._config.share
        which = torch.randint(len(self._copies.labels), (count,), generator=self._rng)[replaced]
        self._shown += len(which)
        place = replaced.nonzero()[:, 0].to(batch.clips.device)
        clips = batch.clips.index_copy(0, place, self._copies.clips[which].to(batch.clips))
        labels = batch.labels.index_copy(0, place, self._copies.labels[which].to(batch.labels))
        return Batch(clips, labels)
