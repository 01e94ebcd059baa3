"""Devices, processes and precision: lightning-fabric, asked for in our terms."""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import conv3d

from anigifs.core.errors import ConfigError, TrainingError
from anigifs.models.selftest import require_conv3d, versions
from anigifs.train.config import TrainConfig

Fabric = Any
"""`lightning_fabric.Fabric`, imported when training starts: it takes seconds."""

PRECISIONS = {"fp32": "32-true", "bf16": "bf16-mixed", "fp16": "16-mixed"}
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def to_channels_last_3d(network: nn.Module) -> None:
    """Lay the weights of 3-D convolutions out with channels last, in place; others stay."""
    for weight in (*network.parameters(), *network.buffers()):
        if weight.dim() == 5:
            weight.data = weight.data.to(memory_format=torch.channels_last_3d)


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
    dtype = DTYPES[config.precision]
    if fabric.device.type == "cuda":
        torch.backends.cudnn.benchmark = not config.deterministic
        require_conv3d(fabric.device, dtype)
    if dtype is not torch.float32:
        require_short_maps(fabric.device, dtype)


def require_short_maps(device: torch.device, dtype: torch.dtype, tries: int = 8) -> None:
    """Raise `TrainingError` when weight gradients of maps of two time steps are wrong here.

    Known: on CPUs, oneDNN's in torch 2.13 in bfloat16 reads memory that nothing wrote (the last
    block of I3D has such maps with clips of 9 to 16 frames). What it reads differs each time,
    so it is tried several times among freed memory full of NaN.
    """
    numbers = torch.Generator().manual_seed(0)
    clip, weight, pull = (
        torch.randn(shape, generator=numbers)
        for shape in ((8, 16, 2, 4, 4), (32, 16, 3, 3, 3), (8, 32, 2, 4, 4))
    )
    exact = _weight_gradient(clip, weight, pull)
    low = [value.to(device, dtype) for value in (clip, weight, pull)]
    for _ in range(tries):
        [torch.full((size,), float("nan"), device=device) for size in (1_000, 14_000, 30_000)]
        found = _weight_gradient(*low).float().cpu()
        error = float((found - exact).abs().max() / exact.abs().max())
        if not error <= 0.05:
            raise TrainingError(
                f"the gradient of conv3d in {dtype} on {device} is wrong by {error:.2g} of the "
                f"largest value for maps of two time steps ({versions()}); set "
                "train.precision = 'fp32', or install another torch"
            )


def _weight_gradient(clip: Tensor, weight: Tensor, pull: Tensor) -> Tensor:
    weight = weight.detach().requires_grad_()
    return torch.autograd.grad(conv3d(clip, weight, padding=1), weight, pull)[0]
