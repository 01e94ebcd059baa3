"""One process's share of a run in the making: method, optimiser, average, and their state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import nn

from anigifs.algorithms import ALGORITHMS
from anigifs.algorithms.base import Batch
from anigifs.core.errors import TrainingError
from anigifs.train import checkpoint
from anigifs.train.average import Average
from anigifs.train.config import TrainConfig
from anigifs.train.devices import Fabric, to_channels_last_3d
from anigifs.train.journal import Journal
from anigifs.train.predictor import Predictor
from anigifs.train.streams import Streams


class Session:
    """What changes from step to step.

    bare: the network as the method made it: its weights are what checkpoints hold.
    wrapped: the same behind precision, gradient exchange and compilation: what is trained.
    """

    def __init__(
        self, fabric: Fabric, config: TrainConfig, model: nn.Module, classes: tuple[str, ...]
    ) -> None:
        self.fabric, self.config, self.classes = fabric, config, classes
        self.streams = Streams(config.seed, fabric.global_rank)
        if config.init_from:
            _start_from(Path(config.init_from), model, classes)
        self.streams.at_build()
        kind = ALGORITHMS[config.algorithm.name]
        context = self.streams.context(classes)
        self.algorithm = kind(model, config.algorithm.options(), context)
        self.bare = self.algorithm.model
        self.wrapped, self.optimiser = self._set_up()
        self.algorithm.model = self.wrapped
        self.average = Average(self.bare, config.ema_decay) if config.ema_decay else None

    def step(self, step: int, batches: Iterator[Batch], total: int, journal: Journal) -> None:
        """One optimiser step: its batches forward and backward, then the update."""
        parts = self.config.grad_accumulation
        number = step * parts
        for number in range(step * parts, (step + 1) * parts):
            batch = next(batches)  # before seeding: starting a loader draws from the global stream
            self.streams.at_batch(number)
            more_to_come = number + 1 < (step + 1) * parts
            with self.fabric.no_backward_sync(self.wrapped, enabled=more_to_come):
                loss, logs = self.algorithm.step(batch, number)
                self.fabric.backward(loss / parts)
            journal.take(step, loss.detach(), logs)
        self._update(self.config.lr_at(step, total))
        self.algorithm.after_step(number)

    @contextmanager
    def predictor(self) -> Iterator[Predictor]:
        """The method's predictions with the weights that count, in eval mode, this rank alone."""
        self.algorithm.model = self.bare.eval()
        averaged = self.average.in_place() if self.average else nullcontext()
        try:
            with averaged, torch.no_grad(), self.fabric.autocast():
                yield Predictor(self.algorithm, self.classes).eval()
        finally:
            self.algorithm.model = self.wrapped.train()

    def weights(self) -> checkpoint.Saved:
        """What evaluation and another run need."""
        saved = {"classes": list(self.classes), "model": self.bare.state_dict()}
        return saved | ({"average": self.average.values} if self.average else {})

    def state(self) -> checkpoint.Saved:
        """What going on needs besides; the random streams need nothing."""
        return {
            "optimiser": self.optimiser.state_dict(),
            "precision": self.fabric.strategy.precision.state_dict(),
            "algorithm": self.algorithm.state(),
        }

    def restore(self, saved: checkpoint.Saved) -> None:
        """Continue from `weights()` and `state()` as if never stopped."""
        self.bare.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.fabric.strategy.precision.load_state_dict(saved["precision"])
        self.algorithm.restore(saved["algorithm"])
        if self.average:
            self.average.restore(saved["average"])

    def _set_up(self) -> tuple[Any, Any]:
        network: Any = self.bare.to(self.fabric.device)
        if self.config.channels_last_3d:
            to_channels_last_3d(network)
        optimiser = _optimiser(self.config, network)
        network = torch.compile(network) if self.config.compile else network
        wrapped, optimiser = self.fabric.setup(network, optimiser)
        return wrapped.train(), optimiser

    def _update(self, lr: float) -> None:
        if self.config.clip_norm:
            self.fabric.clip_gradients(
                self.wrapped, self.optimiser, max_norm=self.config.clip_norm,
                error_if_nonfinite=False,
            )  # fmt: skip
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        self.optimiser.step()
        self.optimiser.zero_grad()
        if self.average:
            self.average.update()


def _start_from(path: Path, model: nn.Module, classes: tuple[str, ...]) -> None:
    saved = checkpoint.read(path)
    if tuple(saved["classes"]) != classes:
        raise TrainingError(
            f"train.init_from = {str(path)!r} has {len(saved['classes'])} classes that are not "
            f"this run's {len(classes)} in this order; start from a checkpoint of the same classes"
        )
    checkpoint.load_weights(model, saved, path)


def _optimiser(config: TrainConfig, model: nn.Module) -> torch.optim.Optimizer:
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    decay = config.weight_decay
    if config.optimiser == "sgd":
        return torch.optim.SGD(weights, lr=config.lr, momentum=0.9, weight_decay=decay)
    return torch.optim.Adam(weights, lr=config.lr, betas=config.betas, weight_decay=decay)
