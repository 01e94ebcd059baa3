"""Every method against the baseline on the headline's set: one line each, the surest answer first.

The paired difference with its interval, and the word that the evidence allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anigifs.evaluate.compare import TOO_FEW, Comparison
from anigifs.report.style import INK, PAPER, SOFT, drawing, series, to_svg
from anigifs.report.tables import Table
from anigifs.report.text import comparison_text, interval, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NARROW_IN = 6.0
"""Below this width the words stand under the numbers, not beside them."""
SAID = ("better", "worse")


def on_target(table: Table) -> list[Comparison]:
    """The comparisons of the headline's set, the highest difference first."""
    found = [one for one in table.comparisons if one.set_name == table.target]
    return sorted(found, key=lambda one: -one.difference.value)


def summary(table: Table) -> str:
    """How many methods are shown to be better or worse than the baseline; "" without others."""
    found = on_target(table)
    if not found:
        return ""
    place = f"than {table.baseline} on {where(found[0])}"
    told = [
        f"{word} {place}: {', '.join(names)}"
        for word in SAID
        if (names := [one.a for one in found if one.verdict == word])
    ]
    silent = _silent(found)
    if told:
        return f"Of {len(found)} other methods, shown to be {'; '.join(told)}.{silent}"
    none = (
        "The other method is not" if len(found) == 1 else f"Of {len(found)} other methods none is"
    )
    return f"{none} shown to be better or worse {place}.{silent}"


def _silent(found: list[Comparison]) -> str:
    few = sum(one.verdict == TOO_FEW for one in found)
    if not few:
        return ""
    who = "It has" if len(found) == 1 else f"{few} of them {'has' if few == 1 else 'have'}"
    return f" {who} too few seeds to say."


def against_figure(table: Table, width_in: float) -> str | None:
    """Points of top-1 that each method wins against the baseline; None without other methods."""
    found = on_target(table)
    if not found:
        return None
    narrow = width_in < NARROW_IN
    with drawing(width_in, 0.75 + (0.46 if narrow else 0.36) * len(found)) as figure:
        axes = figure.add_subplot()
        axes.axvline(0, color=SOFT, linewidth=1)
        for y, one in enumerate(found):
            _dot(axes, one, y)
            _words(axes, one, y, "\n" if narrow else ": ")
        axes.set_yticks(range(len(found)), [one.a for one in found])
        axes.set_ylim(len(found) - 0.4, -0.6)
        place = where(found[0])
        axes.set_xlabel(f"points of top-1 on {place}, minus {table.baseline}", loc="left")
        axes.grid(axis="x")
        axes.spines[["left", "bottom"]].set_visible(False)
        return to_svg(figure, " ".join(f"{comparison_text(one)}." for one in found))


def _dot(axes: Axes, one: Comparison, y: float) -> None:
    """Full where a word is said of it, hollow where none is; thin: the paired t over seeds."""
    colour = series(0)
    middle, half = 100 * one.difference.value, 100 * (one.t_half_width or 0)
    axes.plot([middle - half, middle + half], [y, y], color=colour, linewidth=1)
    if one.difference.bounds is not None:
        low, high = one.difference.bounds
        axes.plot([100 * low, 100 * high], [y, y], color=colour, linewidth=6, alpha=0.35,
                  solid_capstyle="round")  # fmt: skip
    face = colour if one.verdict in SAID else PAPER
    axes.plot(middle, y, "o", color=colour, markerfacecolor=face, markersize=7)


def _words(axes: Axes, one: Comparison, y: float, between: str) -> None:
    axes.annotate(
        f"{interval(one.difference)}{between}{one.verdict}", (1.02, y),
        xycoords=("axes fraction", "data"), va="center", fontsize=8.5, color=INK,
    )  # fmt: skip
