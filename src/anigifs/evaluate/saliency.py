"""Does a model look at the person? Its maps on every clip, scored.

Source: Zhang et al. 2018 (pointing game: the peak), Wang et al. 2020 (energy: the share of the
map's positive part that lies in the tube), Petsiuk et al. 2018 (deletion, insertion).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from anigifs.core.config import Config
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.evaluate.align import Aligned, align
from anigifs.evaluate.forward import PredictConfig, Subject, batches
from anigifs.evaluate.looks import SCORES, Curve, Looks, read_looks, write_looks
from anigifs.evaluate.predictions import Rule
from anigifs.explain.causal import area, curves
from anigifs.explain.gradcam import grad_cam
from anigifs.explain.tubes import Propagate, energy_in_tube, peak_in_tube, tube
from anigifs.loader.batch import Tensors, to_batch

Scores = dict[str, list[float | None]]
DECIMALS = 4
"""To how many a curve's probabilities are rounded; the areas are of the whole numbers."""


class LookConfig(Config):
    """Which maps are made, and what is asked of them."""

    explain: Literal["label", "predicted"] = "label"
    """The class that a map is of: the clip's own, as in training, or the model's answer."""
    propagate: Propagate = "constant"
    """Boxes for frames without one."""
    steps: int = Field(10, ge=0)
    """Steps of deletion and insertion, each two passes a clip; 0 leaves both out."""
    sample: int | None = Field(None, ge=1)
    """At most so many clips, spread evenly over the set's own order; none: all of them."""
    batch_size: int = Field(8, ge=1)
    """Clips at once."""
    workers: int = Field(0, ge=0)
    """Processes that decode; 0 decodes in this one."""


def look(
    subject: Subject,
    clips: ClipSet,
    config: LookConfig = LookConfig(),
    rule: Rule | None = None,
    spec: str = "",
) -> Looks:
    """Score the maps of every clip whose class the head has; broken clips become problems.

    subject: its model is a `models.base.VideoModel`.
    rule, spec: as in `evaluate.predict`.

    Raises:
        ProtocolError: the classes differ and no rule was named, or none are shared.
    """
    aligned = align(clips, subject.classes, rule)
    chosen = _sampled(aligned.clips, config.sample)
    found = _looked(subject, chosen, config, _columns(aligned, subject.classes))
    by_id = {one.id: one for one in chosen.clips}
    return Looks(
        ids=tuple(found.ids),
        clusters=tuple(_cluster(by_id[id_]) for id_ in found.ids),
        scores={name: tuple(values) for name, values in found.scores.items()},
        labels=tuple(by_id[id_].label for id_ in found.ids),
        answers=tuple(one.answer for one in found.answers),
        on_label=tuple(one.on_label for one in found.answers),
        on_answer=tuple(one.on_answer for one in found.answers),
        curves={name: tuple(rows) for name, rows in found.curves.items()},
        set_name=clips.name,
        explained=config.explain,
        simulated=clips.simulated,
        method=subject.method,
        run=subject.run,
        seed=subject.seed,
        checkpoint=subject.checkpoint,
        spec=spec,
        settings=settings_of(subject, config, aligned.rule),
        problems=tuple(found.problems),
    )


def look_to(
    path: Path,
    subject: Subject,
    clips: ClipSet,
    config: LookConfig = LookConfig(),
    rule: Rule | None = None,
    spec: str = "",
) -> Looks:
    """`look` into a file; what the same weights made of the same clips in this way is kept."""
    wanted = settings_of(subject, config, align(clips, subject.classes, rule).rule)
    if path.exists() and subject.checkpoint:
        old = read_looks(path)
        if (old.checkpoint, old.spec, old.settings) == (subject.checkpoint, spec, wanted):
            return old
    found = look(subject, clips, config, rule, spec)
    write_looks(path, found)
    return found


def settings_of(subject: Subject, config: LookConfig, rule: str) -> str:
    """What must be equal for two looks of one model to be one, as JSON."""
    asked = config.model_dump(mode="json", exclude={"batch_size", "workers"})
    view = subject.view.model_dump(mode="json")
    return json.dumps({"look": asked, "view": view, "rule": rule}, sort_keys=True)


class Scored(NamedTuple):
    """What the maps of a batch are worth.

    scores: by name of `SCORES`, (B,) each, NaN where there is none.
    logits: (B, K).
    curves: "deletion" and "insertion", (B, steps + 1) each, in [0, 1]; empty without steps.
    """

    scores: dict[str, Tensor]
    logits: Tensor
    curves: dict[str, Tensor]


