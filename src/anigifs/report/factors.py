"""Set by set: what the baseline loses there, and what every other method wins back.

For studies with many evaluation sets, such as animations with one cause of the gap at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anigifs.evaluate.resample import Estimate
from anigifs.report.style import INK, PAPER, SOFT, drawing, series, to_svg
from anigifs.report.tables import Table
from anigifs.report.text import interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 5
"""With fewer sets the table itself shows it."""
NARROW_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Factor:
    """One evaluation set.

    lost: the baseline's gap. won: by method, its top-1 minus the baseline's.
    """

    name: str
    lost: Estimate | None
    won: dict[str, Estimate]


def factors(table: Table) -> list[Factor]:
    """Every set but the source's, in the table's order; empty where there are few."""
    cells = table.rows[0].cells
    names = [name for name in table.sets if name != table.source and name in cells]
    if len(names) < FEWEST:
        return []
    return [
        Factor(
            name,
            cells[name].gap,
            {one.a: one.difference for one in table.comparisons if one.set_name == name},
        )
        for name in names
    ]


def factor_figure(table: Table, width: float, columns: int) -> str | None:
    """A panel for what is lost and one for each method, a line a set; None with few sets."""
    found = factors(table)
    if not found:
        return None
    methods = [row.method for row in table.rows[1:]]
    panels: list[tuple[str, list[Estimate | None]]] = [
        (f"lost by {table.baseline}", [one.lost for one in found]),
        *((name, [one.won.get(name) for one in found]) for name in methods),
    ]
    lines = -(-len(panels) // columns)
    with drawing(width, lines * (0.7 + 0.21 * len(found))) as figure:
        grid = figure.subplots(lines, columns, squeeze=False, sharey=True)
        for at, axes in enumerate(grid.flat):
            if at >= len(panels):
                axes.set_visible(False)
                continue
            _panel(axes, *panels[at], colour=series(0 if at == 0 else 1))
            if at:
                axes.set_xlim(_limits([value for _, values in panels[1:] for value in values]))
            axes.set_yticks(range(len(found)), [one.name for one in found])
            axes.set_ylim(len(found) - 0.5, -0.5)
        return to_svg(figure, _says(table, found))


def _limits(values: Sequence[Estimate | None]) -> tuple[float, float]:
    """One scale for all methods, in points."""
    ends = [100 * end for one in values if one for end in (*(one.bounds or ()), one.value, 0)]
    spare = 0.05 * (max(ends) - min(ends)) + 0.5
    return min(ends) - spare, max(ends) + spare


def _panel(axes: Axes, title: str, values: Sequence[Estimate | None], colour: str) -> None:
    """Dots with intervals; hollow where the interval includes 0."""
    axes.axvline(0, color=SOFT, linewidth=1)
    for y, one in enumerate(values):
        if one is None:
            continue
        if one.bounds is not None:
            low, high = one.bounds
            axes.plot([100 * low, 100 * high], [y, y], color=colour, linewidth=4, alpha=0.35,
                      solid_capstyle="round")  # fmt: skip
        face = colour if one.clear_of_zero else PAPER
        axes.plot(100 * one.value, y, "o", color=colour, markerfacecolor=face, markersize=5)
    axes.set_title(title, loc="left", fontsize=9, color=INK)
    axes.set_xlabel("points", fontsize=8, color=SOFT)
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_color(SOFT)  # where a panel begins: a dot at its end is not the next's
    axes.spines["left"].set_linewidth(0.5)


def _says(table: Table, found: Sequence[Factor]) -> str:
    lost = "; ".join(f"{one.name}: {interval(one.lost)}" for one in found)
    won = "; ".join(
        f"{method} on {one.name}: {interval(value)}"
        for one in found
        for method, value in one.won.items()
    )
    return f"Points of top-1 that {table.baseline} loses: {lost}. Won against it: {won}."
