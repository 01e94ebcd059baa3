"""Does a trained model need motion? Run: python -m benchmarks.frame_order RUN DATA [DATA ...]

Answers one question: how much of a run's accuracy goes when the frames of each clip are shuffled,
reversed, or replaced by the middle one, repeated? RUN is a finished run folder, DATA a dataset as
`anigifs evaluate --on` takes it (`PATH?split=test`). The same clips and weights in every case;
differences from the order as it comes are paired by clip, with a 95 % bootstrap interval over
sources: of this run only. A model trained on single frames would say more of what a frame can
tell; a clip model shown one repeated frame also meets something it was never trained on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from anigifs.core.runs import RunFolder
from anigifs.evaluate.align import align
from anigifs.evaluate.compare import compare
from anigifs.evaluate.forward import PredictConfig, Subject
from anigifs.evaluate.predict import predict
from anigifs.evaluate.predictions import Predictions
from anigifs.evaluate.resample import Estimate
from anigifs.evaluate.score import score_runs
from anigifs.study.load import load_run_model
from anigifs.study.measure import open_target

Order = Callable[[int], Tensor]


def shuffled(frames: int) -> Tensor:
    """One order for all clips, so that a batch more or less changes nothing; never the own one."""
    return torch.randperm(frames, generator=torch.Generator().manual_seed(1))


ORDERS: dict[str, Order] = {
    "in order": torch.arange,
    "shuffled": shuffled,
    "reversed": lambda frames: torch.arange(frames).flip(0),
    "middle frame, repeated": lambda frames: torch.full((frames,), frames // 2),
}


class Reordered(nn.Module):
    """A model that is shown the frames of its clips in another order."""

    def __init__(self, model: nn.Module, order: Order) -> None:
        super().__init__()
        self.model, self.order = model, order

    def forward(self, clips: Tensor) -> Tensor:
        """Logits of clips (B, 3, T, H, W)."""
        logits: Tensor = self.model(clips[:, :, self.order(clips.shape[2]).to(clips.device)])
        return logits


def measured(subject: Subject, target: str, batch_size: int) -> list[dict[str, object]]:
    """A row an order: top-1 in %, and what that is above the order as it comes, in points."""
    clips, _ = open_target(target)
    shown = align(clips, subject.classes, "intersection").clips
    found: dict[str, Predictions] = {}
    for name, order in ORDERS.items():
        other = replace(subject, model=Reordered(subject.model, order))
        found[name] = predict(other, shown, PredictConfig(batch_size=batch_size))
    own = [found["in order"]]
    rows = []
    for name, one in found.items():
        score = score_runs([one])
        row = {"set": clips.name, "order": name, "clips": score.clips, "top1": rounded(score.top1)}
        row["chance"] = round(100 * score.chance_top1, 1)
        if name != "in order":
            row["change"] = rounded(compare([replace(one, method=name)], own).difference)
        rows.append(row)
    return rows


def rounded(found: Estimate) -> list[float | None]:
    """Value, low and high in percent or points."""
    return [None if x is None else round(100 * x, 1) for x in (found.value, found.low, found.high)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    subject = load_run_model(RunFolder(arguments.run), arguments.device)
    rows = [
        row for target in arguments.data for row in measured(subject, target, arguments.batch_size)
    ]
    json.dump({"run": subject.run, "method": subject.method, "rows": rows}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