def score_maps(subject: Subject, batch: Tensors, config: LookConfig) -> Scored:
    """Every score of a batch, and what deletion and insertion went through."""
    targets = batch.labels if config.explain == "label" else None
    maps, logits = grad_cam(subject.model, batch.clips, targets)
    asked = logits.argmax(1) if targets is None else targets
    grid = (maps.shape[1], maps.shape[2], maps.shape[3])
    mask, known = tube(batch.boxes, grid, config.propagate)
    nothing = torch.full_like(maps[:, 0, 0, 0], torch.nan)
    found = {
        "peak-in-tube": torch.where(known, peak_in_tube(maps, mask).to(maps), nothing),
        "energy-in-tube": torch.where(known, energy_in_tube(maps, mask), nothing),
        "deletion": nothing,
        "insertion": nothing,
        "tube": torch.where(known, mask.to(maps).mean((1, 2, 3)), nothing),
    }
    if not config.steps:
        return Scored(found, logits, {})
    ways = curves(subject.model, batch.clips, maps, asked, config.steps)._asdict()
    return Scored(found | {name: area(way) for name, way in ways.items()}, logits, ways)


class Answer(NamedTuple):
    """A model's answer to one clip, and how likely it holds the answer and the clip's class."""

    answer: str
    on_answer: float
    on_label: float


def answers_of(
    logits: Tensor, labels: Tensor, columns: Tensor, classes: Sequence[str]
) -> list[Answer]:
    """The answers among the classes of `columns` (bool, (K,)), a softmax over them alone."""
    chances = logits.float().masked_fill(~columns.to(logits.device), -torch.inf).softmax(1)
    best = chances.max(1)
    own = chances.gather(1, labels[:, None])[:, 0]
    rows = zip(best.indices.tolist(), best.values.tolist(), own.tolist(), strict=True)
    return [Answer(classes[at], top, label) for at, top, label in rows]


class _Found(NamedTuple):
    """What the batches gave, clip by clip."""

    ids: list[str]
    answers: list[Answer]
    scores: Scores
    curves: dict[str, list[Curve | None]]
    problems: list[Problem]


def _looked(subject: Subject, clips: ClipSet, config: LookConfig, columns: Tensor) -> _Found:
    found = _Found([], [], {name: [] for name in SCORES}, {}, [])
    for batch, broken in _read(subject, clips, config):
        found.problems.extend(broken)
        if batch is not None:
            values, logits, ways = score_maps(subject, batch, config)
            found.ids.extend(batch.ids)
            found.answers.extend(answers_of(logits, batch.labels, columns, subject.classes))
            for name, column in values.items():
                found.scores[name] += [None if v != v else v for v in column.tolist()]
            for name, way in ways.items():
                found.curves.setdefault(name, []).extend(map(_rounded, way.tolist()))
    return found


def _rounded(curve: list[float]) -> Curve | None:
    """A curve as it is kept; none where one of its values is none."""
    return None if any(v != v for v in curve) else tuple(round(v, DECIMALS) for v in curve)


def _columns(aligned: Aligned, classes: Sequence[str]) -> Tensor:
    """Which classes of the head compete: under "intersection" only those that the set has."""
    allowed = set(aligned.set_classes) if aligned.rule == "intersection" else set(classes)
    return torch.tensor([name in allowed for name in classes])


def _sampled(clips: ClipSet, most: int | None) -> ClipSet:
    count = len(clips.clips)
    if most is None or count <= most:
        return clips
    return replace(clips, clips=tuple(clips.clips[at * count // most] for at in range(most)))


def _cluster(clip: Clip) -> str:
    return f"group {clip.group}" if clip.group else f"clip {clip.id}"


def _read(
    subject: Subject, clips: ClipSet, config: LookConfig
) -> Iterator[tuple[Tensors | None, list[Problem]]]:
    """Batches on the model's device, each with the problems of its broken clips."""
    reading = PredictConfig(batch_size=config.batch_size, workers=config.workers)
    device = next((weight.device for weight in subject.model.parameters()), torch.device("cpu"))
    parts = batches(subject, clips.clips, reading)
    total = -(-len(clips.clips) // config.batch_size)
    for _, items in track(parts, f"explain {clips.name}", total):
        good = [item for item in items if not isinstance(item, Problem)]
        broken = [item for item in items if isinstance(item, Problem)]
        yield to_batch(good, device, channels_last=True) if good else None, broken
