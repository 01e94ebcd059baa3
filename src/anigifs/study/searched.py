"""Figure 4 of the Ani-GIFs paper: a clip as it comes, as the network first normalises it, and as
the worst-case search would have it, with what each tuple costs.

Our choices: of the first batch normalisation the three channels that vary most, as red, green and
blue; of the search's tuples those with the highest fitness; "now" is the trained model on clips
of the set that is explained, so it says how much of the difficulty is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from anigifs.algorithms.edits import Space, edit
from anigifs.core import files
from anigifs.core.config import load
from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.core.runs import RunFolder
from anigifs.evaluate.forward import PredictConfig, Subject, batches
from anigifs.explain.overlay import Line, sheet
from anigifs.loader.batch import Tensors, to_batch
from anigifs.loader.photometric import Edit, to_levels
from anigifs.models.hooks import on_output
from anigifs.report.loss_chart import loss_chart
from anigifs.report.text import words
from anigifs.study.config import ExperimentConfig
from anigifs.study.pictures import strip_of, write_png
from anigifs.train import checkpoint

MOST, MEASURED, FRAMES = 4, 16, 8
"""Tuples shown, clips that "now" is measured on, frames of a strip."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A tuple of the set: its edits, its fitness and step when it was found, its loss now."""

    edits: tuple[Edit, ...]
    score: float
    step: int
    now: float = float("nan")


@dataclass(frozen=True, slots=True)
class Searched:
    """What the figure shows.

    lines: strips. found: every tuple by step. training: (step, loss) as logged.
    fitness: what a tuple's score is, "loss" or "error".
    """

    lines: tuple[Line, ...]
    found: tuple[Tried, ...]
    training: tuple[tuple[int, float], ...]
    fitness: str
    caption: str


def searched(run: RunFolder, subject: Subject, clips: ClipSet, clip: Clip) -> Searched:
    """Figure 4 of a run, for one clip; without a search only the first two rows.

    clips: what losses are measured on, at most `MEASURED` of them; labels in the head's spelling.
    """
    found, options = members_of(run)
    space: Space = options.get("space", "pixels")
    fitness = "error" if options.get("fitness") == "accuracy" else "loss"
    shown = _read(subject, [clip])[0].clips
    worst = sorted(found, key=lambda one: -one.score)[:MOST]
    if worst:
        batch = _read(subject, _some(clips.clips))[0]
        plain = _loss(subject, batch, (), space)
        worst = [_measured(subject, batch, one, space) for one in worst]
    text = f"{clip.label}, as it comes"
    if worst:
        text += f": loss now {plain:.2f}, as below on {len(batch.ids)} clips of {clips.name}"
    lines = [Line(text, strip_of(to_levels(shown)[0], FRAMES))]
    if (seen := _normalised(subject.model, shown)) is not None:
        lines.append(Line("after the first batch normalisation", strip_of(seen, FRAMES)))
    for one in worst:
        lines.append(_line(one, shown, space, fitness))
    training = tuple((r["step"], r["loss"]) for r in run.metrics("train") if "loss" in r)
    return Searched(tuple(lines), tuple(found), training, fitness, _caption(subject, clips, found))


def members_of(run: RunFolder) -> tuple[list[Tried], dict[str, Any]]:
    """The tuples that a run's search found, by step as the log counts (from 1), and its options;
    nothing if it has none."""
    algorithm = load(ExperimentConfig, run.config_file).train.algorithm
    options = algorithm.options().model_dump()
    path = checkpoint.last_file(run)
    if not path.exists():
        return [], {}
    state = checkpoint.read(path).get("algorithm", {})
    if "augment" in state:
        state, options = state["augment"], options["augment"]
    return [
        Tried(tuple(Edit(*pair) for pair in edits), score, number + 1)
        for edits, score, number in state.get("members", [])
        if edits
    ], options


