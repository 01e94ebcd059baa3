"""Devices, processes and precision: lightning-fabric, asked for in our terms."""

from __future__ import annotations

import os
from typing import Any

import torch
from torch.nn.functional import conv3d

from anigifs.core.errors import ConfigError, TrainingError
from anigifs.train.config import TrainConfig
from anigifs.train.environment import cudnn_version

Fabric = Any
"""`lightning_fabric.Fabric`, imported when training starts: it takes seconds."""

PRECISIONS = {"fp32": "32-true", "bf16": "bf16-mixed", "fp16": "16-mixed"}


def make_fabric(config: TrainConfig) -> Fabric:
    """Choose devices, strategy and precision; starts no process yet.

    Under torchrun and SLURM's srun the processes are there already and Fabric joins them.

    Raises:
        ConfigError: CUDA is asked for and absent, or fp16 is asked for on a CPU.
    """
    from lightning_fabric import Fabric

    cuda = torch.cuda.is_available()
    if config.accelerator == "cuda" and not cuda:
        raise ConfigError("train.accelerator = 'cuda', but torch sees no CUDA device; use 'auto'")
    accelerator = "cuda" if cuda and config.accelerator != "cpu" else "cpu"
    if config.precision == "fp16" and accelerator == "cpu":
        raise ConfigError("train.precision = 'fp16' needs CUDA; on a CPU use 'bf16' or 'fp32'")
    if config.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    return Fabric(
        accelerator=accelerator,
        devices=config.devices,
        num_nodes=config.num_nodes,
        strategy=config.strategy,
        precision=PRECISIONS[config.precision],
    )


def prepare_process(config: TrainConfig, fabric: Fabric) -> None:
    """Set what holds for this whole process: threads, determinism, cuDNN's search.

    Raises:
        TrainingError: this device computes 3-D convolutions wrongly at this precision.
    """
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.use_deterministic_algorithms(config.deterministic)
    if fabric.device.type == "cuda":
        torch.backends.cudnn.benchmark = not config.deterministic
        _trust_conv3d(fabric)


def _trust_conv3d(fabric: Fabric, most: float = 0.05) -> None:
    """One convolution against float64: some cuDNN versions are silently wrong in bf16."""
    generator = torch.Generator().manual_seed(0)
    clips = torch.randn(2, 16, 6, 14, 14, generator=generator)
    weight = torch.randn(32, 16, 3, 3, 3, generator=generator) / 16
    expected = conv3d(clips.double(), weight.double(), padding=1)
    with fabric.autocast():
        found = conv3d(clips.to(fabric.device), weight.to(fabric.device), padding=1)
    worst = float((found.double().cpu() - expected).abs().max() / expected.abs().max())
    if not worst <= most:
        raise TrainingError(
            f"3-D convolution on this device is off by {worst:.0%} (torch {torch.__version__}, "
            f"cuDNN {cudnn_version()}); update cuDNN or use train.precision = 'fp32'"
        )
