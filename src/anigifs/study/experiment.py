"""One experiment from config to `done`: open the data, train, select, predict the test sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from anigifs.algorithms import ALGORITHMS
from anigifs.algorithms.base import Need
from anigifs.algorithms.guard import check_needs
from anigifs.core import files
from anigifs.core.errors import ConfigError, InputError, ProtocolError, shorten
from anigifs.core.records import ClipSet
from anigifs.core.runs import RunFolder
from anigifs.core.seeds import derive
from anigifs.datasets import open_clips
from anigifs.evaluate.align import align, as_scored, overlap
from anigifs.evaluate.forward import PredictConfig, Subject
from anigifs.evaluate.metrics import credits
from anigifs.evaluate.predict import predict, predict_to
from anigifs.evaluate.predictions import Rule
from anigifs.models.config import build_model, build_new
from anigifs.study.alone import alone
from anigifs.study.apart import check_apart
from anigifs.study.balance import balanced, counts
from anigifs.study.claim import claim, first_process
from anigifs.study.config import DataConfig, ExperimentConfig
from anigifs.study.load import load_run_model
from anigifs.study.packs import readable, reader, training_clips
from anigifs.study.searched import write_searched
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
    data = TrainData(clips, opened.classes, check_method(config, opened))
    train(config.train, model, data, run, validator(config, opened))
    if first_process():
        predict_sets(config, run, {**opened.tests, **opened.also})
        write_searched(run)
        run.finish()


def open_data(config: ExperimentConfig, opener: Opener = open_clips) -> Opened:
    """Every set that the experiment reads, checked before anything is trained.

    Raises:
        InputError: clips to train, choose or watch on are of none of the head's classes.
        ConfigError: `train.selection` has nothing to choose on.
        ProtocolError: a test set has other classes than the head, and no `data.rule` is set; or
            what is measured is among what trains or chooses.
    """
    data = config.data
    clips = opener(data.train)
    classes = data.classes or clips.classes
    chosen = _of_head("train", data.train, clips, classes)
    drawn = balanced(chosen, data.per_class, config.train.seed) if data.per_class else chosen
    _check_selection(data, config.train.selection)
    val, watched = (
        _of_head(key, spec, opener(spec), classes) if spec else None
        for key, spec in (("val", data.val), ("oracle", data.oracle))
    )
    tests, also = ({n: opener(s) for n, s in sets.items()} for sets in (data.test, data.also))
    for name, clips in {**tests, **also}.items():
        _check_classes(name, clips, classes, rule_of(data, name))
    if config.train.selection == "oracle":
        target = [*tests][-1]
        _of_head(f"test.{target}", data.test[target], tests[target], classes)
    elif config.train.selection == "source-val" and val:
        check_apart({"data.val": val}, {**tests, **also})
    check_apart({"data.train": chosen}, {**tests, **also})
    return Opened(drawn, val, tests, also, classes, counts(chosen, drawn), watched)


def _of_head(key: str, spec: str, clips: ClipSet, head: tuple[str, ...]) -> ClipSet:
    """The clips of the head's classes, under its names; an error where there is none."""
    names = overlap(clips.classes, head).names
    if not any(clip.label in names for clip in clips.clips):
        raise InputError(
            f"data.{key} = {spec!r} has no clip of the head's {len(head)} classes "
            f"({len(clips.clips)} clips of others, {len(clips.problems)} unusable items). The head "
            f"has {shorten(list(head), 5)}: name other clips, or rename theirs: map=FILE"
        )
    return align(clips, head, "head").clips


def _check_selection(data: DataConfig, selection: str) -> None:
    """Whether there are clips to choose on."""
    wanted = {"source-val": ("data.val", data.val), "oracle": ("a data.test", data.test)}
    key, given = wanted.get(selection, ("", True))
    if not given:
        raise ConfigError(
            f"train.selection = {selection!r} chooses on {key}, which is not set; "
            "set it, or train.selection = 'last'"
        )


def _check_classes(name: str, clips: ClipSet, head: tuple[str, ...], rule: Rule | None) -> None:
    """Whether a test set can be scored; as `align`, with the remedy of a config."""
    found = overlap(clips.classes, head)
    if rule is None and found.names and found.kind != "equal":
        raise ProtocolError(
            f"data.test.{name}: {found.describe()}. Say what to measure: data.rule = "
            "'intersection' scores among the shared classes only, 'head' among all of the head's; "
            "both leave out clips whose class the head lacks (in a study: base.data.rule)"
        )
    align(clips, head, rule)


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
    """What selection asks for: top-1 on source validation, or on the last test set (oracle).

    On a test set it is scored as the table scores it. Clips that are watched are scored beside
    it, also where nothing is chosen.
    """
    chosen, rule = opened.val, None
    if config.train.selection == "oracle":
        target, chosen = [*opened.tests.items()][-1]
        rule = rule_of(config.data, target)
    if config.train.selection == "last":
        chosen = None
    score = _top1_on(config, opened.classes, chosen, rule) if chosen else None
    watch = _top1_on(config, opened.classes, opened.oracle) if opened.oracle else None
    if not score and not watch:
        return None

    def validate(predictor: Predictor) -> Scored:
        beside = {"oracle": watch(predictor)} if watch else {}
        return Scored(score(predictor) if score else None, beside)

    return validate


def _top1_on(
    config: ExperimentConfig, classes: tuple[str, ...], clips: ClipSet, rule: Rule | None = None
) -> Callable[[Predictor], float]:
    seen = readable(config, clips)
    read = reader(config, clips)

    def top1(predictor: Predictor) -> float:
        subject = Subject(model=predictor, classes=classes, view=config.view, reader=read)
        settings = PredictConfig(batch_size=config.train.micro_batch)
        found = as_scored(predict(subject, seen, settings, rule))
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


def check_method(config: ExperimentConfig, opened: Opened) -> frozenset[Need]:
    """Whether the training clips have what the method needs; what a method may count on.

    Boxes count if at least half of the clips have some. Half is our choice: with a box here and
    there, a method that looks for them would be plain training under another name.

    Raises:
        ProtocolError: they do not.
    """
    name, clips = config.train.algorithm.name, opened.train.clips
    boxed = sum(bool(clip.boxes) for clip in clips)
    has = frozenset({Need.BOXES}) if boxed and 2 * boxed >= len(clips) else frozenset[Need]()
    if boxed and Need.BOXES in ALGORITHMS[name].needs - has:
        raise ProtocolError(
            f"{name!r} needs boxes of people, and {boxed} of {len(clips)} training clips have "
            "some; at least half must. Add the others to boxes.csv, or train on the boxed ones"
        )
    check_needs(name, ALGORITHMS[name].needs, has)
    return has
