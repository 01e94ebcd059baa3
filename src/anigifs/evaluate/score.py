"""The score of one method on one set: every number that a table prints, from predictions alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anigifs.core.errors import InputError, ProtocolError
from anigifs.evaluate import metrics
from anigifs.evaluate.align import as_scored
from anigifs.evaluate.predictions import Predictions, from_arrays
from anigifs.evaluate.resample import Estimate, estimate_rate

THIS_RUN_ONLY = "this run only"
SEEDS_AND_GROUPS = "seeds and groups"
EVIDENCE_SEEDS = 3
"""Fewer seeds than this make an illustration, not evidence."""
MACRO_GROUPS = 5
"""With fewer source groups in any class, replicates often lose the class whole, and macro
accuracy gets no interval. Our choice: with 5, one replicate in 150 loses it."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What S runs of one method reached on one set. Accuracies and chances lie in [0, 1].

    top5 is None for heads of 5 classes or fewer, where it says nothing.
    scope: what the intervals cover: "this run only" (clips by group) for one run, else
        "seeds and groups".
    seed_error: standard error of top-1 over runs; None for one run.
    head: classes that compete; full_head: classes of the model, more where the rule cut some.
    classes_present: classes of the head that have clips; macro is the mean over these.
    majority_top1: always answering the set's most frequent class.
    """

    set_name: str
    domain: str
    simulated: bool
    top1: Estimate
    top5: Estimate | None
    macro: Estimate
    nll: float
    ece: float
    scope: str
    seeds: tuple[int | None, ...]
    seed_error: float | None
    clips: int
    groups: int
    head: int
    full_head: int
    classes_present: int
    chance_top1: float
    chance_top5: float | None
    majority_top1: float
    selection: str
    rule: str
    outside: int
    problems: int

    @property
    def evidence(self) -> bool:
        """Whether there are enough seeds for more than an illustration."""
        return len(self.seeds) >= EVIDENCE_SEEDS


def score(
    ids: Sequence[str],
    labels: Sequence[str],
    logits: ArrayLike,
    classes: Sequence[str],
    **about: Any,
) -> Score:
    """The score of any model from plain lists: see `predictions.from_arrays`."""
    return score_runs([from_arrays(ids, labels, logits, classes, **about)])


def score_runs(runs: Sequence[Predictions]) -> Score:
    """The score of runs that differ only in their seed, on the same clips.

    Raises:
        InputError: no runs, or no clips.
        ProtocolError: the runs' clips, classes, rules or selections differ, or a seed is twice.
    """
    full_head = len(runs[0].classes) if runs else 0
    runs = same_clips(runs)
    first = runs[0]
    if not len(first):
        raise InputError(f"{first.set_name}: there are no clips to score")
    labels, groups = first.label_index, first.group_index
    count = len(first.classes)
    top1 = stack_credits(runs, 1)
    name = first.set_name
    return Score(
        **_identity(runs),
        full_head=full_head,
        top1=estimate_rate(top1, groups, None, name),
        top5=estimate_rate(stack_credits(runs, 5), groups, None, name) if count > 5 else None,
        macro=_macro(top1, groups, labels, name),
        nll=float(np.mean([metrics.nll(run.logits, labels) for run in runs])),
        ece=float(np.mean([metrics.ece(run.logits, labels) for run in runs])),
        seed_error=_standard_error(top1.mean(axis=1)),
        groups=int(groups.max()) + 1,
        classes_present=len(np.unique(labels)),
        chance_top1=metrics.chance(count),
        chance_top5=metrics.chance(count, 5) if count > 5 else None,
        majority_top1=metrics.majority(labels),
    )


def stack_credits(runs: Sequence[Predictions], k: int) -> NDArray[np.float64]:
    """Credits of every run on every clip, float64 (R, N); the runs must list the same clips."""
    return np.stack([metrics.credits(run.logits, run.label_index, k) for run in runs])


def same_clips(runs: Sequence[Predictions]) -> list[Predictions]:
    """The runs with their rule applied, checked to be repetitions on the same clips."""
    if not runs:
        raise InputError("there are no predictions to score")
    scored = [as_scored(run) for run in runs]
    first = scored[0]
    for field in ("set_name", "ids", "groups", "labels", "classes", "rule", "selection"):
        odd = [run.run or "?" for run in scored if getattr(run, field) != getattr(first, field)]
        if odd:
            raise ProtocolError(
                f"{first.set_name}: the runs {first.run or '?'} and {odd[0]} differ in {field}, "
                "so they are not repetitions of one measurement; evaluate both in the same way"
            )
    seeds = [run.seed for run in scored]
    if len(set(seeds)) < len(seeds):
        raise ProtocolError(
            f"{first.set_name}: several runs of one method have the same seed ({seeds}); they "
            "are not independent. Give each run once, or name the methods apart"
        )
    return scored


def _identity(runs: Sequence[Predictions]) -> dict[str, Any]:
    first = runs[0]
    return {
        "set_name": first.set_name,
        "domain": first.domain,
        "simulated": first.simulated,
        "scope": THIS_RUN_ONLY if len(runs) == 1 else SEEDS_AND_GROUPS,
        "seeds": tuple(run.seed for run in runs),
        "clips": len(first),
        "head": len(first.classes),
        "selection": first.selection,
        "rule": first.rule,
        "outside": first.outside,
        "problems": len(first.problems),
    }


def _macro(values: NDArray[np.float64], groups: Ints, labels: Ints, name: str) -> Estimate:
    """Macro accuracy; without an interval where a class has too few groups to be resampled."""
    found = estimate_rate(values, groups, labels, name)
    pairs = np.unique(np.stack([labels, groups]), axis=1)
    fewest = np.unique(pairs[0], return_counts=True)[1].min()
    return found if fewest >= MACRO_GROUPS else Estimate(found.value)


def _standard_error(values: NDArray[np.float64]) -> float | None:
    if len(values) < 2:
        return None
    return float(values.std(ddof=1) / math.sqrt(len(values)))
