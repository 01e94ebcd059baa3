"""Compact records of runs: all that tables are rebuilt from, small enough to commit.

Config, environment, metrics and predictions with float16 logits; no weights. Absolute paths are
cut, so that a record names no computer: below the study's folder they start with `.`, others
keep only their last part.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from anigifs.core import files
from anigifs.core.errors import InputError
from anigifs.core.runs import RunFolder, find_runs
from anigifs.evaluate.looks import look_sets, looks_file, read_looks, write_looks
from anigifs.evaluate.predictions import read_predictions, write_predictions

LEFT_OUT = frozenset({"command", "platform"})
"""Facts of the environment that name a computer and explain no number."""

ABSOLUTE = re.compile(r"(?<![\w.])/(?:[^/\s\"'?=]+/)+")


def keep(paths: Iterable[Path], to: Path) -> list[Path]:
    """Write a record of every finished run with predictions or maps at or below `paths` into `to`.

    Each is a run folder of its own, which `anigifs report` reads.

    Raises:
        InputError: there is no such run, or two have one name.
    """
    runs = [run for path in paths for run in find_runs(path) if run.done]
    runs = [run for run in runs if run.prediction_sets() or look_sets(run)]
    names = [run.name for run in runs]
    if not runs or len(set(names)) < len(names):
        raise InputError(f"records need finished runs with names of their own; found {names}")
    return [_keep(run, RunFolder(to / run.name)) for run in runs]


def _keep(run: RunFolder, record: RunFolder) -> Path:
    root = run.path.resolve().parent.parent

    def cut(text: str) -> str:
        return ABSOLUTE.sub("", text.replace(f"{root}/", "./").replace(str(root), "."))

    files.write_text(record.config_file, cut(run.config_file.read_text("utf-8")))
    known = {key: value for key, value in run.environment().items() if key not in LEFT_OUT}
    files.write_json(record.path / "environment.json", known)
    if run.data_file.exists():
        files.write_text(record.data_file, cut(run.data_file.read_text("utf-8")))
    if run.searched_file.exists():
        files.write_bytes(record.searched_file, run.searched_file.read_bytes())
    lines = [json.dumps(line, sort_keys=True) + "\n" for line in run.metrics()]
    files.write_text(record.path / "metrics.jsonl", "".join(lines))
    for name in run.prediction_sets():
        found = read_predictions(run.predictions(name))
        short = replace(found, spec=cut(found.spec))
        write_predictions(record.predictions(name), short, half=True)
    for name in look_sets(run):
        seen = read_looks(looks_file(run, name))
        write_looks(looks_file(record, name), replace(seen, spec=cut(seen.spec)))
    record.finish()
    return record.path
