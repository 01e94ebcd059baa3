"""The training loop: one method, one model, one run folder.

The method turns batches into losses (`algorithms`), a `Session` turns losses into steps, and the
loop decides what is due after each: a line in the journal, a validation, a checkpoint, a stop.
A run that was killed at any moment and goes on ends with the weights of the run that was not:
bit for bit on a CPU with the same number of threads, and on CUDA with `deterministic`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import nn

from anigifs.algorithms import ALGORITHMS
from anigifs.algorithms.guard import check_needs
from anigifs.core import files
from anigifs.core.errors import ConfigError, TrainingError
from anigifs.core.progress import track
from anigifs.core.runs import RunFolder
from anigifs.train import checkpoint, resume
from anigifs.train.config import TrainConfig, as_plain
from anigifs.train.devices import Fabric, make_fabric, prepare_process
from anigifs.train.environment import describe
from anigifs.train.feed import TrainData, feed
from anigifs.train.interrupt import Stop, stoppable
from anigifs.train.journal import Journal
from anigifs.train.predictor import Predictor
from anigifs.train.sampler import Order
from anigifs.train.session import Session


class Scored(NamedTuple):
    """A validation's score, by which the checkpoint is chosen, and numbers only to be logged.

    score: None where nothing is chosen (`selection = "last"`).
    """

    score: float | None
    beside: Mapping[str, float] = MappingProxyType({})


Validate = Callable[[Predictor], float | Scored]
"""Scores a predictor, higher is better: top-1 on the source's validation split (`source-val`)
or, called so in every table, on the target (`oracle`)."""


def train(
    config: TrainConfig,
    model: nn.Module,
    data: TrainData,
    run: RunFolder,
    validate: Validate | None = None,
) -> None:
    """Train `model` in place; leave checkpoints, metrics and the environment in `run`.

    A folder that holds an unfinished run of the same config is gone on with, a finished one is
    left as it is. The run's `config.toml` and `done` are the caller's.

    Args:
        config: see docs/training.md.
        model: a `models.base.VideoModel`.
        data: the training clips and what the protocol offers.
        run: where everything is written.
        validate: called on one process with a predictor in eval mode, without gradients;
            required unless `selection = "last"`.

    Raises:
        ProtocolError: the method needs what `data` does not offer.
        ConfigError: the config does not fit the data, the machine or the run begun before.
        TrainingError: the loss is no longer finite, or a checkpoint does not fit.
        KeyboardInterrupt: somebody asked to stop; the state to go on from is saved.
    """
    check_needs(config.algorithm.name, ALGORITHMS[config.algorithm.name].needs, data.offers)
    if validate is None and config.selection != "last":
        raise ConfigError(
            f"train.selection = {config.selection!r} needs a validation set; give one (data.val) "
            "or set train.selection = 'last'"
        )
    config.steps_per_epoch(len(data.clips))
    make_fabric(config).launch(_train, config, model, data, run, validate)


def _train(
    fabric: Fabric,
    config: TrainConfig,
    model: nn.Module,
    data: TrainData,
    run: RunFolder,
    validate: Validate | None,
) -> None:
    prepare_process(config, fabric)
    saved = resume.find(run, config)
    session = Session(fabric, config, model, data.classes)
    loop = _Loop(fabric, config, run, session, Journal(fabric, config, run), len(data.clips))
    loop.begin(saved)
    order = Order.of(config, len(data.clips), fabric.global_rank, fabric.world_size)
    first = loop.done * config.grad_accumulation
    batches = feed(data.clips, order, first, config, fabric.device)
    try:
        with stoppable() as stop:
            for step in loop.steps():
                session.step(step, batches, loop.total, loop.journal)
                loop.after(step + 1, validate, stop)
    finally:
        loop.journal.close()


@dataclass
class _Loop:
    """Where a run stands, and what is due there.

    done: optimiser steps done. best: step and score of the best validation so far.
    """

    fabric: Fabric
    config: TrainConfig
    run: RunFolder
    session: Session
    journal: Journal
    clips: int
    done: int = 0
    best: dict[str, Any] | None = None

    @property
    def total(self) -> int:
        return self.config.total_steps(self.clips)

    @property
    def per_epoch(self) -> int:
        return self.config.steps_per_epoch(self.clips)

    def begin(self, saved: checkpoint.Saved | None) -> None:
        """Take up a saved state; write down what a fresh run is made with."""
        if saved is not None:
            self.done, self.best = saved["step"], saved["best"]
            self.session.restore(saved)
            self.journal.restore(saved["journal"])
        if self.fabric.is_global_zero:
            resume.forget_after(self.run, self.done)
            path = self.run.path / "environment.json"
            if not path.exists():
                files.write_json(path, describe(self.fabric.device, self.fabric.world_size))

    def steps(self) -> Iterable[int]:
        """The numbers of the steps that are left, shown as they go by."""
        left = range(self.done, self.total)
        return track(left, f"train {self.run.name}") if self.fabric.is_global_zero else left

    def after(self, done: int, validate: Validate | None, stop: Stop) -> None:
        """Log, validate, save and stop, whatever is due when `done` steps are done."""
        self.done = done
        log = self._due(self.config.log_every)
        look = validate is not None and self._due(self.config.validate_every or self.per_epoch)
        save = self._due(self.config.checkpoint_every or self.per_epoch)
        stopping = self._agreed(stop, log or look or save)
        if log or look or save or stopping:
            self.journal.check(self.session.bare if look or save or stopping else None)
        if log:
            lr = self.config.lr_at(done - 1, self.total)
            self.journal.write(done, done / self.per_epoch, lr)
        if look and validate:
            self._validate(validate)
        if save or stopping:
            self._save()
        if stopping and done < self.total:
            raise KeyboardInterrupt(
                f"stopped after step {done} of {self.total}; the state is in "
                f"{checkpoint.last_file(self.run)}. Run the same command again to go on"
            )

    def _due(self, every: int) -> bool:
        return self.done % every == 0 or self.done == self.total

    def _agreed(self, stop: Stop, due: bool) -> bool:
        """Whether to stop: several processes ask each other, when something else is due."""
        if self.fabric.world_size == 1:
            return stop.asked
        asked = torch.tensor(int(stop.asked), device=self.fabric.device)
        return due and bool(self.fabric.all_reduce(asked, reduce_op="max"))

    def _validate(self, validate: Validate) -> None:
        found = self._score(validate)
        score = self.fabric.broadcast(None if found.score is None else float(found.score))
        if score != score or (score is None and self.config.selection != "last"):
            raise TrainingError(f"the validation score after step {self.done} is not a number")
        self.journal.validated(self.done, score, found.beside)
        if score is None:
            return
        if self.best is not None and score <= self.best["score"]:
            return
        self.best = {"step": self.done, "score": score}
        if self.fabric.is_global_zero and self.config.selection != "last":
            checkpoint.write(checkpoint.best_file(self.run), self._weights())

    def _score(self, validate: Validate) -> Scored:
        """On rank 0; the others wait where the score is handed out."""
        if not self.fabric.is_global_zero:
            return Scored(None)
        with self.session.predictor() as predictor:
            found = validate(predictor)
        return found if isinstance(found, Scored) else Scored(float(found))

    def _weights(self) -> checkpoint.Saved:
        about = {"step": self.done, "best": self.best, "config": as_plain(self.config)}
        return self.session.weights() | about

    def _save(self) -> None:
        state = self.session.state() | {"journal": self.journal.state()}
        if self.fabric.is_global_zero:
            checkpoint.write(checkpoint.last_file(self.run), self._weights() | state)
