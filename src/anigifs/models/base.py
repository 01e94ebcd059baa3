"""What every video backbone offers to training, evaluation and explanation."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor, nn


class VideoModel(Protocol):
    """A classifier of clips: float (B, 3, T, H, W) in [-1, 1] to logits (B, K).

    Everything that is an `nn.Module` and has these is a backbone.
    """

    classes: tuple[str, ...]
    """Names of the K outputs, in order: the head is matched by name, never by index."""

    def __call__(self, clips: Tensor) -> Tensor:
        """Logits, shape (B, K)."""
        ...

    def features(self, clips: Tensor) -> Tensor:
        """The last feature map before pooling, shape (B, D, T', H', W')."""
        ...

    @property
    def last_block(self) -> nn.Module:
        """The module whose output `features` returns: where Grad-CAM looks."""
        ...
