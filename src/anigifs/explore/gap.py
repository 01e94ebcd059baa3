"""How far two datasets are apart in what the Ani-GIFs paper names (section 4), with intervals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from anigifs.core.config import Config
from anigifs.core.errors import InputError, MediaError
from anigifs.core.parallel import cores, ordered_map
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.core.seeds import stream
from anigifs.explore.groups import Indices, cliffs_delta, interval, ratio_of_medians, resampled
from anigifs.explore.measure import STATISTICS, Statistic, measure
from anigifs.explore.twosample import Rows, TwoSample, two_sample

Floats = NDArray[np.float64]
Interval = tuple[float, float] | None

CONFOUNDED = (
    "Class, source and domain may be confounded: a difference between two datasets is a "
    "difference between everything in which they differ."
)


class GapConfig(Config):
    """How a gap is measured."""

    common: bool = False
    """Use only classes that both datasets have."""
    clips: int = Field(400, ge=2)
    """Clips of each dataset at most, drawn at random over all its classes."""
    samples: int = Field(1000, ge=100)
    """Bootstrap samples for the intervals, drawn by group."""
    permutations: int = Field(200, ge=20)
    """Permutations for the two-sample test, by group."""
    seed: int = Field(0, ge=0)
    """Draws clips, bootstrap samples and permutations."""


@dataclass(frozen=True, slots=True)
class Side:
    """One dataset as measured. values: by statistic, (clips,) each."""

    name: str
    domains: tuple[str, ...]
    simulated: bool
    clips: int
    groups: int
    classes: int
    values: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Row:
    """One statistic: medians, their ratio B/A, and Cliff's delta, with 95 % intervals."""

    statistic: Statistic
    medians: tuple[float, float]
    intervals: tuple[Interval, Interval]
    ratio: float | None
    ratio_interval: Interval
    delta: float
    delta_interval: Interval


