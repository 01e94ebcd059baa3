"""From a finished run folder back to its model, ready to be measured or asked."""

from __future__ import annotations

import torch

from anigifs.core import files
from anigifs.core.config import load
from anigifs.core.runs import RunFolder
from anigifs.evaluate.forward import Subject
from anigifs.models.config import build_new
from anigifs.study.config import ExperimentConfig
from anigifs.train import checkpoint
from anigifs.train.predictor import load_trained


def load_run_model(run: RunFolder, device: str = "auto") -> Subject:
    """The model of a run at the checkpoint that its selection rule chose, in eval mode.

    device: a torch device such as "cpu" or "cuda:1"; "auto" takes CUDA where there is one.

    Raises:
        ConfigError: the run's config cannot be read.
        TrainingError: there is no checkpoint, or it does not fit the config.
        IntegrityError: the checkpoint is damaged.
    """
    config = load(ExperimentConfig, run.config_file)
    path = checkpoint.chosen_file(run, config.train.selection)
    classes = tuple(checkpoint.read(path)["classes"])
    model = load_trained(config.train, build_new(config.model, classes), classes, path)
    return Subject(
        model=model.to(pick_device(device)),
        classes=classes,
        view=config.view,
        checkpoint=files.sha256(path),
        method=config.method or config.train.algorithm.name,
        run=run.name,
        seed=config.train.seed,
        selection=config.train.selection,
    )


def pick_device(name: str) -> torch.device:
    """The device of that name; "auto" is CUDA where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)
