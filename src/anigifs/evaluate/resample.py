"""The two-level bootstrap: how far a mean over runs and clips could move by luck.

One replicate draws runs with replacement, and groups of clips with replacement. All drawn runs
see the same drawn groups, because all runs were measured on the same clips: drawing clips anew
for each run would average the luck of the test set away (the crossed, or pigeonhole, bootstrap;
Owen 2007). Intervals are percentiles. Our choices; docs/protocol.md has the reasons and limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anigifs.core.seeds import stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REPLICATES = 2_000
LEVEL = 0.95
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its 95 % interval; None where no interval can be given."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def clear_of_zero(self) -> bool:
        """Whether there is an interval and 0 lies outside it."""
        return self.low is not None and self.high is not None and self.low * self.high > 0

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Both ends, or None."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def negated(self) -> Estimate:
        """The same of the opposite number."""
        ends = (None, None) if self.bounds is None else (-self.bounds[1], -self.bounds[0])
        return Estimate(-self.value, *ends)


@dataclass(frozen=True, slots=True)
class Tally:
    """Values of R runs on N clips, summed over the clips of each of P (stratum, group) pairs.

    sums: float64 (R, P). counts: clips, int64 (P,). group: int64 (P,), in [0, groups).
    starts: where each stratum begins in P; the statistic is the mean of the strata's means.
    """

    sums: Floats
    counts: Ints
    group: Ints
    starts: Ints
    groups: int


@dataclass(frozen=True, slots=True)
class Draws:
    """How often each run (B, R) and each group (B, G) was drawn in each of B replicates."""

    runs: NDArray[np.int32]
    groups: NDArray[np.int32]


def tally(values: Floats, groups: Ints, strata: Ints | None = None) -> Tally:
    """Sum values (R, N) by group (N,), within strata (N,) such as classes (none: one)."""
    strata = np.zeros_like(groups) if strata is None else strata
    count = int(groups.max()) + 1
    keys, pair = np.unique(strata * count + groups, return_inverse=True)
    sums: Floats = np.stack(
        [np.bincount(pair, weights=row, minlength=len(keys)).astype(np.float64) for row in values]
    )
    starts = np.unique(keys // count, return_index=True)[1]
    counts = np.bincount(pair, minlength=len(keys))
    return Tally(sums, counts, keys % count, starts.astype(np.int64), count)


def draw(runs: int, groups: int, name: str, replicates: int = REPLICATES) -> Draws:
    """Draws of `runs` and `groups` with replacement; `name` names the random stream."""
    return Draws(
        _counts(runs, stream(0, "bootstrap runs", name), replicates),
        _counts(groups, stream(0, "bootstrap groups", name), replicates),
    )


def replicate(table: Tally, draws: Draws) -> Floats:
    """The statistic in every replicate, float64 (B,).

    A stratum whose groups were all left out is passed over in that replicate.
    """
    shares = draws.runs / draws.runs.sum(axis=1, keepdims=True)
    parts = range(0, len(shares), CHUNK)
    return np.concatenate(
        [_means(table, shares[at : at + CHUNK], draws.groups[at : at + CHUNK]) for at in parts]
    )


def statistic(table: Tally) -> float:
    """The statistic itself: every run and every group once."""
    once = np.ones((1, table.groups), dtype=np.int32)
    runs = len(table.sums)
    return float(_means(table, np.full((1, runs), 1 / runs), once)[0])


def estimate(values: Floats, groups: Ints, strata: Ints | None, name: str) -> Estimate:
    """Mean of values (R, N) over runs and clips (or strata), with its two-level interval.

    Fewer than two groups give no interval: nothing says how another source would have gone.
    """
    table = tally(values, groups, strata)
    value = statistic(table)
    if table.groups < 2:
        return Estimate(value)
    return with_interval(value, replicate(table, draw(len(values), table.groups, name)))


def estimate_rate(values: Floats, groups: Ints, strata: Ints | None, name: str) -> Estimate:
    """`estimate` for values in [0, 1], such as credits.

    Where every value is 0, or every value is 1, resampling shows no spread though another
    sample would: the open end is then the exact binomial bound with one trial a group.
    """
    found = estimate(values, groups, strata, name)
    if found.bounds is None or values.min() != values.max() or values.max() not in (0.0, 1.0):
        return found
    far = 1 - ((1 - LEVEL) / 2) ** (1 / (int(groups.max()) + 1))
    return Estimate(1.0, 1 - far, 1.0) if values.max() else Estimate(0.0, 0.0, far)


def with_interval(value: float, replicates: Floats) -> Estimate:
    """The value with the percentile interval of its replicates."""
    low, high = np.quantile(replicates, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))


def _means(table: Tally, shares: Floats, weights: NDArray[np.int32]) -> Floats:
    by_pair = weights[:, table.group]
    sums = np.add.reduceat((shares @ table.sums) * by_pair, table.starts, axis=1)
    counts = np.add.reduceat(by_pair * table.counts, table.starts, axis=1)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    found: Floats = np.nanmean(means, axis=1)
    return found


def _counts(size: int, rng: np.random.Generator, replicates: int) -> NDArray[np.int32]:
    counts = np.empty((replicates, size), np.int32)
    for at in range(0, replicates, CHUNK):
        part = counts[at : at + CHUNK]
        drawn = rng.integers(size, size=part.shape) + size * np.arange(len(part))[:, None]
        part[:] = np.bincount(drawn.ravel(), minlength=part.size).reshape(part.shape)
    return counts