def write_searched(run: RunFolder) -> None:
    """Write down beside the checkpoints what a run's search found, for the report."""
    if found := members_of(run)[0]:
        facts = [
            {"step": o.step, "score": o.score, "edits": [[*e] for e in o.edits]} for o in found
        ]
        files.write_json(run.searched_file, facts)


def write_figure(path: Path, found: Searched) -> None:
    """Draw it as PNG: the strips, and below them the losses over time."""
    rows = sheet(found.lines)
    tried = [(one.step, one.score) for one in found.found]
    parts = (
        [rows]
        if not found.found
        else [rows, loss_chart(found.training, tried, found.fitness, rows.width)]
    )
    margin = 24
    page = Image.new(
        "RGB", (rows.width + 2 * margin, sum(p.height for p in parts) + 2 * margin), "white"
    )
    top = margin
    for part in parts:
        page.paste(part, (margin, top))
        top += part.height
    write_png(path, page)


def _line(one: Tried, shown: Tensor, space: Space, fitness: str) -> Line:
    after = to_levels(edit(shown, one.edits, space))[0]
    cost = f"{fitness} {one.score:.2f} when found at step {one.step}, loss now {one.now:.2f}"
    return Line(f"{words(one.edits)}: {cost}", strip_of(after, FRAMES))


def _measured(subject: Subject, batch: Tensors, one: Tried, space: Space) -> Tried:
    return Tried(one.edits, one.score, one.step, _loss(subject, batch, one.edits, space))


@torch.no_grad()
def _loss(subject: Subject, batch: Tensors, edits: Sequence[Edit], space: Space) -> float:
    logits = subject.model(edit(batch.clips, edits, space))
    return float(cross_entropy(logits.float(), batch.labels))


@torch.no_grad()
def _normalised(model: nn.Module, shown: Tensor) -> Tensor | None:
    """The clip's first batch normalisation as levels, uint8 (3, T', H', W'); None without one."""
    kinds = (nn.BatchNorm3d, nn.SyncBatchNorm, nn.BatchNorm2d)
    layer = next((module for module in model.modules() if isinstance(module, kinds)), None)
    if layer is None:
        return None
    seen: list[Tensor] = []

    def tap(features: Tensor) -> Tensor:
        by_frame = features.dim() == 4  # a network that works frame by frame
        seen[:] = [(features.transpose(0, 1) if by_frame else features[0]).clone()]
        return features

    with on_output(layer, tap):
        model(shown)
    maps = seen[0].float()
    strongest = maps.flatten(1).std(1).argsort(descending=True)[[0, 1 % len(maps), 2 % len(maps)]]
    flat = maps[strongest].flatten(1)
    low, high = (torch.quantile(flat[:, ::7], q, dim=1, keepdim=True) for q in (0.01, 0.99))
    levels = ((flat - low) / (high - low).clamp(min=1e-6)).clamp(0, 1) * 255
    return levels.to(torch.uint8).view(3, *maps.shape[1:])


def _read(subject: Subject, clips: Sequence[Clip]) -> list[Tensors]:
    """The readable clips as one batch on the model's device."""
    device = next((weight.device for weight in subject.model.parameters()), torch.device("cpu"))
    config = PredictConfig(batch_size=len(clips))
    parts = (items for _, items in batches(subject, clips, config))
    return [
        to_batch([item for item in items if not isinstance(item, Problem)], device)
        for items in parts
    ]


def _some(clips: Sequence[Clip]) -> list[Clip]:
    most = min(MEASURED, len(clips))
    return [clips[at * len(clips) // most] for at in range(most)]


def _caption(subject: Subject, clips: ClipSet, found: Sequence[Tried]) -> str:
    text = f"{subject.method}: a clip as it comes and after the network’s first batch normalisation"
    if not found:
        return text
    return (
        f"{text}, then after the hardest of {len(found)} tuples that the worst-case search found. "
        f"Losses now: the trained model on some clips of {clips.name}"
    )