@dataclass(frozen=True, slots=True)
class Gap:
    """Two datasets, what separates them, and what could not be measured."""

    sides: tuple[Side, Side]
    rows: tuple[Row, ...]
    tests: tuple[TwoSample, ...]
    shared_classes: int
    paired_groups: int
    problems: tuple[Problem, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the numbers."""
        first, second = self.sides
        total = f"{first.classes} in A, {second.classes} in B"
        notes = [f"Classes measured: {total}; in both datasets: {self.shared_classes}."]
        if self.paired_groups:
            notes.append(f"{self.paired_groups} groups lie in both and were resampled together.")
        else:
            notes.append(CONFOUNDED)
        if min(first.groups, second.groups) < 20:
            notes.append(f"n is small: {first.groups} and {second.groups} independent groups.")
        if made := " and ".join(side.name for side in self.sides if side.simulated):
            notes.append(f"Simulated: {made}.")
        if self.problems:
            notes.append(f"{len(self.problems)} clips could not be decoded and are left out.")
        return tuple(notes)

    def as_json(self) -> dict[str, Any]:
        """Plain values: what `anigifs gap --json` prints."""
        sides = [
            {name: value for name, value in asdict(side).items() if name != "values"}
            for side in self.sides
        ]
        return {
            "a": sides[0],
            "b": sides[1],
            "statistics": [asdict(row) for row in self.rows],
            "two_sample": [asdict(test) for test in self.tests],
            "shared_classes": self.shared_classes,
            "paired_groups": self.paired_groups,
            "notes": list(self.notes),
            "problems": [asdict(problem) for problem in self.problems],
        }


def gap(a: ClipSet, b: ClipSet, config: GapConfig | None = None, workers: int = 0) -> Gap:
    """Measure both datasets and compare them. `workers` 0: one process a core.

    Raises:
        InputError: a dataset has no usable clip, or the two share no class under `common`.
    """
    config = config or GapConfig()
    shared = {clip.label for clip in a.clips} & {clip.label for clip in b.clips}
    chosen = [_chosen(clips, shared, config) for clips in (a, b)]
    measured = list(_measured(chosen[0] + chosen[1], workers))
    problems = tuple(each for each in measured if isinstance(each, Problem))
    cut = len(chosen[0])
    sides = (
        _side(a, chosen[0], measured[:cut]),
        _side(b, chosen[1], measured[cut:]),
    )
    kept = [
        clip
        for clip, values in zip(chosen[0] + chosen[1], measured, strict=True)
        if not isinstance(values, Problem)
    ]
    return _compare(sides, kept, len(shared), problems, config)


def _chosen(clips: ClipSet, shared: set[str], config: GapConfig) -> list[Clip]:
    found = [clip for clip in clips.clips if not config.common or clip.label in shared]
    if not found:
        raise InputError(
            f"{clips.name} has no clip to measure; drop --set common=true or its split"
        )
    order = stream(config.seed, "clips", clips.name).permutation(len(found))[: config.clips]
    return [found[index] for index in sorted(order)]


def _measured(clips: list[Clip], workers: int) -> list[dict[str, float] | Problem]:
    count = min(workers or cores(), max(1, len(clips) // 8))
    return list(track(ordered_map(_attempt, clips, count), "measure", len(clips)))


def _attempt(clip: Clip) -> dict[str, float] | Problem:
    try:
        return measure(clip)
    except MediaError as error:
        return Problem(str(clip.path), str(error))


def _side(clips: ClipSet, chosen: list[Clip], measured: list[dict[str, float] | Problem]) -> Side:
    kept = [values for values in measured if not isinstance(values, Problem)]
    if not kept:
        raise InputError(f"no clip of {clips.name} could be decoded; check it with anigifs inspect")
    usable = [
        clip
        for clip, values in zip(chosen, measured, strict=True)
        if not isinstance(values, Problem)
    ]
    return Side(
        name=clips.name,
        domains=tuple(sorted({clip.domain.value for clip in usable})),
        simulated=clips.simulated,
        clips=len(usable),
        groups=len({clip.group or clip.id for clip in usable}),
        classes=len({clip.label for clip in usable}),
        values={each.name: np.array([row[each.name] for row in kept]) for each in STATISTICS},
    )


def _compare(
    sides: tuple[Side, Side],
    kept: list[Clip],
    shared: int,
    problems: tuple[Problem, ...],
    config: GapConfig,
) -> Gap:
    cut = sides[0].clips
    membership = np.repeat([0, 1], [cut, len(kept) - cut])
    names = [clip.group or f"{side}/{clip.id}" for clip, side in zip(kept, membership, strict=True)]
    groups = np.unique(names, return_inverse=True)[1].astype(np.int64)
    draw = stream(config.seed, "bootstrap")
    samples = [resampled(groups, membership, draw) for _ in range(config.samples)]
    together = {
        each.name: np.concatenate([side.values[each.name] for side in sides]) for each in STATISTICS
    }
    rows = tuple(_row(each, together[each.name], membership, samples) for each in STATISTICS)
    tests = tuple(
        two_sample(
            name,
            Rows(_features(together, spatial), membership, groups),
            config.samples,
            config.permutations,
            stream(config.seed, "two-sample", name),
        )
        for name, spatial in (("all", None), ("one frame", True), ("motion and time", False))
    )
    paired = len(set(groups[membership == 0]) & set(groups[membership == 1]))
    return Gap(sides, rows, tests, shared, paired, problems)


def _row(statistic: Statistic, values: Floats, sides: Indices, samples: list[Indices]) -> Row:
    def split(rows: Indices) -> tuple[Floats, Floats]:
        return values[rows[sides[rows] == 0]], values[rows[sides[rows] == 1]]

    first, second = split(np.arange(len(values)))
    ratio = ratio_of_medians(first, second)
    return Row(
        statistic=statistic,
        medians=(float(np.median(first)), float(np.median(second))),
        intervals=(
            interval(lambda rows: float(np.median(split(rows)[0])), samples),
            interval(lambda rows: float(np.median(split(rows)[1])), samples),
        ),
        ratio=ratio if np.isfinite(ratio) else None,
        ratio_interval=interval(lambda rows: ratio_of_medians(*split(rows)), samples),
        delta=cliffs_delta(first, second),
        delta_interval=interval(lambda rows: cliffs_delta(*split(rows)), samples),
    )


def _features(values: dict[str, Floats], spatial: bool | None) -> Floats:
    """Logarithms: the statistics span several orders of magnitude and are all 0 or more."""
    used = [each.name for each in STATISTICS if spatial is None or each.spatial == spatial]
    return np.column_stack([np.log(values[name] + 1e-3) for name in used])
