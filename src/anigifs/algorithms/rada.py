"""RADA: adversarial copies that attack an APN's view of all scales, and that of the smaller ones.

Source: Yao et al. 2021 and their code; Ani-GIFs paper, section 5.2 ("at the same iteration
frequency" as its saliency: `every` = 200; 1 as in their code).
Where they are silent or at odds: alpha is 1 as in their code's default (0.01 in their script);
ascent runs in eval mode and float32; the distance is a mean over a clip's features; the best epoch
is never picked on the target, as their code does.
"""

from __future__ import annotations

from typing import ClassVar, final

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.adversary import ascend
from anigifs.algorithms.apn import APN, APNConfig
from anigifs.algorithms.base import Batch, Context, Need, Stateless, Step
from anigifs.models.hooks import evaluating


class RADAConfig(APNConfig):
    """The head, and how its clips are attacked."""

    every: int = Field(200, ge=1)
    """Batches from one attack to the next, the last of every period; 1 as in their code."""
    steps: int = Field(5, ge=1)
    """Steps of ascent for a copy. Source: theirs."""
    lr: float = Field(1.0, gt=0)
    """Step length, for pixels in [-1, 1]. Source: theirs."""
    alpha: float = Field(1.0, ge=0)
    """Weight of the distance to the clip's own features."""


@final
class RADA(Stateless):
    """Mean cross-entropy of an APN; every so often of the clips and two attacks on each."""

    Config: ClassVar = RADAConfig
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, model: nn.Module, config: RADAConfig, context: Context) -> None:
        self._apn = APN(model, config, context)
        self.model: nn.Module = self._apn
        self._config = config

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one batch, three times as large where an attack is due."""
        clips, labels, logs = batch.clips, batch.labels, {}
        if (number + 1) % self._config.every == 0:
            copies = [self._attack(batch, head) for head in (0, 1)]
            clips, labels = torch.cat([clips, *copies]), labels.repeat(3)
            logs["rada/moved"] = (torch.stack(copies) - batch.clips).abs().mean().item()
        return Step(cross_entropy(self.model(clips), labels), logs)

    def _attack(self, batch: Batch, head: int) -> Tensor:
        """Copies that climb the loss of one head: 0 of all scales, 1 of the smaller ones alone."""
        with evaluating(self._apn), torch.no_grad():
            home = _head(self._apn, batch.clips, head)[1]

        def objective(clips: Tensor) -> Tensor:
            logits, features = _head(self._apn, clips, head)
            hard = cross_entropy(logits, batch.labels, reduction="none")
            return hard - self._config.alpha * (features - home).square().mean(1)

        return ascend(self._apn, objective, batch.clips, self._config.steps, self._config.lr)


def _head(apn: APN, clips: Tensor, head: int) -> tuple[Tensor, Tensor]:
    heads = apn.heads(clips)
    return heads[2 * head], heads[2 * head + 1]
