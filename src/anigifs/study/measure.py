"""Finished runs on other datasets and single files: open, align, predict into the run folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from anigifs.core.errors import InputError, MediaError
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.core.runs import RunFolder, find_runs
from anigifs.datasets import open_clips
from anigifs.evaluate.align import overlap
from anigifs.evaluate.forward import PredictConfig, Subject
from anigifs.evaluate.predict import FileAnswer, predict_files, predict_to
from anigifs.evaluate.predictions import Rule, read_predictions
from anigifs.report.collect import Collection, Row
from anigifs.study.load import load_run_model


class Target(NamedTuple):
    """An evaluation set as a person writes it: SPEC, or NAME=SPEC."""

    name: str
    spec: str


def parse_target(text: str) -> Target:
    """`SPEC` or `NAME=SPEC`; without a name the dataset's own will do."""
    named = re.fullmatch(r"([A-Za-z0-9_.-]+)=(.+)", text, re.DOTALL)
    return Target(named[1], named[2]) if named else Target("", text)


def measure(
    paths: Iterable[Path],
    targets: Sequence[str],
    rule: Rule | None,
    config: PredictConfig,
    device: str = "auto",
) -> Collection:
    """Predict `targets` with every run at or below `paths`, into their folders.

    Each run is a row of its own in what is returned.

    Raises:
        InputError: there is no run, or a set's name is taken by another dataset.
        ProtocolError: a set's classes are not the head's and no rule was named.
    """
    sets = [open_target(text) for text in targets]
    runs = [run for path in paths for run in find_runs(path)]
    if not runs:
        raise InputError("no run folder there; give a folder that `anigifs train` made")
    rows = [_row(run, load_run_model(run, device), sets, rule, config) for run in runs]
    names = tuple(dict.fromkeys(clips.name for clips, _ in sets))
    return Collection(tuple(rows), names, tuple(_notes(rows)))


def ask(
    run: RunFolder, files: Sequence[Path], config: PredictConfig, most: int
) -> list[FileAnswer]:
    """What the run's model says of each file.

    Raises:
        MediaError: no file could be read; the message gives the first reason.
    """
    clips = [
        Clip(id=str(at), path=path, domain=Domain.ANIMATED_GIF, label="")
        for at, path in enumerate(files)
    ]
    answers = predict_files(load_run_model(run), clips, config, most)
    if answers and all(answer.problem for answer in answers):
        raise MediaError(f"no file could be read; the first: {answers[0].problem}")
    return answers


def open_target(text: str) -> tuple[ClipSet, str]:
    """The clips of `SPEC` or `NAME=SPEC`, under a name that a file can have; and the spec."""
    target = parse_target(text)
    clips = open_clips(target.spec)
    name = target.name or re.sub(r"[^A-Za-z0-9_.-]+", "-", clips.name).strip("-.") or "set"
    return replace(clips, name=name), target.spec


def _row(
    run: RunFolder,
    subject: Subject,
    sets: Sequence[tuple[ClipSet, str]],
    rule: Rule | None,
    config: PredictConfig,
) -> Row:
    found = {}
    for clips, spec in sets:
        path = run.predictions(clips.name)
        _check_name(path, clips.name, spec)
        found[clips.name] = (predict_to(path, subject, clips, config, rule, spec),)
    return Row(run.name, (), found)


def _check_name(path: Path, name: str, spec: str) -> None:
    if path.exists() and (old := read_predictions(path)).spec != spec:
        raise InputError(
            f"{path} already holds predictions on {old.spec!r}; give this set another name: "
            f"--on {name}-2={spec}"
        )


def _notes(rows: Sequence[Row]) -> Iterable[str]:
    said: dict[str, None] = {}
    for row in rows:
        for name, (found,) in row.sets.items():
            if found.rule != "exact":
                text = overlap(found.set_classes, found.classes).describe()
                said[f"{name}: {text}; scored by --classes {found.rule}."] = None
    return said
