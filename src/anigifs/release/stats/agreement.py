"""How far people agree: Krippendorff's α of each question with its interval.

The numbers are those that `anigifs agreement --json` prints; here they are only drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anigifs.release.stats.draw import (
    BLUE,
    LINE,
    PALE,
    SOFT,
    WIDTH_IN,
    Drawn,
    canvas,
    count,
    finish,
    place,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUESTIONS = {
    "animation": "an animation?",
    "character": "a drawn character?",
    "exact": "exactly this class?",
    "accept": "accept?",
}
ROW_IN = 0.22

Row = tuple[str, float, float | None, float | None, int]
"""Question in words, α, the ends of its interval, items."""


def rows_of(report: Mapping[str, Any]) -> list[Row]:
    """The questions of a report on agreement that have a number."""
    found: list[Row] = []
    questions = report.get("questions")
    for name, measures in questions.items() if isinstance(questions, Mapping) else ():
        alpha = measures.get("alpha") if isinstance(measures, Mapping) else None
        if isinstance(alpha, Mapping) and isinstance(alpha.get("value"), (int, float)):
            low, high = alpha.get("low"), alpha.get("high")
            items = int(alpha.get("items") or 0)
            found.append((QUESTIONS.get(name, str(name)), float(alpha["value"]), low, high, items))
    return found


def agreement(report: Mapping[str, Any]) -> Drawn | None:
    """α of every question; None where the report holds no number."""
    shown = rows_of(report)
    if not shown:
        return None
    with canvas(WIDTH_IN, ROW_IN * len(shown) + 0.36) as figure:
        axes = place(figure, (1.1, 0.03, WIDTH_IN - 1.1 - 0.35, ROW_IN * len(shown)))
        _dots(axes, shown)
        made = report.get("simulated")
        votes = f"{count(int(report.get('votes') or 0), 'vote')} on "
        caption = (
            "Krippendorff’s α: 1 is agreement, 0 is chance. Bars: 95 % intervals over items. "
            f"{votes}{count(int(report.get('items') or 0), 'item')}."
        )
        if made:
            caption += " Simulated annotators: these numbers say nothing of people."
        told = "; ".join(
            f"{name} {value:.2f}" + (f" [{low:.2f}, {high:.2f}]" if _both(low, high) else "")
            for name, value, low, high, _ in shown
        )
        title = "Agreement (simulated)" if made else "Agreement"
        return finish(figure, "agreement", (title, caption, f"{told}. {caption}"))


def _dots(axes: Axes, shown: list[Row]) -> None:
    lowest = min([0.0, *(row[2] if row[2] is not None else row[1] for row in shown)])
    for row, (_, value, low, high, _items) in enumerate(shown):
        if low is not None and high is not None:
            axes.plot([low, high], [row, row], color=PALE, linewidth=5, solid_capstyle="butt")
        axes.plot(value, row, "o", color=BLUE, markersize=4, markeredgewidth=0)
        axes.annotate(
            f"{value:.2f}".replace("-", "−"), (1.02, row), xycoords=("axes fraction", "data"),
            va="center_baseline", fontsize=6.5, weight="bold",
        )  # fmt: skip
    axes.set_yticks(range(len(shown)), [row[0] for row in shown])
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(min(lowest, 0) - 0.02, 1.02)
    axes.set_xticks([tick for tick in (-1, -0.5, 0, 0.5, 1) if tick >= lowest])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.axvline(0, color=LINE, linewidth=0.7)
    axes.axvline(1, color=LINE, linewidth=0.7)
    axes.set_xlabel("α", loc="left", color=SOFT, labelpad=1)
    axes.spines[:].set_visible(False)


def _both(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None
