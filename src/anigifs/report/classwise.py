"""Class by class: accuracy on source and target, and which class is taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anigifs.evaluate import metrics
from anigifs.evaluate.align import as_scored, restrict
from anigifs.evaluate.predictions import Predictions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ByClass:
    """Accuracy of each class on each set: the mean over runs, NaN where a set has no clip."""

    classes: tuple[str, ...]
    sets: dict[str, Floats]

    def largest_drops(self, source: str, target: str, most: int) -> ByClass:
        """At most `most` classes, those that lose most from `source` to `target` first.

        Classes without clips in both sets come last; equal drops keep their order.
        """
        order = np.argsort(self.sets[target] - self.sets[source], kind="stable")[:most]
        return ByClass(
            tuple(self.classes[at] for at in order),
            {name: values[order] for name, values in self.sets.items()},
        )


@dataclass(frozen=True, slots=True)
class Mistake:
    """How often clips of one class are taken for another, as a share of its clips."""

    true: str
    predicted: str
    share: float
    clips: int


def by_class(sets: dict[str, Sequence[Predictions]]) -> ByClass:
    """Accuracy of every class that all sets score."""
    scored = {name: [as_scored(run) for run in runs] for name, runs in sets.items()}
    heads = [runs[0].classes for runs in scored.values()]
    shared = [name for name in heads[0] if all(name in head for head in heads)]
    return ByClass(
        tuple(shared), {name: _accuracies(runs, shared) for name, runs in scored.items()}
    )


def confusion_shares(runs: Sequence[Predictions]) -> tuple[tuple[str, ...], Floats, Floats]:
    """Classes, confusion as shares of each true class (NaN without clips), and clips (K,)."""
    scored = [as_scored(run) for run in runs]
    counts = np.mean([metrics.confusion(run.logits, run.label_index) for run in scored], axis=0)
    clips = counts.sum(axis=1)
    shares = np.full_like(counts, np.nan)
    np.divide(counts, clips[:, None], out=shares, where=clips[:, None] > 0)
    return scored[0].classes, shares, clips


def mistakes(runs: Sequence[Predictions], most: int) -> list[Mistake]:
    """The most frequent confusions by number of clips, at most `most`."""
    names, shares, clips = confusion_shares(runs)
    wrong = np.nan_to_num(shares) * clips[:, None]
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = zip(*np.unravel_index(order, wrong.shape), strict=True)
    return [
        Mistake(names[true], names[said], float(shares[true, said]), round(clips[true]))
        for true, said in pairs
        if wrong[true, said] > 0
    ]


def _accuracies(runs: Sequence[Predictions], classes: Sequence[str]) -> Floats:
    cut = [restrict(run, classes) for run in runs]
    means = [
        metrics.per_class(metrics.credits(r.logits, r.label_index), r.label_index, len(classes))[0]
        for r in cut
    ]
    averaged: Floats = np.mean(means, axis=0)
    return averaged
