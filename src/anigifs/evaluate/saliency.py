"""Does a model look at the person? Its maps on every clip, scored.

Source: Zhang et al. 2018 (pointing game: the peak), Wang et al. 2020 (energy: the share of the
map's positive part that lies in the tube), Petsiuk et al. 2018 (deletion, insertion).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from anigifs.core.config import Config
from anigifs.core.progress import track
from anigifs.core.records import ClipSet, Problem
from anigifs.evaluate.align import align
from anigifs.evaluate.forward import PredictConfig, Subject, batches
from anigifs.evaluate.looks import SCORES, Looks
from anigifs.evaluate.predictions import Rule
from anigifs.explain.causal import area, curves
from anigifs.explain.gradcam import grad_cam
from anigifs.explain.tubes import Propagate, energy_in_tube, peak_in_tube, tube
from anigifs.loader.batch import Tensors, to_batch

Scores = dict[str, list[float | None]]


class LookConfig(Config):
    """Which maps are made, and what is asked of them."""

    explain: Literal["label", "predicted"] = "label"
    """The class that a map is of: the clip's own, as in training, or the model's answer."""
    propagate: Propagate = "constant"
    """Boxes for frames without one."""
    steps: int = Field(10, ge=0)
    """Steps of deletion and insertion, each two passes a clip; 0 leaves both out."""
    batch_size: int = Field(8, ge=1)
    """Clips at once."""
    workers: int = Field(0, ge=0)
    """Processes that decode; 0 decodes in this one."""


def look(
    subject: Subject, clips: ClipSet, config: LookConfig = LookConfig(), rule: Rule | None = None
) -> Looks:
    """Score the maps of every clip whose class the head has; broken clips become problems.

    subject: its model is a `models.base.VideoModel`.

    Raises:
        ProtocolError: the classes differ and no rule was named, or none are shared.
    """
    chosen = align(clips, subject.classes, rule).clips
    ids: list[str] = []
    scores: Scores = {name: [] for name in SCORES}
    problems: list[Problem] = []
    for batch, broken in _read(subject, chosen, config):
        problems += broken
        if batch is not None:
            ids += batch.ids
            for name, values in score_maps(subject, batch, config).items():
                scores[name] += [None if value != value else value for value in values.tolist()]
    groups = {
        one.id: f"group {one.group}" if one.group else f"clip {one.id}" for one in chosen.clips
    }
    return Looks(
        ids=tuple(ids),
        clusters=tuple(groups[id_] for id_ in ids),
        scores={name: tuple(values) for name, values in scores.items()},
        set_name=clips.name,
        explained=config.explain,
        simulated=clips.simulated,
        method=subject.method,
        run=subject.run,
        seed=subject.seed,
        problems=tuple(problems),
    )


def score_maps(subject: Subject, batch: Tensors, config: LookConfig) -> dict[str, Tensor]:
    """Every score of a batch, (B,) each; NaN where there is none."""
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
    }
    if config.steps:
        deletion, insertion = curves(subject.model, batch.clips, maps, asked, config.steps)
        found |= {"deletion": area(deletion), "insertion": area(insertion)}
    return found


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
        yield to_batch(good, device) if good else None, broken
