"""Which experiment a run folder belongs to, and what may change about it."""

from __future__ import annotations

import os
from typing import Any

import tomli_w

from anigifs.core import files
from anigifs.core.config import load
from anigifs.core.errors import ConfigError
from anigifs.core.runs import HOW_IT_RUNS, RunFolder
from anigifs.study.config import ExperimentConfig
from anigifs.study.plan import merge
from anigifs.train.config import as_plain

SETS = frozenset({"data.test.", "data.also."})
"""Evaluation sets, which may be added; those of `data.test` not where an oracle chooses on them."""


def claim(run: RunFolder, config: ExperimentConfig) -> None:
    """Write the experiment into its folder, or check that the folder holds the same one.

    Evaluation sets may be added to what is there.

    Raises:
        ConfigError: it holds another one; the message names the first difference.
    """
    if not first_process():
        return
    before = check_same(run, config)
    both = merge(before, as_plain(config))
    if both != before:
        files.write_text(run.config_file, tomli_w.dumps(both))


def check_same(run: RunFolder, config: ExperimentConfig) -> dict[str, Any]:
    """What the folder holds, which is this experiment or nothing. Raises as `claim`."""
    if not run.config_file.exists():
        return {}
    before = as_plain(load(ExperimentConfig, run.config_file))
    free = SETS - {"data.test."} if config.train.selection == "oracle" else SETS
    if difference := _difference(_lasting(before), _lasting(as_plain(config)), free):
        raise ConfigError(
            f"{run.path} holds another experiment: {difference}. "
            "Choose another --out, or delete that folder"
        )
    return before


def first_process() -> bool:
    """Whether this is the process that writes, of the several of a distributed run."""
    names = ("RANK", "SLURM_PROCID", "LOCAL_RANK", "NODE_RANK")
    return all(int(os.environ.get(name, 0)) == 0 for name in names)


def _lasting(config: dict[str, Any]) -> dict[str, Any]:
    """A config without what may change while a run goes on, or after, and changes no weight."""
    train = {key: value for key, value in config["train"].items() if key not in HOW_IT_RUNS}
    free = {"packs": ""} if train["selection"] == "last" else {"packs": "", "oracle": ""}
    return {**config, "train": train, "data": {**config["data"], **free}}


def _difference(
    found: dict[str, Any], asked: dict[str, Any], free: frozenset[str], path: str = ""
) -> str:
    """The first difference in words; tables of `free` may have other names in them."""
    keys = {*found, *asked} if path not in free else {*found} & {*asked}
    for key in sorted(keys):
        old, new = found.get(key), asked.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            if inner := _difference(old, new, free, f"{path}{key}."):
                return inner
        elif old != new:
            return f"{path}{key} is {old!r} there and {new!r} here"
    return ""
