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
    },
    group="anigifs.models",
)
