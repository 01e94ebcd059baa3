"""What must be said of the clips that runs were trained on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from anigifs.core.runs import RunFolder


def training_notes(runs: Iterable[tuple[str, RunFolder]]) -> list[str]:
    """A sentence for every different balance of classes, with the methods that it holds for."""
    methods: dict[str, list[str]] = {}
    for method, run in runs:
        if run.data_file.exists() and (said := _said(json.loads(run.data_file.read_text("utf-8")))):
            methods.setdefault(said, []).append(method)
    return [f"Training of {', '.join(names)}: {said}" for said, names in methods.items()]


def _said(facts: Mapping[str, Any]) -> str:
    """How classes were balanced; "" where every clip is used once."""
    classes = facts["train"]["classes"]
    if all(one["used"] == one["there"] for one in classes.values()):
        return ""
    used = sorted({one["used"] for one in classes.values()})
    small = [f"{name} ({one['there']:,})" for name, one in classes.items()
             if one["used"] > one["there"]]  # fmt: skip
    text = f"{_range(used)} clips of each of {len(classes)} classes"
    if not small:
        return f"{text}, drawn from more."
    return f"{text}; classes with fewer repeat theirs (different clips): {', '.join(small)}."


def _range(values: Sequence[int]) -> str:
    low, high = values[0], values[-1]
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
