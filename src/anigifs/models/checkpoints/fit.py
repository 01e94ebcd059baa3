"""Fit weights to a model: all of them, the head by class name, or an error and no change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, cast

import torch
from torch import Tensor, nn

from anigifs.core import files, taxonomy
from anigifs.core.errors import InputError, TrainingError, shorten
from anigifs.models.checkpoints.dialects import COUNTER, Dialect, clean, detect, dialects_for
from anigifs.models.checkpoints.files import read_weights
from anigifs.models.checkpoints.inflate import inflate

Head = Literal["match", "new"]
SHOWN = 6


class Headed(Protocol):
    """What a model needs beside `models.base.VideoModel` so that its head can be matched."""

    classes: tuple[str, ...]

    @property
    def head(self) -> nn.Module:
        """The last layer: a `weight` of shape (K, ...) and a `bias` of shape (K,)."""
        ...


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came from a checkpoint, for the log and the report.

    taken: classes whose row of the head came from the file.
    new: classes that the file does not know; their rows keep the model's new values.
    """

    path: Path
    dialect: str
    tensors: int
    taken: tuple[str, ...]
    new: tuple[str, ...]

    def __str__(self) -> str:
        names = f": {shorten(list(self.new), SHOWN)}" if self.new else ""
        return (
            f"{self.path} ({self.dialect}): {self.tensors} tensors; head: {len(self.taken)} "
            f"classes taken, {len(self.new)} new{names}"
        )


def load_checkpoint(
    model: nn.Module, path: Path, labels: Sequence[str] | None = None, head: Head = "match"
) -> Fitted:
    """Put the weights of `path` into `model` in place.

    labels: names of the file's head, in order; wanted when the file does not say them.
    head: "match" takes the rows of the classes that file and model share (by normalised
        name), "new" leaves the whole head as it is.

    Raises:
        InputError: the file is absent, unreadable, or its head has other names than `labels`.
        IntegrityError: a TensorFlow bundle is broken.
        TrainingError: the weights are not this model's; says which. The model is unchanged.
    """
    raw = read_weights(path)
    present, owner = model.state_dict(), cast(Headed, model)
    dialect = _dialect(path, raw.tensors, present)
    tail = _head_names(model, owner)
    found = _translate(path, dialect, raw.tensors, present)
    rows = {name: found.pop(name) for name in tail if name in found}
    _check(path, found, {k: v for k, v in present.items() if k not in tail}, dialect)
    taken: tuple[str, ...] = ()
    if head == "match" and dialect.head:
        names = _labels(path, labels or raw.classes, rows, tail)
        new_rows, taken = _match(rows, names, {name: present[name] for name in tail}, owner.classes)
        found |= new_rows
    model.load_state_dict(found, strict=False)
    rest = tuple(name for name in owner.classes if name not in taken)
    return Fitted(path, dialect.name, len(found), taken, rest)


def save_weights(model: nn.Module, path: Path) -> None:
    """Write the model's weights with the names of its classes: our own dialect."""
    state = {name: value.detach().cpu() for name, value in model.state_dict().items()}
    content = {"classes": list(cast(Headed, model).classes), "weights": state}
    with files.atomic(path) as part:
        torch.save(content, part)


def _dialect(path: Path, raw: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Dialect:
    if found := detect(raw, list(present)):
        return found
    known = ", ".join(dialect.name for dialect in dialects_for(list(present)))
    raise TrainingError(
        f"{path} does not fit this model: it names its weights {shorten(sorted(raw), SHOWN)}; "
        f"the model, {shorten(sorted(present), SHOWN)}. Naming schemes read: {known}."
    )


def _translate(
    path: Path, dialect: Dialect, raw: Mapping[str, Tensor], present: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The file's tensors by our names and in our layout; nothing may be left over."""
    theirs = clean(dialect, raw)
    found = {}
    for name, target in present.items():
        source = dialect.theirs(name)
        if source in theirs:
            found[name] = _shaped(theirs.pop(source), target, dialect.channels_last)
    if theirs:
        raise TrainingError(
            f"{path} ({dialect.name}) does not fit this model, which has no place for "
            f"{shorten(sorted(theirs), SHOWN)}. The model is unchanged."
        )
    return found


def _shaped(value: Tensor, target: Tensor, channels_last: bool) -> Tensor:
    """Convolutions as (out, in, ...), inflated if flat; batch norm's vectors as vectors."""
    if target.dim() == 1:
        return value.reshape(-1) if value.numel() == max(value.shape, default=1) else value
    if channels_last and value.dim() >= 4:
        value = value.permute(-1, -2, *range(value.dim() - 2))
    flat = value.dim() == 4 and target.dim() == 5
    return inflate(value, target.shape[2]) if flat else value


def _check(
    path: Path, found: dict[str, Tensor], present: Mapping[str, Tensor], dialect: Dialect
) -> None:
    """Every weight is there and of the right shape.

    What a dialect never holds is batch norm's gamma, which then is one.
    """
    faults = []
    for name, target in present.items():
        if name.endswith(COUNTER) or (name not in found and re.fullmatch(dialect.optional, name)):
            continue
        if name not in found and dialect.theirs(name) is None:
            found[name] = torch.ones_like(target)
        elif name not in found:
            faults.append(f"{name} is missing")
        elif found[name].shape != target.shape:
            faults.append(
                f"{name} has shape {tuple(found[name].shape)}, wanted {tuple(target.shape)}"
            )
    if faults:
        raise TrainingError(
            f"{path} ({dialect.name}) does not fit this model: {shorten(faults, SHOWN)}. "
            "Published weights want width = 1 and three colour channels. The model is unchanged."
        )


def _head_names(model: nn.Module, owner: Headed) -> tuple[str, ...]:
    for name, module in model.named_modules():
        if module is owner.head:
            return tuple(f"{name}.{leaf}" for leaf in module.state_dict())
    raise TypeError("the head of a model must be one of its own modules")


def _labels(
    path: Path, labels: Sequence[str] | None, rows: Mapping[str, Tensor], tail: Sequence[str]
) -> tuple[str, ...]:
    if missing := [name for name in tail if name not in rows]:
        raise TrainingError(f"{path} has no head ({shorten(missing)}); say head = 'new'")
    outputs = len(rows[tail[0]])
    if labels is None:
        raise InputError(
            f"{path} does not say which classes its {outputs} outputs are: give labels = "
            "'kinetics-400' or another known list, or a text file with a name a line; "
            "or say head = 'new'"
        )
    if len(labels) != outputs:
        raise InputError(f"{path} has {outputs} outputs, but the labels are {len(labels)} names")
    return tuple(labels)


def _match(
    rows: Mapping[str, Tensor],
    names: Sequence[str],
    present: Mapping[str, Tensor],
    classes: Sequence[str],
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The model's head with the rows of every class that `names` holds, and those classes."""
    places = {taxonomy.normalise(name): place for place, name in enumerate(names)}
    here = [k for k, name in enumerate(classes) if taxonomy.normalise(name) in places]
    there = [places[taxonomy.normalise(classes[k])] for k in here]
    merged = {}
    for name, target in present.items():
        source = rows[name].reshape(len(names), *target.shape[1:])
        merged[name] = target.clone()
        merged[name][here] = source[there].to(target)
    return merged, tuple(classes[k] for k in here)
