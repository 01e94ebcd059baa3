"""`anigifs explain`: where one or two finished runs look in a dataset, as scores and pictures.

Scores of every clip go into the run folders, pictures of the most telling clips into a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from anigifs.core.errors import InputError, MediaError, ProtocolError
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet
from anigifs.core.runs import RunFolder
from anigifs.evaluate.align import align
from anigifs.evaluate.forward import Subject
from anigifs.evaluate.looks import Looks, looks_file, read_looks
from anigifs.evaluate.predictions import Rule
from anigifs.evaluate.saliency import LookConfig, look_to
from anigifs.explain.overlay import beside, sheet
from anigifs.report.causal import causal_drawing
from anigifs.report.gallery import (
    Card,
    Gallery,
    apart,
    outcomes,
    panel,
    ranking,
    write_gallery,
)
from anigifs.report.looking import Looking, looking
from anigifs.study.load import load_run_model
from anigifs.study.measure import open_target
from anigifs.study.pictures import Seen, lines_of, see, write_moving, write_png
from anigifs.study.searched import searched, write_figure

FIGURE_CLIPS, FIGURE_FRAMES, STRIP_FRAMES = 5, 5, 8
"""Clips and frames in figure 5, frames in the strip of a clip."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What to explain. clips: shown in the gallery. rule: where the set's classes differ."""

    target: str
    clips: int = 24
    rule: Rule | None = None
    config: LookConfig = field(default_factory=LookConfig)
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class Model:
    """One run: its model, what it is called here, where it looked."""

    name: str
    subject: Subject
    looks: Looks


def explain(runs: Sequence[RunFolder], ask: Ask, out: Path) -> Looking:
    """Look with one or two runs, the second against the first; write the gallery at `out`.

    Raises:
        InputError: not one or two runs, or a set's name is taken by another dataset.
        ProtocolError: a set's classes are not the head's and no rule was named, or the two
            runs cannot look at the same clips.
        MediaError: no clip could be read.
    """
    if len(runs) not in (1, 2):
        raise InputError(f"one or two runs can be explained side by side; got {len(runs)}")
    clips, spec = open_target(ask.target)
    subjects = [load_run_model(run, ask.device) for run in runs]
    names = _names(subjects)
    models = [
        Model(name, subject, _look(run, subject, clips, spec, ask))
        for name, subject, run in zip(names, subjects, runs, strict=True)
    ]
    by_name = {one.name: [one.looks] for one in models}
    table = looking(by_name)
    _check(models)
    order, words = ranking([one.looks for one in models])
    cards = list(_cards(models, clips, order[: ask.clips], ask, out))
    gallery = Gallery(
        title=f"Where {' and '.join(names)} look{'s' if len(names) == 1 else ''} in {clips.name}",
        table=table,
        order=words,
        cards=tuple(cards),
        total=len(order),
        figures=tuple(_figures(models, runs, clips, ask, out)),
        problems=tuple(f"{p.item}: {p.reason}" for p in models[0].looks.problems),
        curves=causal_drawing(by_name, _chance(subjects)),
    )
    write_gallery(out / "index.html", gallery, outcomes([one.looks for one in models], names))
    return table


def _chance(subjects: Sequence[Subject]) -> float | None:
    """A guess's probability of one class, in (0, 1]; None where the heads differ in size."""
    sizes = {len(one.classes) for one in subjects}
    return 1 / sizes.pop() if len(sizes) == 1 else None


def _names(subjects: Sequence[Subject]) -> list[str]:
    """Methods as names; runs of one method by their folders."""
    methods = [one.method for one in subjects]
    names = methods if len(set(methods)) == len(methods) else [one.run for one in subjects]
    if len(set(names)) < len(names):
        names = [f"{name} ({at})" for at, name in enumerate(names, 1)]
    return names


def _look(run: RunFolder, subject: Subject, clips: ClipSet, spec: str, ask: Ask) -> Looks:
    path = looks_file(run, clips.name)
    if path.exists() and (old := read_looks(path)).spec != spec:
        raise InputError(
            f"{path} already holds looks at {old.spec!r}; give this set another name: "
            f"--on {clips.name}-2={spec}"
        )
    return look_to(path, subject, clips, ask.config, ask.rule, spec)


def _check(models: Sequence[Model]) -> None:
    if not models[0].looks.ids:
        problem = next(iter(models[0].looks.problems), None)
        raise MediaError(f"no clip could be looked at{f': {problem.reason}' if problem else ''}")
    if len({one.looks.ids for one in models}) > 1:
        raise ProtocolError("the two runs did not look at the same clips; their heads differ")


def _cards(
    models: Sequence[Model], clips: ClipSet, chosen: Sequence[int], ask: Ask, out: Path
) -> Iterator[Card]:
    """Cards of clips by number in the looks; their pictures are written as they are made."""
    by_id = _by_id(models, clips, ask)
    both = [one.looks for one in models]
    for rank, at in enumerate(track(list(chosen), f"draw {clips.name}"), 1):
        clip = by_id[both[0].ids[at]]
        base = f"clips/{rank:03d}-{_slug(clip.label)}"
        views = [see(one.subject, clip, ask.config) for one in models]
        write_moving(out / base, views[0], heated=False)
        for number, view in enumerate(views, 1):
            write_moving(out / f"{base}-{number}", view, heated=True)
        _write_strip(out / f"{base}.png", models, views, at)
        yield Card(
            id=clip.id,
            label=clip.label,
            gif=f"{base}.gif",
            still=f"{base}.jpg",
            strip=f"{base}.png",
            panels=tuple(
                panel(one.looks, at, one.name, f"{base}-{number}")
                for number, one in enumerate(models, 1)
            ),
            apart=apart(both, at) if len(both) == 2 else None,
        )


def _by_id(models: Sequence[Model], clips: ClipSet, ask: Ask) -> dict[str, Clip]:
    aligned = align(clips, models[0].subject.classes, ask.rule)
    return {clip.id: clip for clip in aligned.clips.clips}


def _write_strip(path: Path, models: Sequence[Model], views: Sequence[Seen], at: int) -> None:
    rows = lines_of(views[0], None, "", STRIP_FRAMES)
    for one, view in zip(models, views, strict=True):
        rows += lines_of(view, panel(one.looks, at, one.name, ""), one.name, STRIP_FRAMES)
    write_png(path, sheet(rows))


def _figures(
    models: Sequence[Model], runs: Sequence[RunFolder], clips: ClipSet, ask: Ask, out: Path
) -> Iterator[tuple[str, str]]:
    """The paper's figures 5 and 4, with what they show."""
    order, _ = ranking([one.looks for one in models])
    by_id = _by_id(models, clips, ask)
    shown = [by_id[models[0].looks.ids[at]] for at in order[:FIGURE_CLIPS]]
    columns = []
    for one in models:
        rows = []
        for at, clip in zip(order, shown, strict=False):
            view = see(one.subject, clip, ask.config)
            rows += lines_of(view, panel(one.looks, at, one.name, ""), "", FIGURE_FRAMES)
        columns.append(sheet(rows, one.name))
    write_png(out / "figure-5.png", beside(columns))
    side = " and ".join(one.name for one in models)
    yield "figure-5.png", f"{side} on the same clips, right (✓) and wrong (✗)"
    for one, run in zip(models, runs, strict=True):
        found = searched(run, one.subject, replace(clips, clips=tuple(by_id.values())), shown[0])
        name = f"figure-4-{_slug(one.name)}.png"
        write_figure(out / name, found)
        yield name, found.caption


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:60] or "clip"
