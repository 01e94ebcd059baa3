"""Is one method better than another on the same clips, and how large is the gap between sets?

The words "better" and "worse" need at least 5 common seeds, a two-level interval of the
difference clear of 0, and a paired t over seeds that Holm's correction leaves below 0.05. No word
is said of a checkpoint that the target chose (oracle).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import ProtocolError
from anigifs.evaluate.align import restrict, with_labels
from anigifs.evaluate.predictions import Predictions
from anigifs.evaluate.resample import (
    Estimate,
    draw,
    estimate,
    replicate,
    statistic,
    tally,
    with_interval,
)
from anigifs.evaluate.score import SEEDS_AND_GROUPS, THIS_RUN_ONLY, same_clips, stack_credits
from anigifs.evaluate.student import paired_t, quantile

VERDICT_SEEDS = 5
ALPHA = 0.05
AIM = 0.03
"""Half-width of a paired interval that a study should reach: 3 points of top-1. Our choice."""
MOST_SEEDS = 1_000
FEWEST_TO_PAIR = 20
"""With fewer groups, draws over both sets' groups may leave one without any."""

Ints = NDArray[np.int64]
TOO_FEW = "too few seeds to say"
NOT_DISTINGUISHABLE = "not distinguishable"
NO_RESULT = "oracle selection, no result"
ORACLE = "oracle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How much higher `a` scores than `b` in top-1 on one set, paired by seed and by clip.

    difference: a minus b, with the two-level bootstrap interval.
    scope: what that interval covers, as in `Score`.
    seeds: the seeds that both have; (None,) for two single runs compared as they are.
    t_half_width, p: of the paired t over seeds; None with fewer than two.
    clip_half_width: what would be left of the half-width with endless seeds: the luck of the clips.
    p_holm: p after Holm's correction over the `family` comparisons that were made together.
    oracle: whether the checkpoint of either was chosen on the target.
    """

    a: str
    b: str
    set_name: str
    difference: Estimate
    scope: str
    seeds: tuple[int | None, ...]
    clips: int
    groups: int
    t_half_width: float | None = None
    clip_half_width: float | None = None
    p: float | None = None
    p_holm: float | None = None
    family: int = 1
    oracle: bool = False
    simulated: bool = False

    @property
    def verdict(self) -> str:
        """One of "better", "worse", "not distinguishable", "too few seeds to say" (of a), or that
        an oracle selection is no result."""
        if self.oracle:
            return NO_RESULT
        p = self.p if self.p_holm is None else self.p_holm
        return verdict(self.difference, len(self.seeds), p)

    @property
    def half_width(self) -> float | None:
        """Half of the interval, the bootstrap's or the paired t's, whichever is wider."""
        bounds = self.difference.bounds
        known = [] if bounds is None else [(bounds[1] - bounds[0]) / 2]
        known += [] if self.t_half_width is None else [self.t_half_width]
        return max(known, default=None)

    @property
    def seeds_for_aim(self) -> int | None:
        """About how many seeds bring the half-width to `AIM`, if seeds go on to differ as they do.

        None with fewer than five seeds, whose spread says too little, or where the clips leave
        more than `AIM` open, however many seeds there are.
        """
        count, clips, half = len(self.seeds), self.clip_half_width, self.half_width
        if count < VERDICT_SEEDS or half is None or clips is None:
            return None
        luck = max(self.t_half_width or 0.0, math.sqrt(max(half**2 - clips**2, 0.0)))
        spread = luck * math.sqrt(count) / quantile(0.95, count - 1)
        open_ = AIM**2 - clips**2
        enough = (
            seeds
            for seeds in range(2, MOST_SEEDS + 1)
            if (quantile(0.95, seeds - 1) * spread) ** 2 / seeds <= open_
        )
        return next(enough, None)


def verdict(difference: Estimate, seeds: int, p: float | None) -> str:
    """The word that the evidence allows; see the module's first lines."""
    if seeds < VERDICT_SEEDS:
        return TOO_FEW
    if not difference.clear_of_zero or p is None or p > ALPHA:
        return NOT_DISTINGUISHABLE
    return "better" if difference.value > 0 else "worse"


def compare(a: Sequence[Predictions], b: Sequence[Predictions]) -> Comparison:
    """Compare two methods' runs on one set; only the seeds that both have are used.

    Two single runs of different seeds are compared as they are: "this run only".

    Raises:
        ProtocolError: the two were not measured on the same clips and classes, or they have
            several runs each but no seed in common.
    """
    a, b, seeds = _paired(same_clips(a), same_clips(b))
    _check_pair(a[0], b[0])
    differences = stack_credits(a, 1) - stack_credits(b, 1)
    groups = a[0].group_index
    means = differences.mean(axis=1)
    half, _, p = paired_t(means) if len(means) > 1 else (None, None, None)
    return Comparison(
        a=a[0].method or a[0].run,
        b=b[0].method or b[0].run,
        set_name=a[0].set_name,
        difference=estimate(differences, groups, None, a[0].set_name),
        scope=SEEDS_AND_GROUPS if len(means) > 1 else THIS_RUN_ONLY,
        seeds=seeds,
        clips=len(groups),
        groups=int(groups.max()) + 1,
        t_half_width=half,
        clip_half_width=_clip_half_width(differences, groups) if len(means) > 1 else None,
        p=p,
        oracle=ORACLE in (a[0].selection, b[0].selection),
        simulated=a[0].simulated,
    )


