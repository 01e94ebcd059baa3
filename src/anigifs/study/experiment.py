"""One experiment from config to `done`: open the data, train, select, predict the test sets."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import tomli_w
import torch

from anigifs.algorithms.base import Need
from anigifs.core import files
from anigifs.core.config import read_toml
from anigifs.core.errors import ConfigError, InputError
from anigifs.core.records import ClipSet
from anigifs.core.runs import RunFolder
from anigifs.core.seeds import derive
from anigifs.datasets import open_clips
from anigifs.evaluate.align import align
from anigifs.evaluate.forward import PredictConfig, Subject
from anigifs.evaluate.metrics import credits
from anigifs.evaluate.predict import predict, predict_to
from anigifs.models.config import build_model
from anigifs.study.config import ExperimentConfig
from anigifs.study.load import load_run_model
from anigifs.study.packs import reader, training_clips
from anigifs.train.config import as_plain
from anigifs.train.feed import TrainData
from anigifs.train.loop import Validate, train
from anigifs.train.predictor import Predictor
from anigifs.train.resume import FREE


@dataclass(frozen=True, slots=True)
class Opened:
    """An experiment's clips, with the head's classes in order."""

    train: ClipSet
    val: ClipSet | None
    tests: dict[str, ClipSet]
    classes: tuple[str, ...]


def run_experiment(config: ExperimentConfig, run: RunFolder) -> None:
    """Bring a run folder to `done`; one that is done is left as it is.

    Data is opened before anything is trained, so a misspelt path costs seconds, not hours.

    Raises:
        ConfigError: the folder holds another experiment.
        AnigifsError: whatever opening, training or predicting raises.
    """
    if run.done:
        return
    claim(run, config)
    opened = open_data(config)
    torch.manual_seed(derive(config.train.seed, "model"))
    model = build_model(config.model, opened.classes)
    clips = training_clips(config, opened.train, opened.classes)
    train(config.train, model, _data(opened, clips), run, validator(config, opened))
    if first_process():
        predict_tests(config, run, opened)
        run.finish()


def claim(run: RunFolder, config: ExperimentConfig) -> None:
    """Write the experiment into its folder, or check that the folder holds the same one."""
    asked = as_plain(config)
    if run.config_file.exists():
        difference = _difference(_lasting(read_toml(run.config_file)), _lasting(asked))
        if difference:
            raise ConfigError(
                f"{run.path} holds another experiment: {difference}. "
                "Choose another --out, or delete that folder"
            )
    elif first_process():
        files.write_text(run.config_file, tomli_w.dumps(asked))


def open_data(config: ExperimentConfig) -> Opened:
    """Every set that the experiment reads, checked before anything is trained.

    Raises:
        InputError: the training set has no clip of the head's classes.
        ProtocolError: a test set has other classes than the head, and no `data.rule` is set.
    """
    clips = open_clips(config.data.train)
    classes = config.data.classes or clips.classes
    chosen = clips.only_classes(classes)
    if not chosen.clips:
        raise InputError(
            f"data.train = {config.data.train!r} has no clip of the head's {len(classes)} classes "
            f"({len(clips.clips)} clips of others, {len(clips.problems)} unusable items)"
        )
    val = open_clips(config.data.val).only_classes(classes) if config.data.val else None
    tests = {name: open_clips(spec) for name, spec in config.data.test.items()}
    if config.data.classes:
        tests = {name: test.only_classes(classes) for name, test in tests.items()}
    for test in tests.values():
        align(test, classes, config.data.rule)
    return Opened(chosen, val, tests, classes)


def validator(config: ExperimentConfig, opened: Opened) -> Validate | None:
    """What selection asks for: top-1 on source validation, or on the last test set (oracle)."""
    chosen = opened.val
    if config.train.selection == "oracle":
        chosen = list(opened.tests.values())[-1] if opened.tests else None
    if chosen is None or config.train.selection == "last":
        return None

    read = reader(config, chosen)

    def validate(predictor: Predictor) -> float:
        subject = Subject(model=predictor, classes=opened.classes, view=config.view, reader=read)
        found = predict(subject, chosen, PredictConfig(batch_size=config.train.micro_batch))
        return float(credits(found.logits, found.label_index).mean())

    return validate


def predict_tests(config: ExperimentConfig, run: RunFolder, opened: Opened) -> None:
    """Predictions of the selected checkpoint on every test set, into the run folder."""
    if not opened.tests:
        return
    subject = load_run_model(run)
    settings = PredictConfig(batch_size=config.train.micro_batch)
    for name, clips in opened.tests.items():
        path, spec = run.predictions(name), config.data.test[name]
        predict_to(path, subject, clips, settings, config.data.rule, spec)


def first_process() -> bool:
    """Whether this is the process that writes, of the several of a distributed run."""
    names = ("RANK", "SLURM_PROCID", "LOCAL_RANK", "NODE_RANK")
    return all(int(os.environ.get(name, 0)) == 0 for name in names)


def _data(opened: Opened, clips: object) -> TrainData:
    boxed = any(clip.boxes for clip in opened.train.clips)
    offers = frozenset({Need.BOXES}) if boxed else frozenset[Need]()
    return TrainData(clips, opened.classes, offers)  # type: ignore[arg-type]


def _lasting(config: dict[str, Any]) -> dict[str, Any]:
    """A config without the keys that may change while a run goes on."""
    train = {key: value for key, value in config.get("train", {}).items() if key not in FREE}
    return {**config, "train": train}


def _difference(found: dict[str, Any], asked: dict[str, Any], path: str = "") -> str:
    for key in sorted({*found, *asked}):
        old, new = found.get(key), asked.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            if inner := _difference(old, new, f"{path}{key}."):
                return inner
        elif old != new:
            return f"{path}{key} is {old!r} there and {new!r} here"
    return ""
