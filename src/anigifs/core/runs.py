"""The run folder: one experiment on disk, written by training, read by every table and figure.

config.toml        what was asked, complete (defaults filled in)
environment.json   versions, machine, git commit, thread count
data.json          what it was trained on: clips, and of every class how many
metrics.jsonl      one JSON object a line: {"kind": "train" | "validate" | ..., "step": n, ...}
searched.json      the tuples of a worst-case search, with the fitness and step of each
checkpoints/       last.pt, and best.pt by source validation
predictions/       <set>.parquet (see evaluate/predictions)
done               written last: its existence means that the rest is whole
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anigifs.core import files
from anigifs.core.errors import IntegrityError

HOW_IT_RUNS = frozenset(
    {
        "accelerator", "checkpoint_every", "devices", "log_every", "num_nodes", "strategy",
        "tensorboard", "threads", "workers",
    }
)  # fmt: skip
"""Keys of a training config that say where and how it runs, not what it computes: they may differ
when a run goes on, and between the seeds of one method."""


class RunFolder:
    """Paths and small reads and writes of one run; holds no state of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.name

    @property
    def config_file(self) -> Path:
        """What was asked."""
        return self.path / "config.toml"

    @property
    def data_file(self) -> Path:
        """What it was trained on, in numbers."""
        return self.path / "data.json"

    @property
    def searched_file(self) -> Path:
        """What a search for the worst tuples found; only where there was one."""
        return self.path / "searched.json"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def done(self) -> bool:
        """Whether the run ended as planned."""
        return (self.path / "done").exists()

    def finish(self) -> None:
        """Mark the run as whole."""
        files.write_text(self.path / "done", "done\n")

    def predictions(self, name: str) -> Path:
        """Where the predictions on the evaluation set `name` lie."""
        return self.path / "predictions" / f"{name}.parquet"

    def prediction_sets(self) -> list[str]:
        """The names of the evaluation sets that were predicted."""
        return sorted(file.stem for file in (self.path / "predictions").glob("*.parquet"))

    def environment(self) -> dict[str, Any]:
        """What the run was made with; empty when it was not recorded."""
        file = self.path / "environment.json"
        loaded: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return loaded

    def log(self, record: dict[str, Any]) -> None:
        """Append one record to the metrics and push it to the disk."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def metrics(self, kind: str | None = None) -> Iterator[dict[str, Any]]:
        """The logged records, oldest first; a half-written last line is passed over."""
        file = self.path / "metrics.jsonl"
        lines = file.read_text("utf-8").split("\n") if file.exists() else []
        for number, line in enumerate(lines, 1):
            if not line:
                continue
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                if number == len(lines):
                    return
                raise IntegrityError(
                    f"{file}, line {number} is not JSON; restore the file"
                ) from None
            if kind is None or record.get("kind") == kind:
                yield record


def find_runs(root: Path) -> list[RunFolder]:
    """Every run folder at or below `root`, by path."""
    return [RunFolder(file.parent) for file in sorted(root.rglob("config.toml"))]
