"""What a person sets for one experiment, and for a study of many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from anigifs.core.config import Config
from anigifs.core.errors import ConfigError
from anigifs.core.taxonomy import list_of
from anigifs.evaluate.predictions import Rule
from anigifs.media.view import ViewConfig
from anigifs.models.config import ModelConfig
from anigifs.train.config import TrainConfig

SET_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


class DataConfig(Config):
    """Which clips an experiment reads. Each is a spec: `PATH` or `source:PATH?split=train`."""

    train: str
    """The source domain's training clips."""
    val: str = ""
    """The source domain's validation clips, which choose the checkpoint: none of those that `test`
    measures. Empty allows only `train.selection = "last"`, which looks at none."""
    test: dict[str, str] = Field(default_factory=dict)
    """Evaluation sets by the name that tables show: the source domain's own first, the target
    last (where `train.selection = "oracle"` looks). An empty spec takes out what a base has."""
    also: dict[str, str] = Field(default_factory=dict)
    """External checks: sets measured like those of `test`, on which nothing is ever chosen. Where
    their classes are not the head's, `rule` counts, or else the shared classes alone."""
    oracle: str = ""
    """Clips of the target that are only watched, at every validation: the table's oracle column
    says what choosing on them would have added. Nothing is ever chosen on them."""
    classes: tuple[str, ...] = ()
    """The head's classes in order, or the name of a class list or file ("kinetics-600"); empty
    means the training set's own. Test sets are then scored over all of the head's."""
    per_class: int | None = Field(None, ge=1)
    """Training clips drawn of each class; a smaller class repeats its clips. None: all, once."""
    rule: Rule | None = None
    """How a test set whose classes are not the head's is scored: "intersection" over the shared
    classes alone, "head" over all of the head's. Needed only where they differ."""
    packs: str = ""
    """A folder that keeps decoded, resized clips between runs; empty decodes every time."""

    @property
    def sets(self) -> dict[str, str]:
        """Everything that is measured: `test`, then `also`."""
        return {**self.test, **self.also}

    @field_validator("classes", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        return list_of(value) if isinstance(value, str) else value

    @field_validator("test", "also")
    @classmethod
    def _used(cls, sets: dict[str, str]) -> dict[str, str]:
        for name in sets:
            if not SET_NAME.fullmatch(name):
                raise ValueError(f"a set's name has letters, digits, '-', '_' and '.'; got {name}")
        return {name: spec for name, spec in sets.items() if spec}

    @model_validator(mode="after")
    def _apart(self) -> DataConfig:
        if both := self.test.keys() & self.also.keys():
            raise ConfigError(f"{min(both)!r} stands in data.test and in data.also; rename one")
        return self


class ExperimentConfig(Config):
    """One training run and its evaluation."""

    method: str = ""
    """The row's name in tables; empty means the algorithm's name."""
    data: DataConfig
    view: ViewConfig = ViewConfig()
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()


class SimulateConfig(Config):
    """Simulated datasets that a study makes for itself when they are absent, in `OUT/data`."""

    shared: dict[str, Any] = Field(default_factory=dict)
    """Keys of the simulator that all of them share."""
    make: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Keys of the simulator by folder name, where `{seed}` makes one a seed; a table `gifify`
    among them also turns the real test clips into `real-gif`."""


class StudyConfig(Config):
    """Methods x seeds over one experiment.

    In every text, `{data}`, `{out}` and `{seed}` stand for `--data`, `--out` and the run's seed,
    `{name}` for a name of `places`.
    """

    title: str
    """The report's heading."""
    seeds: tuple[int, ...] = (0, 1, 2)
    """One run per method and seed. At least 3 for evidence, 5 before the word "better"."""
    baseline: str = ""
    """The method that the others are compared with; empty: "erm", else the first."""
    paper: str = ""
    """Whose published figures stand beside ours, in columns of their own: a study of paper.csv."""
    places: dict[str, str] = Field(default_factory=dict)
    """Datasets (as specs) and files by name, each set once: `--set places.NAME=SPEC`."""
    get: dict[str, str] = Field(default_factory=dict)
    """What is told of an entry of `places` that is absent: where to get it, what must be in it.
    Datasets show their own layout besides."""
    simulate: SimulateConfig = SimulateConfig()
    """Data that the study makes for itself."""
    base: dict[str, Any]
    """An experiment: what all runs share."""
    pretrain: dict[str, Any] | None = None
    """Overrides of `base` for a run per seed that every method continues from; none: from base."""
    methods: dict[str, dict[str, Any]]
    """Overrides of `base` by method; without `train.algorithm.name` the key names it. The key
    `after` names the method (or "pretrain") whose chosen checkpoint it starts from; "" starts
    from the base. `false` takes out a method that an extended study has."""

    @field_validator("methods", mode="before")
    @classmethod
    def _kept(cls, methods: Any) -> Any:
        if isinstance(methods, Mapping):
            methods = {name: own for name, own in methods.items() if own is not False}
        if not methods:
            raise ValueError("a study needs a method")
        return methods
