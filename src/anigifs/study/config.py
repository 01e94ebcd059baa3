"""What a person sets for one experiment, and for a study of many."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from anigifs.core.config import Config
from anigifs.evaluate.predictions import Rule
from anigifs.media.view import ViewConfig
from anigifs.models.config import ModelConfig
from anigifs.train.config import TrainConfig


class DataConfig(Config):
    """Which clips an experiment reads. Each is a spec: `PATH` or `source:PATH?split=train`."""

    train: str
    """The source domain's training clips."""
    val: str = ""
    """The source domain's validation clips; empty allows only `train.selection = "last"`."""
    test: dict[str, str] = Field(default_factory=dict)
    """Evaluation sets by the name that tables show: the source domain's own first, the target
    last (where `train.selection = "oracle"` looks)."""
    classes: tuple[str, ...] = ()
    """The head's classes in order; empty means the training set's own list."""
    rule: Rule | None = None
    """How a test set whose classes are not the head's is scored: "intersection" over the shared
    classes alone, "head" over all of the head's. Needed only where they differ."""
    packs: str = ""
    """A folder that keeps decoded, resized clips between runs; empty decodes every time."""


class ExperimentConfig(Config):
    """One training run and its evaluation."""

    method: str = ""
    """The row's name in tables; empty means the algorithm's name."""
    data: DataConfig
    view: ViewConfig = ViewConfig()
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()


class StudyConfig(Config):
    """Methods x seeds over one experiment, all from the same starting checkpoint."""

    title: str
    """The report's heading."""
    seeds: tuple[int, ...] = (0, 1, 2)
    """One run per method and seed. At least 3 for evidence, 5 before the word "better"."""
    base: dict[str, Any]
    """An experiment: what all runs share."""
    pretrain: dict[str, Any] | None = None
    """Overrides of `base` for a run per seed that every method continues from; none: from base."""
    methods: dict[str, dict[str, Any]]
    """Overrides of `base` by method; without `train.algorithm.name` the key names it."""
