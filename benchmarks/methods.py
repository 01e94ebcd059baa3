"""What each method adds to training. Run: python -m benchmarks.methods [--cpu] [--paper]

Answers one question: how much longer does a training step take than plain training's, averaged
over a period of the method's own (a search every 200 steps, ...)? Whole optimiser steps (forward,
backward, Adam), in turns with plain steps of the same weights in the same place of memory; a step
with the rare event and one without are timed apart and weighted by how often they occur. ERM
against itself is among them: what it "adds" is the measurement's own error.
On a CPU: width 0.125, 8 clips of 16x64x64.
With a CUDA device: the published network, 8 clips of 40x224x224 in bfloat16, the paper's setting.
With --paper, the two that the paper proposes at its size also on a CPU: one clip at a time (all
costs grow with the clips alike), and 2 of a search's 50 trials, counted 25 times.
On one thread the clock is that of the process, so other programs disturb less.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any, cast

import torch
from torch import nn

from anigifs.algorithms import ALGORITHMS
from anigifs.algorithms.augmentation import Augmentation
from anigifs.algorithms.base import Batch, Context
from anigifs.algorithms.worst_case import Member, WorstCase
from anigifs.loader.photometric import draw_tuple, from_levels
from anigifs.models.config import ModelConfig, build_model

CLASSES = tuple(f"class {n}" for n in range(12))


@dataclass(frozen=True)
class Method:
    """A method and its rare step: number `rare` (none: all steps are alike), `often` a period.

    sign: what only a step logs in which the rare thing happens.
    edits: a step is plain training of what `augment` gives, which is timed apart also.
    """

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    rare: int | None = None
    often: int = 1
    period: int = 1
    sign: str = ""
    edits: bool = False


METHODS = {
    "erm": Method("erm"),
    "random-augment": Method("random-augment", edits=True),
    "worst-case (200, 50 trials)": Method(
        "worst-case", rare=199, period=200, sign="worst-case/score", edits=True
    ),
    "saliency (200)": Method("saliency", rare=199, period=200, sign="saliency/masked"),
    "saliency (every batch)": Method("saliency", {"every": 1}),
    "gifify-augment": Method("gifify-augment", edits=True),
    "mixstyle": Method("mixstyle"),
    "randconv": Method("randconv"),
    "randconv (consistency 0)": Method("randconv", {"consistency": 0.0}),
    "ada (100, 16 clips)": Method("ada", rare=100, often=2, period=100, sign="ada/moved"),
    "rada (200)": Method("rada", rare=199, period=200, sign="rada/moved"),
    "rada (every batch)": Method("rada", {"every": 1}),
}


PAPER = {
    "erm": METHODS["erm"],
    "worst-case (200, 50 trials)": Method(
        "worst-case", {"trials": 2}, 199, often=25, period=200, sign="worst-case/score", edits=True
    ),
    "saliency (200)": Method("saliency", rare=199, period=200, sign="saliency/masked"),
}


class Trainer:
    """One method on a network that others may train too."""

    def __init__(self, method: Method, batch: Batch, model: nn.Module) -> None:
        self.batch, device = batch, batch.clips.device
        kind = ALGORITHMS[method.name]
        context = Context(CLASSES, torch.Generator().manual_seed(0), torch.Generator())
        options = dict(method.options)
        if method.name == "rada":
            options["segments"] = 5 if batch.clips.shape[2] == 40 else 3
        self.algorithm = kind(model, kind.Config(**options), context)
        self.algorithm.model.to(device)
        if isinstance(self.algorithm, WorstCase):  # a set as it is after a few searches
            rng = torch.Generator().manual_seed(0)
            self.algorithm.members += [Member(draw_tuple(rng), 0.0, -1) for _ in range(5)]
        self.logged: list[set[str]] = []
        self.took: list[float] = []
        self.optimiser = torch.optim.Adam(self.algorithm.model.parameters(), 1e-4)

    def seconds(self, number: int) -> float:
        """The time of one optimiser step."""
        clock = process_time if torch.get_num_threads() == 1 else perf_counter
        start = clock()
        device = self.batch.clips.device.type
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            loss, logs = self.algorithm.step(self.batch, number)
        self.logged.append(set(logs))
        loss.backward()
        self.optimiser.step()
        self.optimiser.zero_grad()
        if device == "cuda":
            torch.cuda.synchronize()
        self.took.append(clock() - start)
        return self.took[-1]

    def edit_seconds(self) -> float:
        """The time of the edit alone that comes before a usual step."""
        clock = process_time if torch.get_num_threads() == 1 else perf_counter
        start = clock()
        edited = cast(Augmentation, self.algorithm).augment(self.batch, 0)
        if edited.clips.stride() != self.batch.clips.stride():
            raise RuntimeError("an edit left another memory layout, which costs the network's time")
        if edited.clips.is_cuda:
            torch.cuda.synchronize()
        return clock() - start


def network(width: float, stride: int, device: str) -> nn.Module:
    """An I3D with weights drawn anew, laid out as in training."""
    torch.manual_seed(0)
    config = ModelConfig(width=width, output_stride=stride)  # type: ignore[arg-type]
    model = build_model(config, CLASSES).to(device)
    laid: nn.Module = model.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    return laid


def made(size: tuple[int, int, int], device: str, count: int) -> Batch:
    """Clips of noise over a moving pattern, with boxes."""
    frames, side, _ = size
    generator = torch.Generator().manual_seed(0)
    base = torch.sin(torch.arange(side) / 9 + torch.arange(frames)[:, None] / 3)[
        None, None, :, None
    ]
    levels = 120 + 60 * base + 20 * torch.randn(count, 3, *size, generator=generator)
    clips = from_levels(levels.clamp(0, 255).to(torch.uint8))
    boxes = torch.tensor([0.3, 0.2, 0.6, 0.9]).expand(count, frames, 4)
    layout = torch.channels_last_3d
    clips = clips.to(device).contiguous(memory_format=layout)
    return Batch(clips, (torch.arange(count) % 12).to(device), boxes=boxes.to(device))


def timed(trainer: Trainer, plain: Trainer, numbers: range) -> tuple[float, list[float]]:
    """Steps of the method, and plain training's, taking turns: median ms and the ratios.

    The first is not counted.
    """
    pairs = [(trainer.seconds(number), plain.seconds(0)) for number in numbers][1:]
    return statistics.median(own for own, _ in pairs) * 1e3, [own / other for own, other in pairs]


def measured(trainer: Trainer, plain: Trainer, method: Method, rounds: int) -> dict[str, Any]:
    """The usual step, the rare one, and what the method adds over its period."""
    usual_ms, ratios = timed(trainer, plain, range(rounds + 1))
    mean = usual = statistics.median(ratios)
    low, _, high = statistics.quantiles(ratios, n=4)
    row = {"usual_ms": round(usual_ms, 1), "usual_quartiles": [round(low, 3), round(high, 3)]}
    if method.edits:
        edit = statistics.fmean(trainer.edit_seconds() for _ in range(4 * rounds))
        row["edit_percent"] = round(100 * edit / statistics.median(plain.took), 1)
    if method.rare is not None:
        numbers = range(method.rare, 6 * method.period, method.period)
        rare_ms, ratios = timed(trainer, plain, numbers)
        rare_steps, usual_steps = trainer.logged[rounds + 1 :], trainer.logged[: rounds + 1]
        if not all(method.sign in one for one in rare_steps):
            raise RuntimeError(f"{method.name}: nothing rare happened in a rare step")
        if any(method.sign in one for one in usual_steps):
            raise RuntimeError(f"{method.name}: a rare step among the usual; take fewer --rounds")
        row["rare_ms"] = round(rare_ms, 1)
        rare_part = method.often * (statistics.median(ratios) - usual) / method.period
        row["rare_percent"] = round(100 * rare_part, 1)
        mean += rare_part
    return row | {"added_percent": round(100 * (mean - 1), 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cpu", action="store_true", help="leave a CUDA device alone")
    parser.add_argument("--paper", action="store_true", help="the paper's two at its size, CPU")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cuda = torch.cuda.is_available() and not (arguments.cpu or arguments.paper)
    large = cuda or arguments.paper
    size, width, stride = ((40, 224, 224), 1.0, 32) if large else ((16, 64, 64), 0.125, 16)
    batch = made(size, "cuda" if cuda else "cpu", 1 if arguments.paper else 8)
    rows = {}
    for name, method in (PAPER if arguments.paper else METHODS).items():
        model = network(width, stride, batch.clips.device.type)
        pair = Trainer(method, batch, model), Trainer(METHODS["erm"], batch, model)
        rows[name] = measured(*pair, method, arguments.rounds)
    shape = "x".join(map(str, size))
    result = {
        "benchmark": f"training steps, {len(batch.labels)} clips of {shape}, I3D width {width}",
        "methods": rows,
        "device": torch.cuda.get_device_name() if cuda else f"CPU, {arguments.threads} thread(s)",
        "torch": torch.__version__,
        "machine": platform.machine(),
    }
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
