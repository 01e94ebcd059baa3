"""APN: a head that relates the time steps of a clip at several scales.

Source: Yao et al. 2019 and 2021, and their code. One small transformer and one classifier are
shared by all scales: the n steps attend to themselves; of every smaller scale one random choice of
steps is encoded, and the n steps attend to that. With a backbone that works frame by frame this is
their network; with I3D the steps are the time steps of its last block, averaged over space: the
Ani-GIFs paper does not say how it joined the two.
Where they are silent: steps are picked with equal spacing if the backbone gives more or fewer
than n; in eval mode all choices of a scale are averaged instead of one drawn, so that predictions
repeat; draws come from the generators of the loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from typing import NamedTuple, cast, final

import torch
from pydantic import Field
from torch import Tensor, nn

from anigifs.algorithms.base import Context
from anigifs.core.config import Config
from anigifs.core.errors import InputError
from anigifs.models.base import VideoModel
from anigifs.models.hooks import evaluating


class APNConfig(Config):
    """The head's size. Source of all defaults: Yao et al.'s code."""

    segments: int = Field(5, ge=3, le=8)
    """Time steps n; scales are n, n - 1, …, 2. I3D gives 5 for 40 frames; missing ones repeat."""
    hidden: int = Field(256, ge=4, multiple_of=4)
    """Width of the transformer, of 4 heads and one block."""
    dropout: float = Field(0.3, ge=0, lt=1)
    """On attention weights and on the transformer's output."""
    probe: tuple[int, int] = (16, 64)
    """Frames and pixels of a blank clip that finds out how wide the features are; a backbone with a
    fixed input size wants that."""


class Heads(NamedTuple):
    """Logits (B, K) and features (B, n x hidden): of all scales, and of the smaller ones alone."""

    logits_all: Tensor
    features_all: Tensor
    logits_cross: Tensor
    features_cross: Tensor


@final
class APN(nn.Module):
    """A backbone under an APN head. A `models.base.VideoModel` itself."""

    def __init__(self, backbone: nn.Module, config: APNConfig, context: Context) -> None:
        super().__init__()
        self.classes = context.classes
        self.backbone = backbone
        width = _take_head_off(backbone, config.probe)
        self.project = nn.Linear(width, config.hidden)
        nn.init.normal_(self.project.weight, std=0.001)
        nn.init.zeros_(self.project.bias)
        self.transformer = Transformer(config, context.local_rng)
        self.classifier = nn.Linear(config.segments * config.hidden, len(context.classes))
        self.segments, self._rng = config.segments, context.rng

    def forward(self, clips: Tensor) -> Tensor:
        """Logits of all scales (B, K)."""
        return self.heads(clips).logits_all

    def features(self, clips: Tensor) -> Tensor:
        """The backbone's."""
        return cast(VideoModel, self.backbone).features(clips)

    @property
    def last_block(self) -> nn.Module:
        """The backbone's."""
        return cast(VideoModel, self.backbone).last_block

    def heads(self, clips: Tensor) -> Heads:
        """What the adversary of RADA looks at."""
        steps = self.project(self._steps(clips))
        whole = self.transformer(steps, steps)
        cross = sum(
            (self._cross(steps, whole, size) for size in range(self.segments - 1, 1, -1)),
            torch.zeros_like(whole),
        )
        both, cross = (whole + cross).flatten(1), cross.flatten(1)
        return Heads(self._classify(both), both, self._classify(cross), cross)

    def _steps(self, clips: Tensor) -> Tensor:
        """n time steps, averaged over space: (B, n, D)."""
        steps = self.features(clips).mean((3, 4)).transpose(1, 2)
        picked = torch.linspace(0, steps.shape[1] - 1, self.segments).round().long()
        return steps[:, picked.to(steps.device)]

    def _cross(self, steps: Tensor, whole: Tensor, size: int) -> Tensor:
        """The n steps after attending to `size` of them: (B, n, hidden)."""
        choices = torch.tensor(list(combinations(range(self.segments), size)))
        if self.training:
            choices = choices[torch.randint(len(choices), (1,), generator=self._rng)]
        some = steps[:, choices.to(steps.device)]
        batch, count = some.shape[:2]
        some = some.flatten(0, 1)
        reader = whole.repeat_interleave(count, 0)
        read = self.transformer(self.transformer(some, some), reader)
        return cast(Tensor, read.view(batch, count, *whole.shape[1:]).mean(1))

    def _classify(self, features: Tensor) -> Tensor:
        return cast(Tensor, self.classifier(features.relu()))


