"""What training writes down while it runs, and the watch over numbers that stop being numbers.

Losses stay on the device until a line is due, so that watching them costs no waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

import torch
from torch import Tensor, nn

from anigifs.core.errors import ConfigError, TrainingError
from anigifs.core.runs import RunFolder
from anigifs.train import checkpoint
from anigifs.train.config import TrainConfig
from anigifs.train.devices import Fabric


class Journal:
    """The log of one process; rank 0 writes. Means are over the batches since the last line."""

    def __init__(self, fabric: Fabric, config: TrainConfig, run: RunFolder) -> None:
        self.fabric, self.config, self.run = fabric, config, run
        self.loss = torch.zeros((), dtype=torch.float64, device=fabric.device)
        self.bad = torch.full((), -1, device=fabric.device)
        self.batches, self.sums = 0, dict[str, tuple[float, int]]()
        self.since, self.fresh = monotonic(), 0
        self.board = _board(run) if config.tensorboard and fabric.is_global_zero else None

    def take(self, step: int, loss: Tensor, logs: dict[str, float]) -> None:
        """Note one batch of step `step`."""
        self.loss += loss
        first = (self.bad < 0) & ~loss.isfinite()
        self.bad = torch.where(first, step, self.bad)
        self.batches, self.fresh = self.batches + 1, self.fresh + 1
        for key, value in logs.items():
            total, batches = self.sums.get(key, (0.0, 0))
            self.sums[key] = total + value, batches + 1

    def check(self, model: nn.Module | None = None) -> None:
        """Raise when a loss since the last check, or a weight of `model`, is not finite.

        Raises:
            TrainingError: names the step and what to do; called before every checkpoint, so
                the last one is good.
        """
        step = int(self.fabric.all_reduce(self.bad, reduce_op="max"))
        if step >= 0:
            self._stop(f"the loss of step {step} (counted from 0) is not finite")
        if model is not None and not _finite(model):
            self._stop("a weight is not finite, though every loss was: its gradient overflowed")

    def write(self, done: int, epoch: float, lr: float) -> None:
        """One line of the means since the last; `done` steps are done.

        What a method logs now and then is the mean over the batches that logged it. With several
        processes the loss is the mean over all; a method's numbers are rank 0's, of its share of
        the clips.
        """
        count = max(self.batches, 1)
        record = {
            "kind": "train",
            "step": done,
            "epoch": round(epoch, 4),
            "lr": lr,
            "loss": float(self.fabric.all_reduce(self.loss / count, reduce_op="mean")),
            **{key: total / batches for key, (total, batches) in self.sums.items()},
            "clips_per_s": round(self._rate(), 2),
        }
        self._log(record)
        self.loss.zero_()
        self.batches, self.sums = 0, {}
        self.since, self.fresh = monotonic(), 0

    def validated(self, done: int, score: float | None, beside: Mapping[str, float]) -> None:
        """One line of a validation, with what was seen beside the score, if there is one."""
        own = {"kind": "validate", "step": done, "selection": self.config.selection}
        self._log({**beside, **own} | ({} if score is None else {"score": score}))

    def state(self) -> dict[str, Any]:
        """The sums so far, for a line that a resumed run completes; called on every process."""
        loss = self.fabric.all_reduce(self.loss.clone(), reduce_op="mean")
        return {"loss": float(loss), "batches": self.batches, "sums": {**self.sums}}

    def restore(self, state: dict[str, Any]) -> None:
        """Continue the sums of `state()`."""
        self.loss.fill_(state["loss"])
        self.batches, self.sums = state["batches"], {**state["sums"]}

    def close(self) -> None:
        """Close what is open."""
        if self.board:
            self.board.close()

    def _rate(self) -> float:
        clips = self.fresh * self.config.batch_size / self.config.grad_accumulation
        return clips / max(monotonic() - self.since, 1e-9)

    def _log(self, record: dict[str, Any]) -> None:
        if self.fabric.is_global_zero:
            self.run.log(record)
        if self.board:
            for key, value in record.items():
                if isinstance(value, float):
                    self.board.add_scalar(f"{record['kind']}/{key}", value, record["step"])

    def _stop(self, reason: str) -> None:
        last = checkpoint.last_file(self.run)
        kept = f"The last good checkpoint is {last}" if last.exists() else "No checkpoint was due"
        raise TrainingError(
            f"training stopped: {reason}. {kept}. Lower train.lr, set train.clip_norm, or use "
            "train.precision = 'fp32', in a new run folder"
        )


def _finite(model: nn.Module) -> bool:
    values = [value for value in model.state_dict().values() if value.is_floating_point()]
    return bool(torch.stack([value.isfinite().all() for value in values]).all())


def _board(run: RunFolder) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise ConfigError(
            "train.tensorboard = true needs the package tensorboard: pip install tensorboard"
        ) from None
    return SummaryWriter(str(run.path / "tensorboard"))
