"""RandConv: clips seen through a random convolution, which keeps shapes and changes textures.

Source: Xu et al. 2021 (RC-mix with kernels 1 to 7, chance 0.5, consistency over three draws).
Where they are silent: one kernel for all clips of a batch and all frames; the three draws go
through the model in one pass, so that batch norm sees them together; what comes out of the
convolution is not cut to [-1, 1].
"""

from __future__ import annotations

import math
from typing import ClassVar, final

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import conv2d, cross_entropy, kl_div

from anigifs.algorithms.base import Batch, Context, Need, Stateless, Step
from anigifs.algorithms.edits import in_layout_of
from anigifs.core.config import Config

KERNELS = (1, 3, 5, 7)
DRAWS = 3


class RandConvConfig(Config):
    """How often, and what the draws are held to."""

    chance: float = Field(0.5, ge=0, le=1)
    """Chance that a draw is a convolution; the clips stay as they are else. Source: theirs."""
    mix: bool = True
    """Blend the result with the clip by a uniform weight (RC-mix), or replace the clip (RC-img)."""
    consistency: float = Field(10.0, ge=0)
    """Weight of the agreement of three draws, which cost three passes; 0: one draw, one pass."""


@final
class RandConv(Stateless):
    """Cross-entropy of one draw, and the Kullback-Leibler distance of three to their mean."""

    Config: ClassVar = RandConvConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: RandConvConfig, context: Context) -> None:
        self.model, self._config, self._rng = model, config, context.local_rng

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one batch."""
        draws = DRAWS if self._config.consistency else 1
        clips = torch.cat([self.augment(batch, number).clips for _ in range(draws)])
        logits = self.model(clips).view(draws, len(batch.labels), -1)
        task = cross_entropy(logits[0], batch.labels)
        if draws == 1:
            return Step(task, {})
        apart = disagreement(logits)
        return Step(task + self._config.consistency * apart, {"randconv/apart": apart.item()})

    def augment(self, batch: Batch, number: int) -> Batch:
        """The batch through one random kernel, or, by chance, as it is."""
        if float(torch.rand((), generator=self._rng)) >= self._config.chance:
            return batch
        kernel = draw_kernel(self._rng)
        seen = through(batch.clips, kernel.to(batch.clips))
        if self._config.mix:
            seen = torch.lerp(seen, batch.clips, float(torch.rand((), generator=self._rng)))
        return batch._replace(clips=in_layout_of(batch.clips, seen))

    def logs(self, number: int) -> dict[str, float]:
        """None of the filter alone."""
        return {}


def draw_kernel(rng: torch.Generator) -> Tensor:
    """A kernel (3, 3, k, k), k of `KERNELS`, normal with variance 1 / (3 k k)."""
    side = KERNELS[int(torch.randint(len(KERNELS), (), generator=rng))]
    return torch.randn(3, 3, side, side, generator=rng) / math.sqrt(3 * side * side)


def through(clips: Tensor, kernel: Tensor) -> Tensor:
    """Every frame of clips (B, 3, T, H, W) through one kernel, same size, zeros around."""
    frames = clips.transpose(1, 2).flatten(0, 1)
    seen: Tensor = conv2d(frames, kernel, padding="same")
    shape = (clips.shape[0], clips.shape[2], *seen.shape[1:])
    return seen.view(shape).transpose(1, 2)


def disagreement(logits: Tensor) -> Tensor:
    """Sum over draws of KL(draw || mean of the draws), mean over clips; logits (draws, B, K)."""
    each = logits.float().log_softmax(2)
    mean = each.exp().mean(0).clamp(1e-7, 1).log()
    apart: Tensor = kl_div(mean.expand_as(each), each, log_target=True, reduction="none")
    return apart.sum((0, 2)).mean()
