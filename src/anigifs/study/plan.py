"""From a study to its list of jobs: which runs, in which order, from which checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.core.config import build
from anigifs.core.errors import ConfigError, UnknownName
from anigifs.core.runs import RunFolder
from anigifs.study.config import ExperimentConfig, StudyConfig
from anigifs.study.places import fill
from anigifs.train.checkpoint import chosen_file

PRETRAIN = "pretrain"
MEASURED = frozenset({"test", "also", "oracle"})
"""Data that a run is only measured on, which the pretraining is not."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a study. `after` is the run whose checkpoint it starts from."""

    folder: Path
    config: ExperimentConfig
    after: Path | None = None

    @property
    def run(self) -> RunFolder:
        """Where it lies."""
        return RunFolder(self.folder)

    @property
    def finished(self) -> bool:
        """Whether it is trained, and measured on every set that is asked for."""
        return self.run.done and self.config.data.sets.keys() <= {*self.run.prediction_sets()}


def plan(study: StudyConfig, out: Path, also: Mapping[str, str] | None = None) -> list[Job]:
    """Every run of a study under `out/runs`, each after the run it depends on.

    also: external checks that every run but the pretraining is measured on too.

    Raises:
        ConfigError: a method's or the pretraining's overrides do not make a valid experiment.
        UnknownName: a method starts from one that is not there.
    """
    extra = {"data": {"also": dict(also or {})}}
    return [job for seed in study.seeds for job in _of_seed(study, out, seed, extra)]


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


def _of_seed(study: StudyConfig, out: Path, seed: int, extra: Mapping[str, Any]) -> list[Job]:
    jobs: dict[str, Job] = {}
    if study.pretrain is not None:
        jobs[PRETRAIN] = _pretrain(study, out, seed)
    for name in _in_order(study):
        own = dict(study.methods[name])
        start = jobs.get(own.pop("after", PRETRAIN))
        default = {"method": name, "train": {"algorithm": {"name": name}}}
        values = merge(study.base, default, own, extra, _seeded(start, seed))
        config = _experiment(values, name, seed)
        jobs[name] = Job(run_folder(out, name, seed), config, start.folder if start else None)
    return list(jobs.values())


def _pretrain(study: StudyConfig, out: Path, seed: int) -> Job:
    values = merge(study.base, study.pretrain or {}, {"method": PRETRAIN}, _seeded(None, seed))
    values["data"] = {k: v for k, v in values["data"].items() if k not in MEASURED}
    return Job(run_folder(out, PRETRAIN, seed), _experiment(values, PRETRAIN, seed))


def _seeded(start: Job | None, seed: int) -> dict[str, Any]:
    if start is None:
        return {"train": {"seed": seed}}
    checkpoint = chosen_file(start.run, start.config.train.selection)
    return {"train": {"seed": seed, "init_from": str(checkpoint)}}


def _in_order(study: StudyConfig) -> list[str]:
    """The methods, each behind the one that it starts from."""
    known = {*study.methods, *([PRETRAIN] if study.pretrain is not None else [])}
    wants = {name: own.get("after", "") for name, own in study.methods.items()}
    for name, start in wants.items():
        if start and start not in known:
            raise UnknownName("method", start, known, f"{name!r} is to start after it.")
    order: list[str] = []
    while len(order) < len(wants):
        free = [n for n in wants if n not in order and wants[n] in ("", PRETRAIN, *order)]
        if not free:
            raise ConfigError(f"methods wait for one another: {sorted({*wants} - {*order})}")
        order.append(free[0])
    return order


def _experiment(values: dict[str, Any], name: str, seed: int) -> ExperimentConfig:
    filled = fill(values, {"seed": str(seed)})
    return build(ExperimentConfig, filled, f"the study's method {name!r}")
