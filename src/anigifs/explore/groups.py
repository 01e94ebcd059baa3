"""Resampling whole groups: clips that share a source stand or fall together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

INTERVAL = (2.5, 97.5)
"""Percentiles of a 95 % interval."""


def cliffs_delta(first: Floats, second: Floats) -> float:
    """P(second > first) − P(second < first), in [−1, 1]; ties count for neither (Cliff 1993)."""
    ordered = np.sort(first)
    below = np.searchsorted(ordered, second, "left").sum()
    above = (len(ordered) - np.searchsorted(ordered, second, "right")).sum()
    return float(below - above) / (len(first) * len(second))


def ratio_of_medians(first: Floats, second: Floats) -> float:
    """Median of the second over that of the first; NaN where the first is 0."""
    middle = float(np.median(first))
    return float(np.median(second)) / middle if middle else float("nan")


def resampled(groups: Indices, sides: Indices, draw: np.random.Generator) -> Indices:
    """Rows of one bootstrap sample, drawn by group.

    groups: (n,) numbers; sides: (n,), 0 or 1. Groups of only side 0, only side 1 and of both are
    drawn apart, so neither side is ever empty.
    """
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    kinds = [int(sides[rows].min()) + 2 * int(sides[rows].max()) for rows in members]
    picked = []
    for kind in sorted(set(kinds)):
        alike = [rows for rows, its in zip(members, kinds, strict=True) if its == kind]
        picked += [alike[index] for index in draw.integers(len(alike), size=len(alike))]
    return np.concatenate(picked)


def interval(
    statistic: Callable[[Indices], float], samples: list[Indices]
) -> tuple[float, float] | None:
    """The 95 % percentile interval of a statistic of rows; None where it is not defined."""
    values = np.array([statistic(rows) for rows in samples])
    if not np.isfinite(values).all():
        return None
    low, high = np.percentile(values, INTERVAL)
    return float(low), float(high)
