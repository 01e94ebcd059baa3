"""What a person may set about training. Every key is a line in docs/training.md."""

from __future__ import annotations

from math import cos, pi
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from anigifs.core.config import Config, build
from anigifs.core.errors import ConfigError

Steps = Annotated[int, Field(ge=1)]


class AlgorithmConfig(Config):
    """A method by name; every other key is an option of that method's own."""

    model_config = ConfigDict(extra="allow")

    name: str = "erm"
    """A name of the table of algorithms."""

    def options(self) -> Config:
        """The options, checked against the method's own config. Imports the method.

        Raises:
            UnknownName: there is no such method. ConfigError: an option does not fit it.
        """
        from anigifs.algorithms import ALGORITHMS

        kind: type[Config] = ALGORITHMS[self.name].Config
        return build(kind, self.model_extra or {}, f"the table [train.algorithm] of {self.name!r}")


class TrainConfig(Config):
    """One training run. Defaults are the paper's where it gives figures."""

    algorithm: AlgorithmConfig = AlgorithmConfig()
    """The method: `name`, and its options beside it."""

    epochs: Steps | None = None
    """Passes over the training clips. Source: section 5.2 (60, when neither is given)."""
    steps: Steps | None = None
    """Optimiser steps, instead of epochs: what runs with equal updates are compared at."""
    batch_size: int = Field(32, ge=1)
    """Clips per optimiser step, over all devices. Source: section 5.2."""
    grad_accumulation: int = Field(1, ge=1)
    """Batches that one optimiser step is cut into, to fit memory."""

    optimiser: Literal["adam", "sgd"] = "adam"
    """Adam as in section 5.2; section 4.1 also names SGD (here with momentum 0.9)."""
    lr: float = Field(1e-4, gt=0)
    """Learning rate. Source: section 5.2."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Adam's. Source: section 5.2."""
    weight_decay: float = Field(0.0, ge=0)
    """The optimiser's L2 penalty; the paper gives none."""
    schedule: Literal["constant", "cosine"] = "constant"
    """Of the learning rate after the warm-up: constant, or half a cosine down to 0."""
    warmup_steps: int = Field(0, ge=0)
    """Steps over which the learning rate rises linearly from near 0."""
    clip_norm: float | None = Field(None, gt=0)
    """Gradients are scaled down to this norm; none: left alone."""
    ema_decay: float = Field(0.0, ge=0, lt=1)
    """Average weights with this decay a step, and validate and evaluate the average; 0: none."""

    seed: int = Field(0, ge=0)
    """Order of clips, dropout and every draw of the method."""
    init_from: str = ""
    """A checkpoint whose weights to start from (of the same model and classes)."""
    selection: Literal["source-val", "last", "oracle"] = "source-val"
    """Which checkpoint counts: best on source validation, the last, or best on the target."""
    validate_every: Steps | None = None
    """Steps between validations; none: once an epoch. The end always is one."""
    checkpoint_every: Steps | None = None
    """Steps between checkpoints to go on from; none: once an epoch."""
    log_every: Steps = 10
    """Steps between lines of metrics.jsonl, and between looks at whether the loss is finite."""
    tensorboard: bool = False
    """Write the same numbers for TensorBoard too."""

    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    """Of the model's arithmetic; bf16 and fp16 by autocast, fp16 on CUDA only."""
    channels_last_3d: bool = False
    """Keep clips and convolutions in channels-last order: faster on most devices."""
    compile: bool = False
    """Compile the model with torch.compile; not for `saliency` and `mixstyle`."""
    deterministic: bool = False
    """Only deterministic algorithms: on CUDA, needed for runs that repeat bit for bit."""

    accelerator: Literal["auto", "cpu", "cuda"] = "auto"
    """Which kind of device."""
    devices: int = Field(1, ge=1)
    """Devices (processes) on each node."""
    num_nodes: int = Field(1, ge=1)
    """Nodes."""
    strategy: Literal["auto", "ddp", "ddp_spawn", "ddp_fork"] = "auto"
    """How several processes start; auto runs the same command once for each device."""
    workers: int = Field(0, ge=0)
    """Processes that load clips, for each device; 0: the training process does."""
    threads: int = Field(0, ge=0)
    """CPU threads of each process; 0: torch's own choice."""

    @model_validator(mode="after")
    def _consistent(self) -> TrainConfig:
        if self.epochs is not None and self.steps is not None:
            raise ConfigError(
                f"train.epochs = {self.epochs} and train.steps = {self.steps} both say how long "
                "to train; keep one"
            )
        processes = self.devices * self.num_nodes * self.grad_accumulation
        if self.batch_size % processes:
            raise ConfigError(
                f"train.batch_size = {self.batch_size} cannot be cut into {processes} equal parts "
                f"(devices {self.devices} x num_nodes {self.num_nodes} x grad_accumulation "
                f"{self.grad_accumulation}); use a multiple of {processes}"
            )
        self.algorithm.options()
        self._check_needs()
        return self

    def _check_needs(self) -> None:
        from anigifs.algorithms import ALGORITHMS
        from anigifs.algorithms.guard import check_at_once, check_compiled

        name = self.algorithm.name
        needs = ALGORITHMS[name].needs
        check_at_once(name, needs, self.micro_batch)
        if self.compile:
            check_compiled(name, needs)

    @property
    def micro_batch(self) -> int:
        """Clips that one device takes at once."""
        return self.batch_size // (self.devices * self.num_nodes * self.grad_accumulation)

    def total_steps(self, clips: int) -> int:
        """Optimiser steps of the whole run over a training set of `clips` clips."""
        return self.steps or (self.epochs or 60) * self.steps_per_epoch(clips)

    def steps_per_epoch(self, clips: int) -> int:
        """Optimiser steps of one pass; clips left over are dropped, others each epoch.

        Raises:
            ConfigError: the training set is smaller than one batch.
        """
        if clips < self.batch_size:
            raise ConfigError(
                f"the training set has {clips} clips, fewer than train.batch_size = "
                f"{self.batch_size}; set train.batch_size to {clips} or less"
            )
        return clips // self.batch_size

    def lr_at(self, step: int, total: int) -> float:
        """The learning rate of step `step` (from 0) out of `total`."""
        if step < self.warmup_steps:
            return self.lr * (step + 1) / (self.warmup_steps + 1)
        if self.schedule == "constant":
            return self.lr
        share = (step - self.warmup_steps) / max(total - self.warmup_steps, 1)
        return self.lr * (1 + cos(pi * share)) / 2


def as_plain(config: Config) -> dict[str, Any]:
    """A config as plain values, defaults filled in and unset keys left out."""
    return config.model_dump(mode="json", exclude_none=True)
