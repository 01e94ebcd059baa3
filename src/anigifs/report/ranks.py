"""Ranks: which place a method takes on a set, averaged over the seeds that all methods have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from anigifs.evaluate.align import as_scored
from anigifs.evaluate.metrics import credits
from anigifs.evaluate.predictions import Predictions

Floats = NDArray[np.float64]


def mean_ranks(methods: Mapping[str, Sequence[Predictions]]) -> dict[str, float]:
    """Mean place of every method on one set, 1 for the highest top-1; ties share their places.

    Empty where there are fewer than two methods, or no seed that all of them have.
    """
    top1 = {name: {run.seed: _top1(run) for run in runs} for name, runs in methods.items()}
    seeds = set.intersection(*({*one} for one in top1.values())) if len(top1) > 1 else set()
    if not seeds:
        return {}
    table = np.array([[top1[name][seed] for name in methods] for seed in sorted(seeds, key=str)])
    means = np.mean([places(row) for row in table], axis=0)
    return dict(zip(methods, means.tolist(), strict=True))


def places(values: Floats) -> Floats:
    """The place of each value (M,) from 1 for the highest; ties take the mean of their places."""
    higher = (values[None, :] > values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    found: Floats = higher + (equal + 1) / 2
    return found


def _top1(run: Predictions) -> float:
    scored = as_scored(run)
    return float(credits(scored.logits, scored.label_index).mean())
