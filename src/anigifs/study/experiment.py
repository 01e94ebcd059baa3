"""One experiment from config to `done`: open the data, train, select, predict the test sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from anigifs.algorithms.base import Need
from anigifs.core import files
from anigifs.core.errors import InputError
from anigifs.core.records import ClipSet
from anigifs.core.runs import RunFolder
from anigifs.core.seeds import derive
from anigifs.datasets import open_clips
from anigifs.evaluate.align import align
from anigifs.evaluate.forward import PredictConfig, Subject
from anigifs.evaluate.metrics import credits
from anigifs.evaluate.predict import predict, predict_to
from anigifs.evaluate.predictions import Rule
from anigifs.models.config import build_model, build_new
from anigifs.study.alone import alone
from anigifs.study.balance import balanced, counts
from anigifs.study.claim import claim, first_process
from anigifs.study.config import DataConfig, ExperimentConfig
from anigifs.study.load import load_run_model
from anigifs.study.packs import readable, reader, training_clips
from anigifs.train.feed import TrainData
from anigifs.train.loop import Scored, Validate, train
from anigifs.train.predictor import Predictor

Opener = Callable[[str], ClipSet]


@dataclass(frozen=True, slots=True)
class Opened:
    """An experiment's clips, with the head's classes in order.

    counts: of every class, training clips that are there and that are used.
    oracle: clips of the target that are watched.
    """

    train: ClipSet
    val: ClipSet | None
    tests: dict[str, ClipSet]
    also: dict[str, ClipSet]
    classes: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    oracle: ClipSet | None = None


def run_experiment(config: ExperimentConfig, run: RunFolder) -> None:
    """Bring a run folder to `done`, with predictions on every set that is asked for.

    A run that is done is only measured on sets that it lacks. Data is opened before anything is
    trained, so a misspelt path costs seconds, not hours.

    Raises:
        ConfigError: the folder holds another experiment.
        InputError: another process is at work in the folder.
        AnigifsError: whatever opening, training or predicting raises.
    """
    with alone(run.path) if first_process() else nullcontext():
        claim(run, config)
        if run.done:
            lacking = config.data.sets.keys() - {*run.prediction_sets()}
            opened = {name: open_clips(config.data.sets[name]) for name in lacking}
            predict_sets(config, run, opened)
        else:
            _train(config, run)


def _train(config: ExperimentConfig, run: RunFolder) -> None:
    opened = open_data(config)
    torch.manual_seed(derive(config.train.seed, "model"))
    build = build_new if config.train.init_from else build_model
    model = build(config.model, opened.classes)
    clips = training_clips(config, opened.train, opened.classes)
    if first_process():
        files.write_json(run.data_file, facts(opened))
    train(config.train, model, _data(opened, clips), run, validator(config, opened))
    if first_process():
        predict_sets(config, run, {**opened.tests, **opened.also})
        run.finish()


def open_data(config: ExperimentConfig, opener: Opener = open_clips) -> Opened:
    """Every set that the experiment reads, checked before anything is trained.

    Raises:
        InputError: the training set has no clip of the head's classes.
        ProtocolError: a test set has other classes than the head, and no `data.rule` is set.
    """
    data = config.data
    clips = opener(data.train)
    classes = data.classes or clips.classes
    chosen = clips.only_classes(classes)
    if not chosen.clips:
        raise InputError(
            f"data.train = {data.train!r} has no clip of the head's {len(classes)} classes "
            f"({len(clips.clips)} clips of others, {len(clips.problems)} unusable items)"
        )
    drawn = balanced(chosen, data.per_class, config.train.seed) if data.per_class else chosen
    val, watched = (
        opener(spec).only_classes(classes) if spec else None for spec in (data.val, data.oracle)
    )
    tests, also = ({n: opener(s) for n, s in sets.items()} for sets in (data.test, data.also))
    for name, clips in {**tests, **also}.items():
        align(clips, classes, rule_of(data, name))
    return Opened(drawn, val, tests, also, classes, counts(chosen, drawn), watched)


def rule_of(data: DataConfig, name: str) -> Rule | None:
    """How the set `name` is scored where its classes are not the head's."""
    if data.rule:
        return data.rule
    if name in data.also:
        return "intersection"
    return "head" if data.classes else None


def facts(opened: Opened) -> dict[str, Any]:
    """What a run is trained on, for its folder: clips, and of every class how many."""
    return {
        "train": {
            "name": opened.train.name,
            "simulated": opened.train.simulated,
            "clips": len(opened.train.clips),
            "problems": len(opened.train.problems),
            "classes": opened.counts,
        }
    }


def validator(config: ExperimentConfig, opened: Opened) -> Validate | None:
    """What selection asks for: top-1 on source validation, or on the last test set (oracle)."""
    chosen = opened.val
    if config.train.selection == "oracle":
        chosen = list(opened.tests.values())[-1] if opened.tests else None
    if chosen is None or config.train.selection == "last":
        return None
    score = _top1_on(config, opened.classes, chosen)
    watch = _top1_on(config, opened.classes, opened.oracle) if opened.oracle else None

    def validate(predictor: Predictor) -> Scored:
        return Scored(score(predictor), {"oracle": watch(predictor)} if watch else {})

    return validate


def _top1_on(
    config: ExperimentConfig, classes: tuple[str, ...], clips: ClipSet
) -> Callable[[Predictor], float]:
    seen = readable(config, clips)
    read = reader(config, clips)

    def top1(predictor: Predictor) -> float:
        subject = Subject(model=predictor, classes=classes, view=config.view, reader=read)
        found = predict(subject, seen, PredictConfig(batch_size=config.train.micro_batch))
        return float(credits(found.logits, found.label_index).mean())

    return top1


def predict_sets(config: ExperimentConfig, run: RunFolder, sets: Mapping[str, ClipSet]) -> None:
    """Predictions of the selected checkpoint on these sets, into the run folder."""
    if not sets:
        return
    subject = load_run_model(run)
    settings = PredictConfig(batch_size=config.train.micro_batch)
    for name, clips in sets.items():
        rule, spec = rule_of(config.data, name), config.data.sets[name]
        predict_to(run.predictions(name), subject, clips, settings, rule, spec)


def _data(opened: Opened, clips: object) -> TrainData:
    boxed = any(clip.boxes for clip in opened.train.clips)
    offers = frozenset({Need.BOXES}) if boxed else frozenset[Need]()
    return TrainData(clips, opened.classes, offers)  # type: ignore[arg-type]
