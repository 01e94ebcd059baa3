"""What would have been possible: the checkpoint that the target itself would have chosen.

Runs with `data.oracle` log, at every validation, top-1 on clips of the target that are watched and
used for nothing. Here it becomes a row's number, read from the metrics alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anigifs.core.runs import RunFolder

KEY = "oracle"


@dataclass(frozen=True, slots=True)
class Oracle:
    """Means over the runs of a row, in [0, 1], on the watched clips.

    best: top-1 at the validation where it was highest. chosen: where the run's checkpoint is.
    """

    best: float
    chosen: float

    @property
    def gain(self) -> float:
        """What choosing on the target would have added, at least 0."""
        return self.best - self.chosen


def oracle_of(runs: Sequence[RunFolder]) -> Oracle | None:
    """The row's oracle; None unless all of its runs were watched."""
    found = [_of_run(list(run.metrics("validate"))) for run in runs]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return None
    return Oracle(
        best=sum(one.best for one in known) / len(known),
        chosen=sum(one.chosen for one in known) / len(known),
    )


def _of_run(lines: Sequence[Mapping[str, Any]]) -> Oracle | None:
    if not lines or not all(KEY in line for line in lines):
        return None
    chosen = lines[-1]
    if chosen.get("selection") != "last":
        chosen = max(lines, key=lambda line: line["score"])  # of equals the first, as in training
    return Oracle(max(line[KEY] for line in lines), chosen[KEY])
