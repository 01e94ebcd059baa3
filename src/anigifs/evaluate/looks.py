"""Scores of where models looked, per clip: kept as a file, averaged, compared, with intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anigifs.core import files
from anigifs.core.errors import InputError, IntegrityError, ProtocolError
from anigifs.core.records import Problem
from anigifs.core.runs import RunFolder
from anigifs.evaluate.resample import Estimate, estimate

SCORES = ("peak-in-tube", "energy-in-tube", "deletion", "insertion", "tube")
"""Higher is better, but for deletion. "tube" is no score of the model: it is the share of the map
that the tube takes, which a map that is the same everywhere would have as energy-in-tube."""
FORMAT = 1

Floats = NDArray[np.float64]
Curve = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Where one model looked in N clips of one set.

    ids, clusters: of the clips; clips of one source share a cluster.
    scores: by name of `SCORES`, N numbers in [0, 1]; None where there is none (no box, no map).
    labels, answers: the clips' classes and the model's answers, in the head's spelling.
    on_label, on_answer: how likely the model holds each, in [0, 1].
    curves: of "deletion" and "insertion", N curves: the probability of the explained class, in
        [0, 1], at each of steps + 1 equal shares of the clip's pixels, from none to all; None
        where there is none. Empty where none were made or kept.
    explained: the class that the maps are of, "label" or "predicted".
    checkpoint, spec, settings: SHA-256 of the weights, where the clips came from, how they were
        looked at; together they say whether a result can be used again.
    """

    ids: tuple[str, ...]
    clusters: tuple[str, ...]
    scores: dict[str, tuple[float | None, ...]]
    set_name: str
    labels: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    on_label: tuple[float, ...] = ()
    on_answer: tuple[float, ...] = ()
    curves: dict[str, tuple[Curve | None, ...]] = field(default_factory=dict)
    explained: str = "label"
    checkpoint: str = ""
    spec: str = ""
    settings: str = ""
    simulated: bool = False
    method: str = ""
    run: str = ""
    seed: int | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def question(self) -> tuple[tuple[str, ...], str, str]:
        """Which clips were looked at and how: only answers to one question stand side by side."""
        asked = json.loads(self.settings).get("look") if self.settings else None
        return self.ids, self.explained, json.dumps(asked, sort_keys=True)


LISTS = ("ids", "clusters", "labels", "answers", "on_label", "on_answer")


def looks_file(run: RunFolder, set_name: str) -> Path:
    """Where a run folder keeps where its model looked in a set."""
    return run.path / "looks" / f"{set_name}.json"


def look_sets(run: RunFolder) -> list[str]:
    """The names of the sets that a run folder keeps looks of."""
    return sorted(file.stem for file in (run.path / "looks").glob("*.json"))


def write_looks(path: Path, looks: Looks) -> None:
    """Write atomically as JSON; a curve is one text of its numbers, so that it takes one line."""
    curves = {
        name: [None if one is None else " ".join(map(str, one)) for one in rows]
        for name, rows in looks.curves.items()
    }
    files.write_json(path, {"format": FORMAT, **asdict(looks), "curves": curves})


def read_looks(path: Path) -> Looks:
    """Read what `write_looks` wrote, now or before curves were kept.

    Raises:
        InputError: there is no such file. IntegrityError: it holds something else.
    """
    try:
        about: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if about.pop("format") != FORMAT:
            raise ValueError("another format")
        about["problems"] = tuple(Problem(**one) for one in about["problems"])
        about["scores"] = {name: tuple(values) for name, values in about["scores"].items()}
        about["curves"] = {
            name: tuple(None if one is None else tuple(map(float, one.split())) for one in rows)
            for name, rows in about.get("curves", {}).items()
        }
        return Looks(**{**about, **{name: tuple(about.get(name, ())) for name in LISTS}})
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}; run `anigifs explain` first") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IntegrityError(f"{path} holds no scores of maps ({error!r}); make it anew") from None


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over clips and runs with its two-level interval, and how many clips have a value."""

    estimate: Estimate
    clips: int


def summarise(runs: Sequence[Looks]) -> dict[str, Mean]:
    """The mean of each score over the runs of one method on one set.

    A clip counts where every run has a value for it.

    Raises:
        ProtocolError: the runs did not look at the same clips and classes.
    """
    _check_same(runs)
    return _means(runs, {name: _table(runs, name) for name in SCORES})


def differ(a: Sequence[Looks], b: Sequence[Looks]) -> dict[str, Mean]:
    """How much higher each score of `a` is than of `b`, paired by clip and, in order, by run.

    Raises:
        ProtocolError: they did not look at the same clips, or are not as many runs of the same
            seeds.
    """
    _check_same([*a, *b])
    if [one.seed for one in a] != [one.seed for one in b]:
        raise ProtocolError(
            f"runs are compared seed by seed; got {[one.seed for one in a]} of {a[0].method} and "
            f"{[one.seed for one in b]} of {b[0].method}"
        )
    return _means(a, {name: _table(a, name) - _table(b, name) for name in SCORES})


def mean_curve(runs: Sequence[Looks], name: str) -> tuple[Estimate, ...]:
    """The mean of a curve over the clips and runs of one method, steps + 1 values in [0, 1].

    Each has its two-level interval, which holds for that step alone. A clip counts where every
    run has its curve; without such a clip the result is empty. name: "deletion" or "insertion".

    Raises:
        ProtocolError: the runs did not look at the same clips and classes in as many steps.
    """
    _check_same(runs)
    rows = zip(*(run.curves.get(name, ()) for run in runs), strict=False)
    found = {at: row for at, row in enumerate(rows) if None not in row}
    lengths = {len(curve or ()) - 1 for row in found.values() for curve in row}
    if len(lengths) > 1:
        raise ProtocolError(f"{name} was measured in {sorted(lengths)} steps; look in as many")
    if not found:
        return ()
    values = np.array(list(found.values()), dtype=np.float64)
    groups = _groups(runs[0], list(found))
    return tuple(estimate(step, groups, None, runs[0].set_name) for step in values.T)  # (R, N) each


def _groups(run: Looks, kept: Sequence[int]) -> NDArray[np.int64]:
    """The cluster, numbered from 0, of each clip of `kept`."""
    return np.unique(np.array(run.clusters)[kept], return_inverse=True)[1].astype(np.int64)


def _means(runs: Sequence[Looks], tables: dict[str, Floats]) -> dict[str, Mean]:
    found = {}
    for name, table in tables.items():
        kept = ~np.isnan(table).any(axis=0)
        if kept.any():
            groups = _groups(runs[0], np.flatnonzero(kept).tolist())
            mean = estimate(table[:, kept], groups, None, runs[0].set_name)
            found[name] = Mean(mean, int(kept.sum()))
    return found


def _table(runs: Sequence[Looks], name: str) -> Floats:
    return np.array([run.scores[name] for run in runs], dtype=np.float64)


def _check_same(runs: Sequence[Looks]) -> None:
    for name in ("set_name", "ids", "explained"):
        if len({getattr(run, name) for run in runs}) != 1:
            raise ProtocolError(
                f"{[run.run or run.method for run in runs]} differ in {name} on "
                f"{runs[0].set_name}; look at the same clips with the same settings"
            )
