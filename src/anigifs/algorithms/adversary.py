"""Adversarial copies of clips: gradient ascent on the pixels of whatever is to be maximised.

Our choices, for every method that uses it: each clip climbs its own objective, so that a copy does
not depend on the batch around it; copies stay in [-1, 1]; the model is in eval mode meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from anigifs.models.hooks import evaluating


def ascend(
    model: nn.Module, objective: Callable[[Tensor], Tensor], clips: Tensor, steps: int, lr: float
) -> Tensor:
    """Copies of `clips` after `steps` of plain gradient ascent with step length `lr`.

    objective: clips (B, 3, T, H, W) to one value a clip, (B,); it runs `model`, whose weights get
        no gradient and whose statistics stay.
    """
    moved = clips.detach().clone()
    with evaluating(model), torch.enable_grad():
        for _ in range(steps):
            moved.requires_grad_()
            (slope,) = torch.autograd.grad(objective(moved).sum(), moved)
            moved = (moved.detach() + lr * slope).clamp_(-1, 1)
    return moved
