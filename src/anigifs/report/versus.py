"""One method against another, from their run folders: every set that both were measured on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table as RichTable

from anigifs.core.errors import InputError
from anigifs.evaluate.compare import Comparison, compare, correct
from anigifs.report.collect import Collection, Row, collect
from anigifs.report.tables import headline_of
from anigifs.report.text import corrected, interval, precision, where

COLUMNS = ("set", "points of top-1", "±", "seeds", "clips/groups", "p (Holm)", "verdict")


def versus(a: Path, b: Path) -> list[Comparison]:
    """Compare the method of `a` with that of `b`: each a run, a folder of its seeds, or `runs/NAME`
    for the runs `runs/NAME-seed0`, … of a study. Corrected as a table of both would be.

    Raises:
        InputError: a path holds several methods, or both share no evaluation set.
        ProtocolError: a set was not measured on the same clips by both.
    """
    (one, _), (two, found) = _only(a), _only(b)
    shared = [name for name in one.sets if name in two.sets]
    if not shared:
        raise InputError(
            f"{a} was measured on {', '.join(one.sets)}, {b} on {', '.join(two.sets)}: no set in "
            "common. Run `anigifs evaluate` for both with the same --on"
        )
    names = (one.method, two.method) if one.method != two.method else (str(a), str(b))
    made = [compare(one.sets[name], two.sets[name]) for name in shared]
    named = [replace(each, a=names[0], b=names[1]) for each in made]
    return correct(named, headline_of(two, found))


def as_rich(comparisons: list[Comparison]) -> RichTable:
    """For a terminal."""
    first = comparisons[0]
    shown = RichTable(
        title=escape(f"{first.a} minus {first.b}; the interval covers {first.scope}"),
        title_justify="left",
        box=None,
    )
    for column in COLUMNS:
        shown.add_column(column)
    for one in comparisons:
        cells = (
            where(one),
            interval(one.difference),
            precision(one) or "–",
            str(len(one.seeds)),
            f"{one.clips}/{one.groups}",
            corrected(one) or "–",
            one.verdict,
        )
        shown.add_row(*(escape(cell) for cell in cells))
    return shown


def as_plain(comparisons: list[Comparison]) -> Iterator[dict[str, Any]]:
    """For JSON."""
    for one in comparisons:
        yield {**asdict(one), "verdict": one.verdict}


def _only(path: Path) -> tuple[Row, Collection]:
    found = collect(_runs(path))
    rows = found.rows
    if len(rows) > 1:
        raise InputError(
            f"{path} holds several methods ({', '.join(row.method for row in rows)}); give one "
            "run, a folder with the seeds of one method, or RUNS/METHOD"
        )
    return rows[0], found


def _runs(path: Path) -> list[Path]:
    """The path itself, or the runs of a study that are its seeds."""
    return [path] if path.exists() else sorted(path.parent.glob(f"{path.name}-seed*")) or [path]
