"""Before the first run starts: is everything there, and is every run an honest one?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from anigifs.core.errors import DataAbsent
from anigifs.core.progress import track
from anigifs.core.records import ClipSet
from anigifs.datasets import open_clips, parse
from anigifs.models.config import ModelConfig
from anigifs.study.apart import check_apart
from anigifs.study.claim import check_same
from anigifs.study.config import StudyConfig
from anigifs.study.experiment import check_method, open_data
from anigifs.study.library import Where
from anigifs.study.plan import Job

I3D_WEIGHTS = """
For base.model.labels=kinetics-400: models/rgb_imagenet.pt of
  https://github.com/piergiovanni/pytorch-i3d
For base.model.labels=kinetics-600: model.ckpt.index, with model.ckpt.data-00000-of-00001 beside it,
  of https://github.com/deepmind/kinetics-i3d in data/checkpoints/rgb_scratch_kin600"""
"""Where the published weights of I3D are, for who has none."""


def check(study: StudyConfig, jobs: Sequence[Job], where: Where) -> dict[Path, int]:
    """Open all data of the runs that are still to do; how many clips each trains on.

    Raises:
        DataAbsent: names every dataset and file that is absent, what to put there, and how to
            say that it lies elsewhere.
        ConfigError: a run folder holds another experiment, or `train.selection` does not fit the
            data that is named.
        InputError: a set has no clip of the head's classes.
        ProtocolError: a test set's classes are not the head's, or a method needs what the
            training data does not have.
    """
    for job in jobs:
        check_same(job.run, job.config)
    todo = [job for job in jobs if not job.finished]
    sets, absent = _open_all(todo)
    absent |= _files(todo)
    if absent:
        raise DataAbsent(_told(study, absent, where))
    starts = {job.folder: job for job in jobs}
    return {job.folder: _check_run(job, sets, starts) for job in todo}


def _check_run(job: Job, sets: Mapping[str, ClipSet], jobs: Mapping[Path, Job]) -> int:
    opened = open_data(job.config, sets.__getitem__)
    check_method(job.config, opened)
    measured = {**opened.tests, **opened.also}
    start = job.after
    while start is not None and start in jobs:
        before = jobs[start]
        check_apart(_seen(before, sets), measured)
        start = before.after
    return len(opened.train.clips)


def _seen(job: Job, sets: Mapping[str, ClipSet]) -> dict[str, ClipSet]:
    """What trained a run that another goes on from, or chose its checkpoint, if it was opened."""
    data, chooses = job.config.data, job.config.train.selection == "source-val"
    keys = {"data.train": data.train, "data.val": data.val if chooses else ""}
    by = f"{job.folder.name}, from which it goes on"
    return {f"{key} of {by}": sets[spec] for key, spec in keys.items() if spec in sets}


def _open_all(jobs: Sequence[Job]) -> tuple[dict[str, ClipSet], dict[str, str]]:
    """Every dataset by spec, and for those that are absent what is said of them."""
    specs = dict.fromkeys(spec for job in jobs for spec in _specs(job) if spec)
    sets, absent = {}, {}
    for spec in track(list(specs), "open data"):
        try:
            sets[spec] = open_clips(spec)
        except DataAbsent as error:
            absent[spec] = str(error).replace("PATH", str(parse(spec).path))
    return sets, absent


def _specs(job: Job) -> list[str]:
    data = job.config.data
    return [data.train, data.val, data.oracle, *data.sets.values()]


def _files(jobs: Sequence[Job]) -> dict[str, str]:
    """Pretrained weights that are absent."""
    models = [job.config.model for job in jobs if not job.config.train.init_from]
    files = {model.checkpoint: model for model in models if model.checkpoint}
    return {file: _no_weights(model) for file, model in files.items() if not Path(file).exists()}


def _no_weights(model: ModelConfig) -> str:
    where = I3D_WEIGHTS if model.name == "i3d" else ""
    said = f"{model.checkpoint}: there is no such file."
    return f"{said}\nExpected: pretrained weights (model.checkpoint){where}"


def _told(study: StudyConfig, absent: Mapping[str, str], where: Where) -> str:
    grouped: dict[str, list[str]] = {}
    for spec, text in absent.items():
        grouped.setdefault(text, []).append(_name(study, spec))
    parts = [_part(study, names, text) for text, names in grouped.items()]
    named = [name for names in grouped.values() for name in names if name in study.places]
    one = f", --set places.{named[0]}=... for one of them" if named else ""
    return (
        f"{study.title!r} needs what is not there; nothing was run.\n\n"
        + "\n\n".join(parts)
        + f"\n\nPut it there; or say where it is: --data DIR (now {str(where.data)!r}) "
        f"for all{one}."
    )


def _part(study: StudyConfig, names: Sequence[str], text: str) -> str:
    """Of places with one text: what they are called, the text, what the study says of each."""
    more = [study.get[name].strip("\n") for name in names if name in study.get]
    return "\n".join([", ".join(names), *map(_indented, [text, *more])])


def _name(study: StudyConfig, spec: str) -> str:
    return next((name for name, place in study.places.items() if place == spec), spec)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
