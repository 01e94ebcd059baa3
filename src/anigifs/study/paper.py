"""The published figures that stand beside ours, always under the name of the paper."""

from __future__ import annotations

import csv
from importlib import resources

from anigifs.core.errors import UnknownName
from anigifs.report.published import Published

FILE = "paper.csv"


def published(study: str) -> tuple[Published, ...]:
    """The figures of one study of `configs/paper.csv`; none for "".

    Raises:
        UnknownName: the file has no such study.
    """
    if not study:
        return ()
    text = (resources.files("anigifs.study") / "configs" / FILE).read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    if study not in {row["study"] for row in rows}:
        raise UnknownName("study of the paper", study, {row["study"] for row in rows})
    return tuple(
        Published(
            method=row["method"],
            set_name=row["set"],
            row=row["row"],
            top1=_share(row["top1"]),
            top5=_share(row["top5"]),
        )
        for row in rows
        if row["study"] == study
    )


def _share(percent: str) -> float:
    return round(float(percent) / 100, 6)
