"""Can a classifier tell two datasets apart? A two-sample test on clip statistics.

Source: Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests". Our choices: logistic
regression with a small L2 penalty, folds and permutations by group, balanced accuracy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anigifs.explore.groups import Indices, interval, resampled

Floats = NDArray[np.float64]

PENALTY = 1.0
STEPS = 12
"""Newton steps; the penalty keeps the problem convex, so a few suffice."""


@dataclass(frozen=True, slots=True)
class TwoSample:
    """accuracy: balanced, on held-out groups; 0.5 is chance. None: too few groups to hold out.

    p: share of permutations of the sides, by group, that reach it.
    """

    features: str
    accuracy: float | None
    interval: tuple[float, float] | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """values: (n, k) features. sides: (n,), 0 or 1. groups: (n,) numbers."""

    values: Floats
    sides: Indices
    groups: Indices


def two_sample(
    features: str, rows: Rows, samples: int, permutations: int, draw: np.random.Generator
) -> TwoSample:
    """Held-out accuracy, its interval over groups, and a permutation p-value."""
    folds = _folds(rows, draw)
    if folds is None:
        return TwoSample(features, None, None, None)
    right = _held_out(rows.values, rows.sides, folds) == rows.sides
    accuracy = _balanced(right, rows.sides)
    boots = [resampled(rows.groups, rows.sides, draw) for _ in range(samples)]
    reached = 0
    for _ in range(permutations):
        sides = permuted(rows.sides, rows.groups, draw)
        guessed = _held_out(rows.values, sides, folds)
        reached += _balanced(guessed == sides, sides) >= accuracy
    spread = interval(lambda index: _balanced(right[index], rows.sides[index]), boots)
    return TwoSample(features, accuracy, spread, (1 + reached) / (1 + permutations))


def permuted(sides: Indices, groups: Indices, draw: np.random.Generator) -> Indices:
    """Sides as they might be if they meant nothing: whole groups change places.

    A group that lies on both sides is flipped or not; the others exchange theirs.
    """
    out, members = sides.copy(), [np.flatnonzero(groups == group) for group in np.unique(groups)]
    pure = [rows for rows in members if np.ptp(sides[rows]) == 0]
    labels = [int(sides[rows[0]]) for rows in pure]
    for rows, label in zip(pure, draw.permutation(labels), strict=True):
        out[rows] = label
    for rows in members:
        if np.ptp(sides[rows]) and draw.random() < 0.5:
            out[rows] = 1 - out[rows]
    return out


def fit_logistic(values: Floats, sides: Indices) -> Floats:
    """Weights (k + 1,) of penalised logistic regression; the last, unpenalised, is the offset.

    Both sides weigh alike, whatever their sizes. Source: Newton's method (IRLS).
    """
    design = np.column_stack([values, np.ones(len(values))])
    share = np.bincount(sides, minlength=2) / len(sides)
    weight = 0.5 / np.maximum(share[sides], 1e-9)
    penalty = np.diag([PENALTY] * values.shape[1] + [1e-6])
    beta = np.zeros(design.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (weight * (p - sides)) + penalty @ beta
        curve = (design * (weight * p * (1 - p))[:, None]).T @ design + penalty
        beta = beta - np.linalg.solve(curve, slope)
    return beta


def _folds(rows: Rows, draw: np.random.Generator, most: int = 5) -> Indices | None:
    """A fold for every row, by group, each side dealt out evenly; None below 2 groups a side."""
    on_side = [np.unique(rows.groups[rows.sides == side]) for side in (0, 1)]
    count = min(most, *(len(groups) for groups in on_side))
    if count < 2:
        return None
    fold = {
        group: place % count
        for groups in (on_side[1], on_side[0])
        for place, group in enumerate(draw.permutation(groups))
    }
    return np.array([fold[group] for group in rows.groups])


def _held_out(values: Floats, sides: Indices, folds: Indices) -> Indices:
    guessed = np.zeros(len(sides), np.int64)
    for fold in np.unique(folds):
        held = folds == fold
        middle, scale = values[~held].mean(0), values[~held].std(0)
        scaled = (values - middle) / np.maximum(scale, 1e-9)
        beta = fit_logistic(scaled[~held], sides[~held])
        guessed[held] = scaled[held] @ beta[:-1] + beta[-1] > 0
    return guessed


def _balanced(right: NDArray[np.bool_], sides: Indices) -> float:
    return float(np.mean([right[sides == side].mean() for side in np.unique(sides)]))
