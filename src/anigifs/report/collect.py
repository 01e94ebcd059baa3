"""Run folders, and predictions made elsewhere, sorted into the rows of a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anigifs.algorithms import INFORMED
from anigifs.core.config import read_toml
from anigifs.core.errors import InputError
from anigifs.core.runs import HOW_IT_RUNS, RunFolder, find_runs
from anigifs.evaluate.foreign import open_predictions
from anigifs.evaluate.predictions import Predictions, read_predictions
from anigifs.report.training import training_notes

TABLES = frozenset({".parquet", ".csv"})
NOT_THE_METHOD = HOW_IT_RUNS | {"method", "seed", "test", "also", "packs", "oracle"}
"""Config keys that may differ between repetitions of one method."""

INFORMED_SAID = (
    "{}: its edits encode what is known of animations, though it saw no clip of the target; "
    "the other methods know nothing of it."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One method: its runs, one a seed, and their predictions by evaluation set."""

    method: str
    runs: tuple[RunFolder, ...]
    sets: Mapping[str, tuple[Predictions, ...]]


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything that a report is made from.

    sets: evaluation sets in the order of the runs' configs; the first is the source's own.
    notes: what was left out, and why.
    """

    rows: tuple[Row, ...]
    sets: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def collect(paths: Sequence[Path]) -> Collection:
    """Read run folders (each path is one, or holds some) and predictions files.

    Unfinished runs and runs without predictions are left out and noted. Runs whose configs
    differ in more than the seed are different rows, also under one name of a method.

    Raises:
        InputError: a path is absent, or nothing that can be shown was found.
    """
    runs, tables = _find(paths)
    notes = [f"{run.name}: left out, not finished" for run in runs if not run.done]
    done = [run for run in runs if run.done]
    bare = [run.name for run in done if not run.prediction_sets()]
    notes += [f"{', '.join(bare)}: left out, no predictions"] if bare else []
    used = [run for run in done if run.prediction_sets()]
    rows = _told_apart([*_grouped(used), *_foreign(tables)])
    notes += [note for row in rows if (note := _missing(row))]
    notes += training_notes((row.method, row.runs[0]) for row in rows if row.runs)
    notes += [INFORMED_SAID.format(row.method) for row in rows if row.runs and _informed(row)]
    if not rows:
        raise InputError(
            f"nothing to show in {', '.join(map(str, paths))}: "
            f"{'; '.join(notes) or 'no run folder there'}. Give finished run folders, a folder "
            "of them, or predictions as .parquet or .csv"
        )
    return Collection(tuple(rows), _order(used, rows), tuple(notes))


def config_of(run: RunFolder) -> dict[str, Any]:
    """The run's config as it stands in its folder; empty when there is none."""
    return read_toml(run.config_file) if run.config_file.exists() else {}


def method_of(config: Mapping[str, Any]) -> str:
    """The row's name that a config asks for: `method`, else its algorithm's name."""
    algorithm = config.get("train", {}).get("algorithm", {})
    return str(config.get("method") or algorithm.get("name") or "")


def _find(paths: Sequence[Path]) -> tuple[list[RunFolder], list[Path]]:
    runs: dict[Path, RunFolder] = {}
    tables = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist; give run folders or predictions files")
        if path.is_file() and path.suffix.lower() in TABLES:
            tables.append(path)
        else:
            runs |= {run.path.resolve(): run for run in find_runs(path)}
    return list(runs.values()), tables


def _grouped(runs: Sequence[RunFolder]) -> list[Row]:
    groups: dict[str, list[RunFolder]] = {}
    configs = {run.path: config_of(run) for run in runs}
    for run in runs:
        key = json.dumps(_identity(configs[run.path]), sort_keys=True, default=str)
        groups.setdefault(key, []).append(run)
    names = _names([configs[members[0].path] for members in groups.values()])
    return [_row(name, members) for name, members in zip(names, groups.values(), strict=True)]


def _identity(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without what repetitions of one method may differ in."""
    seed = config.get("train", {}).get("seed", config.get("seed"))
    flat = _flat(config)
    kept = {k: v for k, v in flat.items() if not NOT_THE_METHOD & set(k.split("."))}
    named = {
        k: v.replace(f"seed{seed}", "seed") if isinstance(v, str) else v for k, v in kept.items()
    }
    return {"": method_of(config), **named}


def _flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in config.items():
        inner = isinstance(value, Mapping)
        flat |= _flat(value, f"{prefix}{key}.") if inner else {f"{prefix}{key}": value}
    return flat


def _names(configs: Sequence[Mapping[str, Any]]) -> list[str]:
    """A name a row: the method, with what sets it apart where rows share the method."""
    methods = [method_of(config) or "model" for config in configs]
    identities = [_identity(config) for config in configs]
    names = []
    for method, own in zip(methods, identities, strict=True):
        same = [one for one, name in zip(identities, methods, strict=True) if name == method]
        keys = sorted(
            k for k in {k for one in same for k in one} if len({str(o.get(k)) for o in same}) > 1
        )
        apart = ", ".join(f"{key.rpartition('.')[2]}={own.get(key, 'default')}" for key in keys)
        names.append(f"{method} ({apart})" if apart else method)
    return names


def _row(name: str, runs: Sequence[RunFolder]) -> Row:
    """The row's sets are those that all of its runs have predicted."""
    ordered = sorted(runs, key=lambda run: (_seed(run), run.name))
    common = set.intersection(*(set(run.prediction_sets()) for run in ordered))
    sets = {
        one: tuple(read_predictions(run.predictions(one)) for run in ordered)
        for one in sorted(common)
    }
    return Row(name, tuple(ordered), sets)


def _told_apart(rows: Sequence[Row]) -> list[Row]:
    """The rows under names of their own: a number after a name that was there before."""
    used: dict[str, int] = {}
    named = []
    for row in rows:
        used[row.method] = used.get(row.method, 0) + 1
        again = used[row.method]
        named.append(row if again == 1 else replace(row, method=f"{row.method} ({again})"))
    return named


def _missing(row: Row) -> str:
    held = {name for run in row.runs for name in run.prediction_sets()}
    lost = ", ".join(sorted(held - set(row.sets)))
    return f"{row.method}: {lost} left out, not predicted by all of its runs" if lost else ""


def _informed(row: Row) -> bool:
    """Whether the method, or one in front of it, was made with the target in mind."""
    options = config_of(row.runs[0]).get("train", {}).get("algorithm", {})
    front = options.get("augment", {})
    names = {options.get("name"), front.get("name") if isinstance(front, Mapping) else front}
    return bool(names & INFORMED)


def _seed(run: RunFolder) -> int:
    return int(config_of(run).get("train", {}).get("seed", 0))


def _foreign(tables: Sequence[Path]) -> list[Row]:
    rows: dict[str, dict[str, tuple[Predictions, ...]]] = {}
    for path in tables:
        found = open_predictions(path)
        mine = rows.setdefault(found.method or found.run or path.stem, {})
        mine[found.set_name] = (*mine.get(found.set_name, ()), found)
    return [Row(method, (), sets) for method, sets in rows.items()]


def _order(runs: Sequence[RunFolder], rows: Sequence[Row]) -> tuple[str, ...]:
    listed = [name for run in runs for name in config_of(run).get("data", {}).get("test", {})]
    held = {name for row in rows for name in row.sets}
    return tuple(dict.fromkeys([name for name in listed if name in held] + sorted(held)))
