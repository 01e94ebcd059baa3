"""Which backbone to build and from which weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field
from torch import nn

from anigifs.core.config import Config
from anigifs.core.errors import InputError
from anigifs.models import MODELS


class ModelConfig(Config):
    """A backbone by name. The defaults are the I3D of the Ani-GIFs paper, with new weights."""

    name: str = "i3d"
    """A name of the table in `anigifs.models`."""
    width: float = Field(1.0, gt=0, le=4)
    """I3D: factor on every channel count; 0.125 trains on two cores. Our addition."""
    output_stride: Literal[8, 16, 32] = 32
    """I3D: pixels per cell of the last feature map. 32 is the published network; 16 lets
    `MaxPool3d_5a_2x2`, and 8 also `MaxPool3d_4a_3x3`, pool in time only, so that a clip of 64 to
    128 px keeps a map of about 8x8 to look at. Pools have no weights: any checkpoint fits any
    stride. Our addition."""
    dropout: float = Field(0.5, ge=0, lt=1)
    """I3D: chance to drop a pooled feature in training."""
    bn_momentum: float = Field(0.01, gt=0, le=1)
    """I3D: weight of a new batch in batch norm's running statistics. 0.01 as in piergiovanni's
    port; a run of a few hundred steps wants more."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Other backbones: keyword arguments of their own config class or builder."""


def build_model(config: ModelConfig, classes: Sequence[str]) -> nn.Module:
    """The backbone that `config` names, a `models.base.VideoModel`, with a head of `classes`.

    New weights are drawn from torch's global generator: seed it first.

    Raises:
        UnknownName: no backbone has that name.
        InputError: no classes, or one of them twice.
    """
    names = tuple(classes)
    if not names:
        raise InputError("a model needs at least one class; got none")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InputError(f"a class may stand once in the head; these stand twice: {twice}")
    return MODELS[config.name](config, names)
