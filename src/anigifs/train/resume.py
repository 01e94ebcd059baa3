"""Going on with a run: the same experiment, from its last checkpoint, with nothing doubled."""

from __future__ import annotations

import json
from typing import Any

from anigifs.core import files
from anigifs.core.errors import ConfigError
from anigifs.core.runs import HOW_IT_RUNS, RunFolder
from anigifs.train import checkpoint
from anigifs.train.config import TrainConfig, as_plain


def find(run: RunFolder, config: TrainConfig) -> checkpoint.Saved | None:
    """The state to go on from, or None for a fresh run.

    Raises:
        ConfigError: the run was begun with other settings; the message names each.
    """
    path = checkpoint.last_file(run)
    if not path.exists():
        return None
    saved = checkpoint.read(path)
    before, now = _fixed(saved["config"]), _fixed(as_plain(config))
    changed = sorted(key for key in before | now if before.get(key) != now.get(key))
    if changed:
        lines = "".join(
            f"\n  train.{key}: was {before.get(key)!r}, is {now.get(key)!r}" for key in changed
        )
        raise ConfigError(
            f"{run.path} holds a run with other settings:{lines}\n"
            "Use the old settings to go on with it, or another folder for a new run"
        )
    return saved


def forget_after(run: RunFolder, step: int) -> None:
    """Drop metrics of steps after `step`: going on writes them again."""
    path = run.path / "metrics.jsonl"
    if path.exists():
        kept = [record for record in run.metrics() if record.get("step", 0) <= step]
        lines = (json.dumps(record, sort_keys=True) + "\n" for record in kept)
        files.write_text(path, "".join(lines))


def _fixed(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in HOW_IT_RUNS}
