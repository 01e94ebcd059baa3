"""Video backbones: one file each, one line here each. Listing them imports no torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from anigifs.core.registry import Registry

if TYPE_CHECKING:
    from torch import nn

    from anigifs.models.config import ModelConfig

Builder = Callable[["ModelConfig", tuple[str, ...]], "nn.Module"]
"""Builds a backbone with new weights and the given classes as its head, in order."""

MODELS: Registry[Builder] = Registry(
    "model",
    {
        "i3d": "anigifs.models.i3d:build",
        "mvit_v2_s": "anigifs.models.adapters.torchvision:build",
        "r2plus1d_18": "anigifs.models.adapters.torchvision:build",
        "r3d_18": "anigifs.models.adapters.torchvision:build",
        "resnet_frames": "anigifs.models.adapters.frames:build",
        "s3d": "anigifs.models.adapters.torchvision:build",
        "swin3d_t": "anigifs.models.adapters.torchvision:build",
        "timesformer": "anigifs.models.adapters.huggingface:build",
        "videomae": "anigifs.models.adapters.huggingface:build",
        "vivit": "anigifs.models.adapters.huggingface:build",
    },
    group="anigifs.models",
)
