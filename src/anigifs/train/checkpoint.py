"""Checkpoints: one file that holds all a run needs to go on, read without running any code.

last.pt   everything: to go on, or to start another run from
best.pt   the same of the selected moment, without what only going on needs
"""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from anigifs.core.errors import IntegrityError, TrainingError
from anigifs.core.files import atomic
from anigifs.core.runs import RunFolder

FORMAT = 1

Saved = dict[str, Any]
"""format, step, classes, model and (with averaging) average: state dicts; in last.pt also
optimiser, precision, algorithm, config, best and the running sums of the log."""


def last_file(run: RunFolder) -> Path:
    """Where the state to go on from lies."""
    return run.checkpoints / "last.pt"


def best_file(run: RunFolder) -> Path:
    """Where the checkpoint that validation selected lies."""
    return run.checkpoints / "best.pt"


def chosen_file(run: RunFolder, selection: str) -> Path:
    """The checkpoint that counts under a selection rule of `TrainConfig`."""
    return last_file(run) if selection == "last" else best_file(run)


def write(path: Path, saved: Saved) -> None:
    """Write a checkpoint atomically: after a crash the old one or the new one is there."""
    with atomic(path) as part:
        torch.save({"format": FORMAT, **saved}, part)


def read(path: Path) -> Saved:
    """Read a checkpoint onto the CPU, weights and plain values only.

    Raises:
        TrainingError: there is none, or it is of another format.
        IntegrityError: the file is damaged, or holds more than weights and plain values.
    """
    if not path.exists():
        raise TrainingError(f"there is no checkpoint {path}; train first, or correct the path")
    saved = _load(path)
    if not isinstance(saved, dict) or saved.get("format") != FORMAT:
        raise TrainingError(
            f"{path} is not a training checkpoint of format {FORMAT}; pretrained weights of "
            "other code are read through model.checkpoint"
        )
    return saved


def _load(path: Path) -> Any:
    try:
        if not zipfile.is_zipfile(path):  # torch would try its older, plain pickle form
            raise ValueError("not a zip archive")
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0]
        raise IntegrityError(
            f"{path} is damaged or not a checkpoint of ours ({reason}); restore it or delete it"
        ) from None


def weights(saved: Saved) -> dict[str, Tensor]:
    """The weights that count: the average where one was kept."""
    chosen: dict[str, Tensor] = saved.get("average") or saved["model"]
    return chosen


def load_weights(model: torch.nn.Module, saved: Saved, path: Path) -> None:
    """Put a checkpoint's weights into `model`.

    Raises:
        TrainingError: keys or shapes do not fit; the message names them and the model is
            unchanged.
    """
    given, wanted = weights(saved), model.state_dict()
    faults = [f"missing {key}" for key in wanted if key not in given]
    faults += [f"unknown {key}" for key in given if key not in wanted]
    faults += [
        f"{key} is {tuple(given[key].shape)}, not {tuple(wanted[key].shape)}"
        for key in wanted
        if key in given and given[key].shape != wanted[key].shape
    ]
    if faults:
        more = f" and {len(faults) - 8} more" if len(faults) > 8 else ""
        raise TrainingError(f"{path} does not fit this model: {'; '.join(faults[:8])}{more}")
    model.load_state_dict(given)
