"""The figures of a report: accuracy and gap, classes, confusion, learning curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anigifs.core.runs import RunFolder
from anigifs.report.style import INK, PAPER, SERIES, SOFT, drawing, series, to_svg
from anigifs.report.tables import Table, TableRow
from anigifs.report.text import interval, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE, NARROW = 8.6, 4.3
"""Widths in inches of each figure: for a page, and for a phone."""
MOST_SETS = 6
"""With more sets than this, the figure of accuracy shows the source and the headline's alone."""
ROOM = 14
"""Percent of the axis that the words of a gap take in a wide figure."""
LANE, BLOCK = 1.0, 1.6
"""Height of one set's line, and of the gap between methods, in units of the y axis."""


def accuracy(table: Table, width: float) -> str:
    """Top-1 of every method and set with its interval, chance, and the gap from the source."""
    places = _places(table)
    heads = [(row.method, min(y for other, _, y in places if other is row) - LANE)
             for row in table.rows]  # fmt: skip
    bottom = places[-1][2]
    with drawing(width, 0.75 + 0.29 * (bottom + 2)) as figure:
        axes = figure.add_subplot()
        for place in places:
            _lane(axes, table, place, ROOM * WIDE / width)
        ticks = [*heads, *((name, y) for _, name, y in places)]
        axes.set_yticks([y for _, y in ticks], [name for name, _ in ticks])
        for label in axes.get_yticklabels()[: len(heads)]:
            label.set_fontweight("bold")
        axes.set_ylim(bottom + 0.7, -1.6)
        _percent_axis(axes, "top-1 accuracy, %")
        return to_svg(figure, _accuracy_says(table))


def classes(
    names: Sequence[str],
    bars: Mapping[str, tuple[str, NDArray[np.float64]]],
    chance: float,
    width: float,
) -> str:
    """Accuracy of each class on some sets; bars: set to its colour and float64 (K,)."""
    with drawing(width, 0.8 + 0.36 * len(names)) as figure:
        axes = figure.add_subplot()
        thick = 0.74 / len(bars)
        for at, (name, (colour, values)) in enumerate(bars.items()):
            places = np.arange(len(names)) + (at - (len(bars) - 1) / 2) * thick
            axes.barh(places, 100 * values, thick * 0.86, color=colour, label=name)
        axes.axvline(100 * chance, color=SOFT, linestyle=(0, (3, 3)), linewidth=1)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.6)
        _percent_axis(axes, "accuracy of the class, %")
        figure.legend(loc="outside upper left", ncols=len(bars))
        says = f"Accuracy of {len(names)} classes on {' and '.join(bars)}; the numbers stand below."
        return to_svg(figure, says)


def confusion(names: Sequence[str], shares: NDArray[np.float64], colour: str) -> str:
    """Which class is taken for which: shares (K, K), rows sum to 1 (NaN: a class without clips).

    Right answers are in `colour`, mistakes in ink; the darker, the larger the share.
    """
    count = len(names)
    with drawing(NARROW, NARROW) as figure:
        axes = figure.add_subplot()
        for true, said in np.argwhere(np.nan_to_num(shares) >= 0.005):
            share = float(shares[true, said])
            _square(axes, (int(said), int(true)), share, colour if true == said else SOFT, count)
        axes.set_xlim(-0.5, count - 0.5)
        axes.set_ylim(count - 0.5, -0.5)
        axes.set_aspect("equal")
        axes.set_xticks(range(count), names, rotation=90 if count > 6 else 0)
        axes.set_yticks(range(count), names)
        axes.tick_params(axis="x", labelcolor=INK)
        axes.set_xlabel("predicted")
        axes.set_ylabel("true")
        axes.spines[:].set_visible(False)
        says = f"Confusion of {count} classes: share of each true class by predicted class."
        return to_svg(figure, says)


def curves(runs: Sequence[tuple[str, RunFolder]], width: float) -> str | None:
    """Training loss and validation score by step, a line a run, coloured by method."""
    found = [(method, _curve(run, "train", ("loss",))) for method, run in runs]
    scores = [(method, _curve(run, "validate", ("score", "top1"))) for method, run in runs]
    panels = [
        (title, [(method, xy) for method, xy in lines if len(xy)])
        for title, lines in (("training loss", found), ("validation score", scores))
    ]
    panels = [panel for panel in panels if panel[1]]
    if not panels:
        return None
    columns = len(panels) if width == WIDE else 1
    rows = -(-len(panels) // columns)
    methods = list(dict.fromkeys(method for method, _ in runs))
    with drawing(width, 2.5 * rows + 0.4) as figure:
        for at, (title, lines) in enumerate(panels, 1):
            axes = figure.add_subplot(rows, columns, at)
            _lines(axes, title, lines, methods)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=min(len(labels), 4))
        return to_svg(figure, "Learning curves of every run by step.")


