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
from anigifs.report.collect import Row, collect
from anigifs.report.text import interval

COLUMNS = ("set", "points of top-1", "seeds", "clips/groups", "p (Holm)", "verdict")


def versus(a: Path, b: Path) -> list[Comparison]:
    """Compare the method of `a` with that of `b`: each a run, or a folder of its seeds.

    Raises:
        InputError: a path holds several methods, or both share no evaluation set.
        ProtocolError: a set was not measured on the same clips by both.
    """
    one, two = _only(a), _only(b)
    shared = [name for name in one.sets if name in two.sets]
    if not shared:
        raise InputError(
            f"{a} was measured on {', '.join(one.sets)}, {b} on {', '.join(two.sets)}: no set in "
            "common. Run `anigifs evaluate` for both with the same --on"
        )
    names = (one.method, two.method) if one.method != two.method else (str(a), str(b))
    found = [compare(one.sets[name], two.sets[name]) for name in shared]
    return [replace(c, a=names[0], b=names[1]) for c in correct(found)]


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
        p = "–" if one.p_holm is None else f"{one.p_holm:.3f}"
        cells = (
            one.set_name,
            interval(one.difference),
            str(len(one.seeds)),
            f"{one.clips}/{one.groups}",
            p,
            one.verdict,
        )
        shown.add_row(*(escape(cell) for cell in cells))
    return shown


def as_plain(comparisons: list[Comparison]) -> Iterator[dict[str, Any]]:
    """For JSON."""
    for one in comparisons:
        yield {**asdict(one), "verdict": one.verdict}


def _only(path: Path) -> Row:
    rows = collect([path]).rows
    if len(rows) > 1:
        raise InputError(
            f"{path} holds several methods ({', '.join(row.method for row in rows)}); give one "
            "run, or a folder with the seeds of one method"
        )
    return rows[0]
