"""The seam between methods: one that edits clips can work in front of one that does not.

A method that edits clips has `augment` and `logs`. A method whose config is an `Augmented` can have
any of them in front, named in `augment`: a table with the editing method's name and its options.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple, Protocol, cast

from pydantic import ConfigDict, Field, model_validator
from torch import nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms import ALGORITHMS
from anigifs.algorithms.base import Algorithm, Batch, Context, Stateless, Step, Supervised
from anigifs.core.config import Config, build
from anigifs.core.errors import ConfigError

NONE = "none"


class Augmentation(Protocol):
    """What an editing method offers besides `algorithms.base.Algorithm`."""

    model: nn.Module

    def augment(self, batch: Batch, number: int) -> Batch:
        """The batch with edited clips, and boxes in step with them; the given one is left alone."""
        ...

    def logs(self, number: int) -> dict[str, float]:
        """Numbers worth logging once batch `number` is edited."""
        ...

    def state(self) -> dict[str, Any]:
        """As `Algorithm.state`."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """As `Algorithm.restore`."""
        ...


class Editing(Stateless):
    """An editing method that is its edit and nothing else: mean cross-entropy after it."""

    @abstractmethod
    def augment(self, batch: Batch, number: int) -> Batch:
        """As `Augmentation.augment`."""

    def logs(self, number: int) -> dict[str, float]:
        """None."""
        return {}

    def step(self, batch: Batch, number: int) -> Step:
        """The loss of one edited batch."""
        edited = self.augment(batch, number)
        return Step(cross_entropy(self.model(edited.clips), edited.labels), {})


class AugmentConfig(Config):
    """An editing method by name; every other key is an option of that method's own."""

    model_config = ConfigDict(extra="allow")

    name: str = NONE
    """"none", or an editing method of the table of algorithms, such as "worst-case"."""

    @model_validator(mode="after")
    def _known(self) -> AugmentConfig:
        self.options()
        return self

    def options(self) -> Config:
        """The options, checked against the editing method's own config.

        Raises:
            UnknownName: there is no such method. ConfigError: it edits no clips, or an option
                does not fit it.
        """
        if self.name == NONE:
            return build(Config, self.model_extra or {}, 'the augment table named "none"')
        kind = ALGORITHMS[self.name]
        if not hasattr(kind, "augment"):
            editing = [name for name in ALGORITHMS if hasattr(ALGORITHMS[name], "augment")]
            raise ConfigError(f"{self.name!r} does not edit clips; augment.name may be {editing}")
        return build(kind.Config, self.model_extra or {}, f"the augment table of {self.name!r}")


class Augmented(Config):
    """Part of the config of a method that can have an editing method in front."""

    augment: AugmentConfig = Field(default=AugmentConfig())
    """The editing method in front, `name` and its options; "none" by default. Our addition."""


def build_augmentation(config: AugmentConfig, model: nn.Module, context: Context) -> Augmentation:
    """The editing method that `config` names, around the same model and generators."""
    if config.name == NONE:
        return _AsTheyCome(model)
    kind = ALGORITHMS[config.name]
    built: Algorithm = kind(model, config.options(), context)
    return cast(Augmentation, built)


class Edited(NamedTuple):
    """A batch after the editing method in front, and that one's numbers worth logging."""

    batch: Batch
    logs: dict[str, float]


class Behind(Supervised):
    """A method that another may edit clips for; it keeps nothing but what that one keeps."""

    def __init__(self, model: nn.Module, config: Augmented, context: Context) -> None:
        self.model = model
        self._before = build_augmentation(config.augment, model, context)

    def edited(self, batch: Batch, number: int) -> Edited:
        """The batch as the editing method in front leaves it, and what that one logs."""
        self._before.model = self.model  # the loop may have wrapped it since
        return Edited(self._before.augment(batch, number), self._before.logs(number))

    def state(self) -> dict[str, Any]:
        """That of the editing method in front."""
        return {"augment": self._before.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the editing method's."""
        self._before.restore(state["augment"])


class _AsTheyCome:
    """No edit."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model

    def augment(self, batch: Batch, number: int) -> Batch:
        return batch

    def logs(self, number: int) -> dict[str, float]:
        return {}

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        pass