def _places(table: Table) -> list[tuple[TableRow, str, float]]:
    """(row, set, y) of every dot, top to bottom; a method's sets stand together."""
    places, y = [], 0.0
    names = table.sets if len(table.sets) <= MOST_SETS else (table.source, table.target)
    for row in table.rows:
        for name in names:
            if name in row.cells:
                places.append((row, name, y))
                y += LANE
        y += BLOCK
    return places


def _lane(axes: Axes, table: Table, place: tuple[TableRow, str, float], room: float) -> None:
    row, name, y = place
    cell = row.cells[name]
    top1, colour = cell.score.top1, series(table.sets.index(name))
    chance = 100 * cell.score.chance_top1
    axes.plot([chance] * 2, [y - 0.5, y + 0.5], color=SOFT, linestyle=(0, (3, 3)), linewidth=1)
    if cell.gap is not None:
        start = row.cells[row.source].score.top1.value
        _gap(axes, (100 * start, 100 * top1.value), 100 * cell.gap.value, y, room)
    if top1.bounds is not None:
        low, high = top1.bounds
        axes.plot([100 * low, 100 * high], [y, y], color=colour, linewidth=6, alpha=0.35,
                  solid_capstyle="round")  # fmt: skip
    axes.plot(100 * top1.value, y, "o", color=colour, markersize=8, markeredgecolor=PAPER)
    axes.annotate(
        percent(top1.value), (1.015, y), xycoords=("axes fraction", "data"),
        va="center", fontweight="bold", color=colour,
    )  # fmt: skip


def _gap(axes: Axes, ends: tuple[float, float], gap: float, y: float, room: float) -> None:
    """A dotted line from the source's accuracy, with the gap where there is room.

    The gap is that of the classes of both sets, so it may differ from the line's length.
    room: the length in % that the words take.
    """
    start, end = ends
    axes.plot([start, end], [y, y], color=SOFT, linewidth=1.2, linestyle=(0, (1, 2.5)))
    axes.plot([start] * 2, [y - 0.22, y + 0.22], color=SOFT, linewidth=1.2)
    if abs(start - end) > room:
        axes.annotate(
            f"{gap:.1f} points".replace("-", "−"), ((start + end) / 2, y), va="center",
            ha="center", fontsize=8.5, color=INK, zorder=5,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip


def _accuracy_says(table: Table) -> str:
    parts = [
        f"{row.method} on {name}: {interval(cell.score.top1)} %"
        for row in table.rows
        for name, cell in row.cells.items()
    ]
    return "Top-1 accuracy with 95 % intervals. " + "; ".join(parts)


def _percent_axis(axes: Axes, label: str) -> None:
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel(label, loc="left")
    axes.grid(axis="x")
    axes.spines[["left", "bottom"]].set_visible(False)


def _square(axes: Axes, at: tuple[int, int], share: float, colour: str, count: int) -> None:
    from matplotlib.patches import Rectangle

    x, y = at
    axes.add_patch(
        Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, color=colour, alpha=0.08 + 0.92 * share, lw=0)
    )
    if count <= 10:
        axes.text(
            x, y, f"{100 * share:.0f}", ha="center", va="center", fontsize=8.5,
            color=PAPER if share > 0.55 else INK,
        )  # fmt: skip


def _curve(run: RunFolder, kind: str, keys: Sequence[str]) -> list[tuple[float, float]]:
    records = list(run.metrics(kind))
    for key in keys:
        points = [(r["step"], r[key]) for r in records if key in r and "step" in r]
        if points:
            return points
    return []


def _lines(
    axes: Axes,
    title: str,
    lines: Sequence[tuple[str, Sequence[tuple[float, float]]]],
    methods: Sequence[str],
) -> None:
    seen: set[str] = set()
    for method, points in lines:
        x, y = np.array(points).T
        label = method if method not in seen else None
        seen.add(method)
        at = methods.index(method)
        colour, style = series(at), "-" if at < len(SERIES) else "--"
        marker = "o" if len(points) < 30 else ""
        axes.plot(x, y, marker, linestyle=style, color=colour, linewidth=1.6, markersize=3.5,
                  alpha=0.85, label=label)  # fmt: skip
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.set_xlabel("step", loc="left")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelcolor=SOFT)
