"""A figure that a paper printed, to stand beside one of ours, always called the paper's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Accuracies in [0, 1] of the row that is `method` on `set_name` in our table.

    row: how the paper names it.
    """

    method: str
    set_name: str
    row: str
    top1: float
    top5: float
