"""How far people agree beyond chance: percent agreement, Cohen, Fleiss and Krippendorff.

Sources: Cohen 1960; Light 1971 (the mean over pairs); Fleiss 1971; Krippendorff 2011 (alpha for
nominal data with missing votes). Votes are int (N items, P people): a category from 0 on, or
`MISSING`. Our choices: intervals are percentiles over items drawn with replacement; Fleiss'
kappa, which wants equally many votes on every item, takes the items with the commonest number.
What is undefined is None with the reason, never NaN. docs/agreement.md has formulas and limits.

Every number here is a function of sums over items, so equal items are counted once and a
resample is one multinomial draw over the distinct ones: 20,000 items cost what 200 do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from anigifs.core.seeds import stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.integer]
Statistic = Callable[[Floats], Floats]
"""From sums over items (B, F) to the number itself (B,), NaN where it is not defined."""

MISSING = -1
CHUNK = 100
UNDEFINED_MOST = 0.05
"""Share of resamples that may be undefined before there is no interval. Our choice."""

ONE_CATEGORY = "every vote says the same, so there is nothing to agree on beyond chance"
NO_SPREAD = "no interval: nobody disagreed, so resampling shows no spread"
ONE_LEFT = "no interval: too many resamples hold one category only"


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How intervals are made. least: items with two votes, below which nothing is said."""

    replicates: int = 1_000
    level: float = 0.95
    seed: int = 0
    least: int = 2


@dataclass(frozen=True, slots=True)
class Agreement:
    """A number and its interval; None where there is none, and `why` says the reason.

    items: with two votes or more, that it rests on. left_out: such items it could not use.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    items: int = 0
    left_out: int = 0
    why: str = ""


def percent_agreement(votes: Codes, how: Bootstrap | None = None) -> Agreement:
    """The share of pairs of votes on one item that say the same, in [0, 1].

    Where all do, or none, the open end is the exact binomial bound with one trial an item.
    """
    how = how or Bootstrap()
    counts, times = _counts(votes)
    totals = counts.sum(axis=1)
    pairs = np.stack([_same(counts), totals * (totals - 1)], axis=1).astype(np.float64)
    found = _estimate(pairs, times, lambda sums: sums[:, 0] / sums[:, 1], how)
    return _open_end(found, how)


def cohen_kappa(votes: Codes, how: Bootstrap | None = None) -> Agreement:
    """Cohen's kappa of two people (N, 2), over the items on which both voted."""
    both = votes[(votes != MISSING).all(axis=1)]
    cells, times = _distinct(both)
    return _estimate(_marginals(cells, _categories(votes)), times, _cohen, how or Bootstrap())


def mean_cohen_kappa(votes: Codes, how: Bootstrap | None = None) -> Agreement:
    """The plain mean of Cohen's kappa over pairs of people (Light 1971).

    Pairs with fewer common items than `how.least`, or an undefined kappa, are passed over.
    """
    how = how or Bootstrap()
    rows, times = _distinct(votes[(votes != MISSING).sum(axis=1) >= 2])
    known = [_pair(rows, pair) for pair in combinations(range(votes.shape[1]), 2)]
    used = [at for at in known if times[at[0]].sum() >= how.least]
    size = _categories(votes)
    features = [(at, _marginals(rows[at][:, pair], size)) for at, pair in used]
    if not features and times.sum() >= how.least:
        why = f"no two people share {how.least} items"
        return Agreement(None, items=int(times.sum()), why=why)
    return _bootstrapped(lambda draws: _light(draws, features), times, how)


def fleiss_kappa(votes: Codes, how: Bootstrap | None = None) -> Agreement:
    """Fleiss' kappa, over the items with the commonest number of votes (two or more)."""
    counts, times = _counts(votes)
    totals = counts.sum(axis=1)
    if not len(times):
        return _estimate(np.zeros((0, 1)), times, _fleiss, how or Bootstrap())
    commonest = _commonest(totals, times)
    used = totals == commonest
    share = _same(counts[used]) / (commonest * (commonest - 1))
    features = np.column_stack([share, np.ones(len(share)), counts[used]])
    found = _estimate(features, times[used], _fleiss, how or Bootstrap())
    return replace(found, left_out=int(times[~used].sum()))


def krippendorff_alpha(votes: Codes, how: Bootstrap | None = None) -> Agreement:
    """Krippendorff's alpha for nominal data; items with one vote say nothing and are dropped."""
    counts, times = _counts(votes)
    same = _same(counts) / (counts.sum(axis=1) - 1)
    return _estimate(np.column_stack([same, counts]), times, _alpha, how or Bootstrap())


def _cohen(sums: Floats) -> Floats:
    half = 1 + sums.shape[1] // 2
    agreed, first, second = sums[:, 0], sums[:, 1:half], sums[:, half:]
    items, chance = first.sum(axis=1), (first * second).sum(axis=1)
    return _ratio(agreed * items - chance, items**2 - chance)


