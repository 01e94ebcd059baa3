"""A place inside a foreign network where its features pass as a map and can be seen or changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from anigifs.core.errors import InputError


class Layout(NamedTuple):
    """How a network lays the cells of a (T', H', W') map out as tokens.

    lead: tokens in front that are no cells (a class token).
    time_last: the order is H', W', T' (TimeSformer) and not T', H', W'.
    """

    grid: tuple[int, int, int]
    lead: int = 0
    time_last: bool = False


class Tap(nn.Module):
    """Tokens (B, lead + N, D) pass through unchanged; on the way their map is this output.

    As in a ViT's Grad-CAM, it sits in front of the last layer: behind it, the cells of a network
    with a class token no longer reach the logits.
    """

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Identity()

    def forward(self, tokens: Tensor, layout: Layout) -> Tensor:
        """The tokens, after `self.map` had their cells as (B, D, T', H', W')."""
        B, _, D = tokens.shape
        T, H, W = layout.grid
        cells = tokens[:, layout.lead :]
        if layout.time_last:
            shown = self.map(cells.reshape(B, H, W, T, D).permute(0, 4, 3, 1, 2))
            cells = shown.permute(0, 3, 4, 2, 1)
        else:
            shown = self.map(cells.reshape(B, T, H, W, D).permute(0, 4, 1, 2, 3))
            cells = shown.permute(0, 2, 3, 4, 1)
        return torch.cat([tokens[:, : layout.lead], cells.reshape(B, -1, D)], dim=1)


class Adapter(nn.Module, ABC):
    """A foreign network as a `models.base.VideoModel`.

    net: the network; its own weights keep their names behind `net.`
    mean, std: the network's own normalisation of colours in [0, 1], per channel.
    """

    def __init__(
        self, net: nn.Module, classes: tuple[str, ...], mean: Sequence[float], std: Sequence[float]
    ) -> None:
        super().__init__()
        self.net, self.classes = net, classes
        # x in [-1, 1] is (x + 1) / 2 in [0, 1], so (x + 1 - 2 mean) / (2 std) is normalised.
        shape = (1, 3, 1, 1, 1)
        offset = torch.tensor([1 - 2 * value for value in mean]).reshape(shape)
        scale = torch.tensor([2 * value for value in std]).reshape(shape)
        self.register_buffer("offset", offset, persistent=False)
        self.register_buffer("scale", scale, persistent=False)
        self.offset: Tensor
        self.scale: Tensor

    @property
    @abstractmethod
    def last_block(self) -> nn.Module:
        """The module whose output is the feature map."""

    @property
    @abstractmethod
    def head(self) -> nn.Module:
        """The layer whose rows are the classes."""

    @abstractmethod
    def forward(self, clips: Tensor) -> Tensor:
        """Clips (B, 3, T, H, W) in [-1, 1] to logits (B, K)."""

    def normalised(self, clips: Tensor) -> Tensor:
        """Clips in [-1, 1] as the network was trained to see them."""
        return (clips + self.offset) / self.scale

    def features(self, clips: Tensor) -> Tensor:
        """The output of `last_block`, (B, D, T', H', W'), while the whole network runs."""
        seen: list[Tensor] = []
        handle = self.last_block.register_forward_hook(lambda _, __, out: seen.append(out))
        try:
            self(clips)
        finally:
            handle.remove()
        return seen[0]


def checked(options: dict[str, Any], known: Sequence[str], build: Callable[..., Any]) -> Any:
    """`build(**options)` with every key in `known`, and any complaint as an `InputError`."""
    if unknown := sorted(options.keys() - set(known)):
        raise InputError(f"model.options: unknown {unknown}; known: {', '.join(sorted(known))}")
    try:
        return build(**options)
    except (TypeError, ValueError, OSError) as error:
        raise InputError(f"model.options {options} is not possible: {error}") from None
