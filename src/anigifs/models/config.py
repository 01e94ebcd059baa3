"""Which backbone to build and from which weights."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from torch import nn

from anigifs.core import taxonomy
from anigifs.core.config import Config
from anigifs.core.errors import InputError
from anigifs.models import MODELS
from anigifs.models.checkpoints import Fitted, load_checkpoint


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
    checkpoint: str | None = None
    """Weights to start from: a .pt, .safetensors or TensorFlow .index file, or a folder that
    transformers saved. None: new weights."""
    labels: str | None = None
    """Names of the checkpoint's outputs, in order, when its file does not say them: a known list
    such as "kinetics-600", or a text file with a name a line."""
    head: Literal["match", "new"] = "match"
    """ "match" takes the checkpoint's rows of the classes it shares with the data, by name, and
    starts the others new; "new" starts the whole head new."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Other backbones: keyword arguments of their own config class or builder."""


def build_model(
    config: ModelConfig,
    classes: Sequence[str],
    tell: Callable[[Fitted], None] | None = None,
) -> nn.Module:
    """The backbone that `config` names, a `models.base.VideoModel`, with a head of `classes`.

    New weights are drawn from torch's global generator: seed it first. What came from a
    checkpoint is handed to `tell`; by default it is one line on standard error.

    Raises:
        UnknownName: no backbone, or no list of labels, has that name.
        InputError: no classes, or one of them twice; the checkpoint cannot be read.
        TrainingError: the checkpoint does not fit; says which keys.
    """
    model = build_new(config, classes)
    if config.checkpoint is not None:
        labels = taxonomy.list_of(config.labels) if config.labels else None
        fitted = load_checkpoint(model, Path(config.checkpoint), labels, config.head)
        (tell or _print)(fitted)
    return model


def build_new(config: ModelConfig, classes: Sequence[str]) -> nn.Module:
    """As `build_model`, with new weights even where the config names a checkpoint.

    For a caller that fills in the weights of a run: the file that the run started from may be
    gone. A folder of transformers has to be there: the architecture is read from it.
    """
    names = tuple(classes)
    if not names:
        raise InputError("a model needs at least one class; got none")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InputError(f"a class may stand once in the head; these stand twice: {twice}")
    return MODELS[config.name](config, names)


def _print(fitted: Fitted) -> None:
    print(f"weights from {fitted}", file=sys.stderr)
