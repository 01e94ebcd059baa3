"""The gap between two datasets as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anigifs.explore.gap import Gap, Interval, Row

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table


def tables(gap: Gap) -> Group:
    """Statistics, the two-sample test and the notes."""
    from rich.console import Group
    from rich.text import Text

    notes = [Text(f"· {note}", style="dim") for note in gap.notes]
    return Group(_statistics(gap), _tests(gap), *notes)


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits and no exponent, or a dash."""
    if value is None:
        return "–"
    if abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".rstrip(".") if abs(value) >= 0.001 else f"{value:.3f}"


def span(interval: Interval, digits: int = 3) -> str:
    """An interval as [low, high], or nothing."""
    return f"[{number(interval[0], digits)}, {number(interval[1], digits)}]" if interval else ""


def _statistics(gap: Gap) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="Medians with 95 % intervals over groups", title_justify="left")
    table.add_column("")
    for letter, side in zip("AB", gap.sides, strict=True):
        head = f"{letter}: {side.name}\n{side.clips} clips\n{side.groups} groups"
        table.add_column(escape(head), justify="right")
    table.add_column("B / A", justify="right")
    table.add_column("Cliff's δ", justify="right")
    for row in gap.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> tuple[str, ...]:
    from rich.markup import escape

    medians = (
        f"{number(middle)}\n[dim]{escape(span(its))}[/]"
        for middle, its in zip(row.medians, row.intervals, strict=True)
    )
    return (
        f"{row.statistic.title}\n[dim]{row.statistic.unit}[/]",
        *medians,
        f"{number(row.ratio, 2)}\n[dim]{escape(span(row.ratio_interval, 2))}[/]",
        f"{row.delta:+.2f}\n[dim]{escape(_signed(row.delta_interval))}[/]",
    )


def _signed(interval: Interval) -> str:
    return f"[{interval[0]:+.2f}, {interval[1]:+.2f}]" if interval else ""


def _tests(gap: Gap) -> Table:
    from rich.table import Table

    title = "Can a classifier tell them apart? Held-out balanced accuracy, 0.50 is chance"
    table = Table(title=title, title_justify="left")
    for name in ("statistics used", "accuracy", "permutation p"):
        table.add_column(name, justify="left" if name.startswith("s") else "right")
    for test in gap.tests:
        if test.accuracy is None or test.p is None:
            table.add_row(test.features, "too few groups", "–")
        else:
            low, high = test.interval or (test.accuracy, test.accuracy)
            accuracy = f"{test.accuracy:.2f} \\[{low:.2f}, {high:.2f}]"
            table.add_row(test.features, accuracy, f"{test.p:.3f}")
    return table
