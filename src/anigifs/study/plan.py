"""From a study's file to its list of jobs: which runs, in which order, from which checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.core.config import build
from anigifs.study.config import ExperimentConfig, StudyConfig

PRETRAIN = "pretrain"


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a study. `after` is the run whose checkpoint it starts from."""

    folder: Path
    config: ExperimentConfig
    after: Path | None = None


def plan(study: StudyConfig, out: Path) -> list[Job]:
    """Every run of a study under `out/runs`, each after the run it depends on.

    Raises:
        ConfigError: a method's or the pretraining's overrides do not make a valid experiment.
    """
    jobs = []
    for seed in study.seeds:
        start = _pretrain(study, out, seed)
        jobs += [start] if start else []
        jobs += [_method(study, out, name, seed, start) for name in study.methods]
    return jobs


def _pretrain(study: StudyConfig, out: Path, seed: int) -> Job | None:
    if study.pretrain is None:
        return None
    values = merge(study.base, study.pretrain, {"method": PRETRAIN, "train": {"seed": seed}})
    values["data"] = {key: value for key, value in values["data"].items() if key != "test"}
    return Job(run_folder(out, PRETRAIN, seed), _experiment(values, PRETRAIN))


def _method(study: StudyConfig, out: Path, name: str, seed: int, start: Job | None) -> Job:
    default = {"method": name, "train": {"algorithm": {"name": name}, "seed": seed}}
    values = merge(study.base, default, study.methods[name])
    if start:
        checkpoint = str(start.folder / "checkpoints" / "last.pt")
        values = merge(values, {"train": {"init_from": checkpoint}})
    after = start.folder if start else None
    return Job(run_folder(out, name, seed), _experiment(values, name), after)


def run_folder(out: Path, method: str, seed: int) -> Path:
    """Where the run of a method and a seed lies."""
    return out / "runs" / f"{method}-seed{seed}"


def merge(*tables: Mapping[str, Any]) -> dict[str, Any]:
    """Nested tables laid over each other, later ones on top; lists and values are replaced."""
    result: dict[str, Any] = {}
    for table in tables:
        for key, value in table.items():
            below = result.get(key)
            both = isinstance(value, Mapping) and isinstance(below, Mapping)
            result[key] = merge(below, value) if both else value  # type: ignore[arg-type]
    return result


def _experiment(values: dict[str, Any], name: str) -> ExperimentConfig:
    return build(ExperimentConfig, values, f"the study's method {name!r}")