def _fleiss(sums: Floats) -> Floats:
    agreed, of_each = sums[:, 0] / sums[:, 1], sums[:, 2:]
    votes, chance = of_each.sum(axis=1), (of_each**2).sum(axis=1)
    return _ratio(agreed * votes**2 - chance, votes**2 - chance)


def _alpha(sums: Floats) -> Floats:
    agreed, of_each = sums[:, 0], sums[:, 1:]
    votes = of_each.sum(axis=1)
    apart = (votes - 1) * (votes - agreed)
    return 1 - _ratio(apart, votes**2 - (of_each**2).sum(axis=1))


def _light(draws: Floats, pairs: list[tuple[Ints, Floats]]) -> Floats:
    """Mean over pairs of their kappas in each resample (B, distinct items)."""
    each = np.stack([_cohen(draws[:, at] @ features) for at, features in pairs])
    known = ~np.isnan(each)
    return _ratio(np.where(known, each, 0.0).sum(axis=0), known.sum(axis=0).astype(np.float64))


def _ratio(above: Floats, below: Floats) -> Floats:
    found: Floats = np.divide(above, below, out=np.full(below.shape, np.nan), where=below != 0)
    return found


def _estimate(features: Floats, times: Ints, statistic: Statistic, how: Bootstrap) -> Agreement:
    return _bootstrapped(lambda draws: statistic(draws @ features), times, how)


def _bootstrapped(of: Statistic, times: Ints, how: Bootstrap) -> Agreement:
    """The number, and its percentiles over resamples of items.

    of: from how often each distinct item was drawn (B, D) to the number (B,). times: how often
    each was seen (D,).
    """
    items = int(times.sum())
    if items < how.least:
        why = f"{items} with two votes; at least {how.least} are needed"
        return Agreement(None, items=items, why=why)
    value = float(of(times[None].astype(np.float64))[0])
    if np.isnan(value):
        return Agreement(None, items=items, why=ONE_CATEGORY)
    if value == 1:
        return Agreement(value, items=items, why=NO_SPREAD)
    drawn = _replicates(of, times, how)
    known = drawn[~np.isnan(drawn)]
    if len(known) < (1 - UNDEFINED_MOST) * len(drawn):
        return Agreement(value, items=items, why=ONE_LEFT)
    low, high = np.quantile(known, [(1 - how.level) / 2, (1 + how.level) / 2])
    return Agreement(value, float(low), float(high), items)


def _replicates(of: Statistic, times: Ints, how: Bootstrap) -> Floats:
    rng, items = stream(how.seed, "agreement"), int(times.sum())
    sizes = [min(CHUNK, how.replicates - at) for at in range(0, how.replicates, CHUNK)]
    draws = (rng.multinomial(items, times / items, size) for size in sizes)
    return np.concatenate([of(part.astype(np.float64)) for part in draws])


def _open_end(found: Agreement, how: Bootstrap) -> Agreement:
    if found.value not in (0.0, 1.0):
        return found
    far = 1 - ((1 - how.level) / 2) ** (1 / found.items)
    low, high = (1 - far, 1.0) if found.value else (0.0, far)
    return replace(found, low=low, high=high, why="")


def _counts(votes: Codes) -> tuple[Ints, Ints]:
    """Distinct rows of votes per category (D, K) with two votes or more, and their numbers."""
    size = _categories(votes)
    counts = np.stack([(votes == code).sum(axis=1) for code in range(size)], axis=1)
    return _distinct(counts[counts.sum(axis=1) >= 2])


def _distinct(rows: Codes) -> tuple[Ints, Ints]:
    found, times = np.unique(rows.astype(np.int64), axis=0, return_counts=True)
    return found, times.astype(np.int64)


def _categories(votes: Codes) -> int:
    return max(int(votes.max(initial=MISSING)) + 1, 1)


def _same(counts: Ints) -> Ints:
    """Ordered pairs of votes on an item that say the same."""
    found: Ints = (counts * (counts - 1)).sum(axis=1)
    return found


def _commonest(totals: Ints, times: Ints) -> int:
    weights = np.bincount(totals, weights=times)
    return int(np.flatnonzero(weights == weights.max())[-1])  # of equals, the most votes


def _marginals(cells: Codes, size: int) -> Floats:
    """For pairs of answers (D, 2): whether equal, and each one's category, one-hot."""
    one_hot = np.eye(size)
    first, second = one_hot[cells[:, 0]], one_hot[cells[:, 1]]
    return np.column_stack([cells[:, 0] == cells[:, 1], first, second]).astype(np.float64)


def _pair(rows: Ints, pair: tuple[int, int]) -> tuple[Ints, tuple[int, int]]:
    """Which of the distinct rows hold votes of both."""
    return np.flatnonzero((rows[:, pair] != MISSING).all(axis=1)), pair