class Transformer(nn.Module):
    """One block of encoder and one of decoder: (memory, reader) to what the reader reads."""

    def __init__(self, config: APNConfig, rng: torch.Generator) -> None:
        super().__init__()
        self.encode = Attention(config, rng)
        self.encoded = FeedForward(config.hidden)
        self.decode = Attention(config, rng, causal=True)
        self.read = Attention(config, rng)
        self.decoded = FeedForward(config.hidden)
        self.dropout = Dropout(config.dropout, rng)

    def forward(self, memory: Tensor, reader: Tensor) -> Tensor:
        """(B, S, hidden) and (B, n, hidden) to (B, n, hidden)."""
        memory = self.encoded(self.encode(memory, memory))
        reader = self.read(self.decode(reader, reader), memory)
        return cast(Tensor, self.dropout(self.decoded(reader)))


class Attention(nn.Module):
    """Four heads with ReLU on queries, keys and values, added to the queries and normalised."""

    def __init__(self, config: APNConfig, rng: torch.Generator, causal: bool = False) -> None:
        super().__init__()
        self.query, self.key, self.value = (
            nn.Sequential(nn.Linear(config.hidden, config.hidden), nn.ReLU()) for _ in range(3)
        )
        self.dropout = Dropout(config.dropout, rng)
        self.norm = nn.LayerNorm(config.hidden)
        self.causal = causal

    def forward(self, queries: Tensor, memory: Tensor) -> Tensor:
        """(B, Q, hidden) that look at (B, M, hidden)."""
        q, k, v = (
            _split(part) for part in (self.query(queries), self.key(memory), self.value(memory))
        )
        scores = q @ k.transpose(2, 3) / q.shape[3] ** 0.5
        if self.causal:
            later = torch.ones_like(scores[0, 0], dtype=torch.bool).triu(1)
            scores = scores.masked_fill(later, -torch.inf)
        found = self.dropout(scores.softmax(3)) @ v
        return cast(Tensor, self.norm(queries + found.transpose(1, 2).flatten(2)))


class FeedForward(nn.Module):
    """Two layers, four times as wide between, added and normalised."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(hidden, 4 * hidden), nn.ReLU(), nn.Linear(4 * hidden, hidden)
        )
        self.norm = nn.LayerNorm(hidden)

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, hidden) to the same."""
        return cast(Tensor, self.norm(x + self.layers(x)))


class Dropout(nn.Module):
    """Dropout that draws from a generator that is handed in, so that runs repeat and resume."""

    def __init__(self, chance: float, rng: torch.Generator) -> None:
        super().__init__()
        self.chance, self._rng = chance, rng

    def forward(self, x: Tensor) -> Tensor:
        """As `nn.Dropout`."""
        if not self.training or not self.chance:
            return x
        keep = torch.rand(x.shape, generator=self._rng) >= self.chance
        return x * keep.to(x.device) / (1 - self.chance)


def _split(x: Tensor) -> Tensor:
    """(B, S, hidden) to (B, 4 heads, S, hidden / 4)."""
    return x.view(*x.shape[:2], 4, -1).transpose(1, 2)


def _take_head_off(backbone: nn.Module, probe: tuple[int, int]) -> int:
    """Remove the backbone's parts that `features` does not use; how wide the features are.

    Weights that no loss reaches would stop distributed training. Weights that are frozen stay so.
    """
    frames, side = probe
    weights = dict(backbone.named_parameters())
    blank = next(iter(weights.values())).new_zeros(1, 3, frames, side, side)
    with evaluating(backbone), torch.enable_grad(), _thawed(list(weights.values())):
        features = _probed(backbone, blank)
        slopes = torch.autograd.grad(features.sum(), list(weights.values()), allow_unused=True)
    used = {name for name, slope in zip(weights, slopes, strict=True) if slope is not None}
    for name, _ in list(backbone.named_children()):
        own = {weight for weight in weights if weight.startswith(f"{name}.")}
        if own and not own & used:
            backbone.set_submodule(name, nn.Identity())
    for name, weight in backbone.named_parameters():
        weight.requires_grad_(weight.requires_grad and name in used)
    return features.shape[1]


@contextmanager
def _thawed(weights: list[nn.Parameter]) -> Iterator[None]:
    """All weights take a gradient, so that frozen ones in use are told from those in no use."""
    before = [weight.requires_grad for weight in weights]
    try:
        for weight in weights:
            weight.requires_grad_()
        yield
    finally:
        for weight, learns in zip(weights, before, strict=True):
            weight.requires_grad_(learns)


def _probed(backbone: nn.Module, blank: Tensor) -> Tensor:
    try:
        return cast(VideoModel, backbone).features(blank)
    except (RuntimeError, ValueError) as error:
        raise InputError(
            f"the backbone does not take a blank clip of {tuple(blank.shape[1:])} ({error}); set "
            "the method's probe = [frames, pixels] to a size that it takes"
        ) from error