def correct(comparisons: Sequence[Comparison], headline: str) -> list[Comparison]:
    """Comparisons of one table, with Holm-corrected p values.

    Two families, whatever the table: those on the set `headline`, and all others together. So
    adding a set changes no verdict of the headline's.
    """
    corrected = list(comparisons)
    for main in (True, False):
        have = [
            at
            for at, one in enumerate(comparisons)
            if one.p is not None and (one.set_name == headline) is main
        ]
        adjusted = holm(np.array([comparisons[at].p for at in have], dtype=np.float64))
        for at, value in zip(have, adjusted, strict=True):
            corrected[at] = replace(corrected[at], p_holm=float(value), family=len(have))
    return corrected


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's step-down correction of p values (M,): control of the family-wise error."""
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted


def gap(source: Sequence[Predictions], target: Sequence[Predictions]) -> Estimate:
    """How much top-1 the same runs lose from `source` to `target`: source minus target.

    Measured on the classes of which both sets have clips, so that it is one task. A replicate draws
    the runs once for both sets; it draws the groups once too where the sets share most of theirs
    (clips that pair across domains), else for each set by itself.

    Raises:
        ProtocolError: the two sets were not predicted by the same runs, or share no class.
    """
    source, target = _on_shared_classes(same_clips(source), same_clips(target))
    numbers, paired = _groups_of_both(source[0], target[0])
    tables = [
        tally(stack_credits(runs, 1), groups)
        for runs, groups in zip((source, target), numbers, strict=True)
    ]
    value = statistic(tables[0]) - statistic(tables[1])
    if min(len(np.unique(groups)) for groups in numbers) < 2:
        return Estimate(value)
    sizes = [max(table.groups for table in tables)] * 2 if paired else [t.groups for t in tables]
    names = ("gap", "gap" if paired else "gap target")
    drawn = [draw(len(source), size, name) for size, name in zip(sizes, names, strict=True)]
    both = replace(drawn[1], runs=drawn[0].runs)
    return with_interval(value, replicate(tables[0], drawn[0]) - replicate(tables[1], both))


def _groups_of_both(source: Predictions, target: Predictions) -> tuple[tuple[Ints, Ints], bool]:
    """The group numbers of each set, and whether a number means the same group in both."""
    own = source.clusters, target.clusters
    known = np.unique(own[0]), np.unique(own[1])
    shared = len(np.intersect1d(known[0], known[1]))
    fewest = min(map(len, known))
    equal = shared == max(map(len, known))
    if not equal and (2 * shared < fewest or fewest < FEWEST_TO_PAIR):
        return (source.group_index, target.group_index), False
    union = np.union1d(known[0], known[1])
    first, second = (np.searchsorted(union, clusters).astype(np.int64) for clusters in own)
    return (first, second), True


def _clip_half_width(differences: NDArray[np.float64], groups: Ints) -> float:
    """1.96 standard errors of the mean difference that all seeds share, from the covariance of
    groups between seeds; differences (S, N), S >= 2.

    The luck of one seed on one clip averages out over pairs of different seeds.
    """
    residuals = differences - differences.mean(axis=1, keepdims=True)
    sums = np.stack([np.bincount(groups, weights=row) for row in residuals])
    between = sums.sum(axis=0) ** 2 - (sums**2).sum(axis=0)
    seeds, clips = differences.shape
    variance = between.sum() / (seeds * (seeds - 1)) / clips**2
    return 1.96 * math.sqrt(max(variance, 0.0))


def _paired(
    a: list[Predictions], b: list[Predictions]
) -> tuple[list[Predictions], list[Predictions], tuple[int | None, ...]]:
    if len(a) == len(b) == 1:
        return a, b, (a[0].seed if a[0].seed == b[0].seed else None,)
    by_seed = {run.seed: run for run in b}
    pairs = [(run, by_seed[run.seed]) for run in a if run.seed in by_seed]
    if not pairs:
        raise ProtocolError(
            f"{a[0].method} and {b[0].method} have no seed in common on {a[0].set_name}: "
            f"{[run.seed for run in a]} and {[run.seed for run in b]}; train both on the same"
        )
    return [one for one, _ in pairs], [two for _, two in pairs], tuple(one.seed for one, _ in pairs)


def _check_pair(a: Predictions, b: Predictions) -> None:
    for field in ("set_name", "ids", "labels", "classes"):
        if getattr(a, field) != getattr(b, field):
            raise ProtocolError(
                f"{a.method or a.run} and {b.method or b.run} differ in {field} on "
                f"{a.set_name} and {b.set_name}; compare two runs evaluated on the same clips "
                "with the same --classes"
            )


def _on_shared_classes(
    source: list[Predictions], target: list[Predictions]
) -> tuple[list[Predictions], list[Predictions]]:
    if [run.run for run in source] != [run.run for run in target]:
        raise ProtocolError(
            f"the gap from {source[0].set_name} to {target[0].set_name} needs both sets "
            "predicted by the same runs; evaluate the runs that lack one"
        )
    shared = set(source[0].classes) & set(target[0].classes)
    shared &= set(source[0].labels) & set(target[0].labels)
    if not shared:
        raise ProtocolError(f"{source[0].set_name} and {target[0].set_name} share no class")
    return [_only(run, shared, target[0]) for run in source], [
        _only(run, shared, source[0]) for run in target
    ]


def _only(run: Predictions, labels: set[str], other: Predictions) -> Predictions:
    """Clips of `labels`, with the classes that compete in both sets."""
    return with_labels(restrict(run, other.classes), labels)
