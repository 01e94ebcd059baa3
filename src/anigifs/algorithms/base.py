"""What the training loop asks of a method, and nothing more."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from anigifs.core.config import Config


class Need(StrEnum):
    """What a method asks of the protocol; the guard compares before anything runs."""

    BOXES = "boxes"
    SEVERAL_SOURCES = "several source domains"
    TARGET_CLIPS = "unlabelled target clips"
    LAYERS = "layers within reach"
    SEVERAL_CLIPS = "several clips at once"


class Batch(NamedTuple):
    """Clips of one training step, on the device.

    clips: float32 (B, C, T, H, W), in [-1, 1].
    labels: int64 (B,).
    ids: B clip ids.
    boxes: float32 (B, T, 4), corners in [0, 1] of the clip's picture, NaN but at key frames.
    target: unlabelled clips of the target domain, only in an adaptation protocol.
    """

    clips: Tensor
    labels: Tensor
    ids: tuple[str, ...] = ()
    boxes: Tensor | None = None
    target: Tensor | None = None


class Step(NamedTuple):
    """A scalar loss that the loop calls backward on, and numbers worth logging."""

    loss: Tensor
    logs: dict[str, float]


@dataclass(frozen=True, slots=True)
class Context:
    """What the loop hands to a method when it is built.

    rng: CPU generator, equal on every rank, for draws that all devices share.
    local_rng: CPU generator of this rank alone, for draws per clip.
    """

    classes: tuple[str, ...]
    rng: torch.Generator
    local_rng: torch.Generator


class Algorithm(Protocol):
    """Turns a batch into a loss. The loop owns optimiser, devices, precision, checkpoints.

    A method may wrap the model once, in its constructor (own heads, a feature tap);
    `model` is what is trained and `predict` what is evaluated.
    """

    Config: ClassVar[type[Config]]
    needs: ClassVar[frozenset[Need]]
    model: nn.Module

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one batch; leaves the batch as it was.

        `number` counts the batches of the run from 0 (with gradient accumulation several
        of them make one optimiser step).
        """
        ...

    def after_step(self, number: int) -> None:
        """Called after the optimiser's step; `number` is that of its last batch."""
        ...

    def predict(self, clips: Tensor) -> Tensor:
        """Logits (B, K) of clips (B, C, T, H, W), in the mode the model is in."""
        ...

    def state(self) -> dict[str, Any]:
        """Plain tensors, numbers, strings, lists and dicts only; the generators are the loop's."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from `state()` as if never stopped."""
        ...


class Supervised(ABC):
    """What methods have in common that add to the loss of the model's own answers.

    Nothing follows a step, and prediction is the model alone: no edit, mask or mix.
    """

    model: nn.Module

    @abstractmethod
    def step(self, batch: Batch, number: int) -> Step:
        """As `Algorithm.step`."""

    def after_step(self, number: int) -> None:  # noqa: B027, most methods have nothing to do
        """Nothing follows."""

    def predict(self, clips: Tensor) -> Tensor:
        """The model's logits of the clips as they are."""
        logits: Tensor = self.model(clips)
        return logits


class Stateless(Supervised):
    """A method that keeps nothing from one batch to the next; the weights are the loop's."""

    def state(self) -> dict[str, Any]:
        """There is none."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """There is nothing to restore."""


class AlgorithmFactory(Protocol):
    """An algorithm's class: what the table of algorithms holds."""

    Config: type[Config]
    needs: frozenset[Need]

    def __call__(self, model: nn.Module, config: Any, context: Context) -> Algorithm:
        """Build the method around `model`; `config` is one of its own `Config`."""
        ...
