"""The gap between two datasets as a figure: every clip a dot, effect sizes, the two-sample test."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from anigifs.core.errors import InputError
from anigifs.core.files import write_bytes
from anigifs.core.seeds import stream
from anigifs.explore.gap import Gap, Row
from anigifs.explore.gap_table import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind = Literal["png", "svg", "pdf"]
KINDS: tuple[Kind, ...] = ("png", "svg", "pdf")
COLOURS = ("#0072b2", "#c44e00")
PLACES = (0.0, 1.5)
INK, SOFT, RULE = "#1e2126", "#6b7280", "#e2e5e9"
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,
    "svg.hashsalt": "anigifs",
}


def gap_figure(gap: Gap, kind: Kind = "png") -> bytes:
    """The figure as a file's bytes."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, 9.2), facecolor="white")
        _title(figure, gap)
        _dots(figure, gap)
        _effects(figure, gap)
        _tests(figure, gap)
        _notes(figure, gap)
        buffer = io.BytesIO()
        bare: dict[str, Any] = {"png": {"Software": None}, "svg": {"Date": None}}.get(kind, {})
        figure.savefig(buffer, format=kind, dpi=150, metadata=bare)
    return buffer.getvalue()


def save_figure(gap: Gap, path: Path) -> None:
    """Write the figure; the suffix of `path` says how. Raises `InputError` for another one."""
    for kind in KINDS:
        if path.suffix.lower() == f".{kind}":
            write_bytes(path, gap_figure(gap, kind))
            return
    raise InputError(f"the figure's name must end in .png, .svg or .pdf; got {path.name!r}")


def _title(figure: Figure, gap: Gap) -> None:
    figure.text(0.05, 0.962, "How far apart are they?", size=16, weight="bold", va="center")
    for line, (side, colour) in enumerate(zip(gap.sides, COLOURS, strict=True)):
        at = 0.962 if line == 0 else 0.938
        tags = ", ".join((*side.domains, *(["simulated"] if side.simulated else [])))
        text = f"{'AB'[line]}  {side.name}  ({tags}): {side.clips} clips, {side.groups} groups"
        figure.text(0.97, at, text, color=colour, weight="bold", ha="right", va="center")
    note = "each dot a clip; bar: median with its 95 % interval over groups"
    figure.text(0.05, 0.935, note, color=SOFT, va="center")


def _dots(figure: Figure, gap: Gap) -> None:
    grid = figure.add_gridspec(3, 3, left=0.055, right=0.575, top=0.87, bottom=0.15)
    grid.update(hspace=0.5, wspace=0.32)
    for place, row in enumerate(gap.rows):
        axes = figure.add_subplot(grid[place // 3, place % 3])
        axes.set_title(row.statistic.title, loc="left", size=10, weight="bold", pad=14)
        axes.text(0, 1.02, row.statistic.unit, transform=axes.transAxes, color=SOFT, size=8)
        _panel(axes, gap, row)


def _panel(axes: Axes, gap: Gap, row: Row) -> None:
    draw = stream(0, "dots", row.statistic.name)
    values = [side.values[row.statistic.name] for side in gap.sides]
    for place, (dots, colour) in enumerate(zip(values, COLOURS, strict=True)):
        at = PLACES[place]
        across = at + draw.uniform(-0.28, 0.28, len(dots))
        axes.plot(across, dots, "o", ms=2.6, mew=0, color=colour, alpha=_alpha(len(dots)))
        middle, spread = row.medians[place], row.intervals[place]
        if spread:
            axes.plot([at] * 2, spread, "-", lw=5, color=colour, alpha=0.45)
        axes.plot([at - 0.34, at + 0.34], [middle] * 2, "-", lw=2.2, color=INK)
        axes.annotate(
            number(middle), (at + 0.37, middle), size=8, va="center", weight="bold", color=colour
        )
    _scale(axes, np.concatenate(values))
    axes.set_xlim(-0.5, PLACES[1] + 1.05)
    axes.set_xticks(PLACES, ["A", "B"])
    axes.tick_params(length=0)
    axes.grid(axis="y", color=RULE, lw=0.6)
    axes.set_axisbelow(True)


def _alpha(count: int) -> float:
    return float(np.clip(12 / count**0.5 / 2, 0.25, 0.8))


def _scale(axes: Axes, values: np.ndarray[Any, Any]) -> None:
    """Logarithmic where the values span more than a factor of 30."""
    low, high = float(values.min()), float(values.max())
    if low > 0 and high / low > 30:
        from matplotlib.ticker import FuncFormatter, NullFormatter

        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.minorticks_off()
    else:
        axes.set_ylim(bottom=min(0, low))


def _effects(figure: Figure, gap: Gap) -> None:
    axes = figure.add_axes((0.745, 0.45, 0.225, 0.42))
    title = "Effect size, Cliff's δ"
    axes.set_title(title, loc="left", size=10, weight="bold", pad=14, x=-0.52)
    axes.axvline(0, color=SOFT, lw=0.8)
    for place, row in enumerate(gap.rows):
        colour = COLOURS[0] if row.delta < 0 else COLOURS[1]
        if row.delta_interval:
            axes.plot(row.delta_interval, [place] * 2, "-", lw=3, color=colour, alpha=0.4)
        axes.plot(row.delta, place, "o", ms=6, color=colour)
    axes.set_yticks(range(len(gap.rows)), [row.statistic.title for row in gap.rows], color=INK)
    axes.set_ylim(len(gap.rows) - 0.4, -0.6)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xlabel("← larger in A          larger in B →")
    axes.tick_params(length=0)
    axes.grid(axis="x", color=RULE, lw=0.6)


def _tests(figure: Figure, gap: Gap) -> None:
    axes = figure.add_axes((0.745, 0.185, 0.225, 0.15))
    title = "Told apart by a classifier (held out)"
    axes.set_title(title, loc="left", size=10, weight="bold", pad=8, x=-0.52)
    axes.axvline(0.5, color=SOFT, lw=0.8, ls="--")
    for place, test in enumerate(gap.tests):
        if test.accuracy is None:
            axes.text(0.52, place, "too few groups", va="center", color=SOFT)
            continue
        if test.interval:
            axes.plot(test.interval, [place] * 2, "-", lw=3, color=INK, alpha=0.3)
        axes.plot(test.accuracy, place, "o", ms=6, color=INK)
        text = f"{test.accuracy:.2f}, p = {test.p:.3f}"
        axes.text(1.02, place - 0.38, text, size=8, color=SOFT, ha="right")
    axes.set_yticks(range(len(gap.tests)), [test.features for test in gap.tests], color=INK)
    axes.set_ylim(len(gap.tests) - 0.5, -0.8)
    axes.set_xlim(0.28, 1.03)
    axes.set_xlabel("balanced accuracy; dashed: chance")
    axes.tick_params(length=0)


def _notes(figure: Figure, gap: Gap) -> None:
    figure.add_artist(_line())
    figure.text(0.05, 0.078, "\n".join(gap.notes), color=SOFT, size=8, va="top", linespacing=1.5)


def _line() -> Any:
    from matplotlib.lines import Line2D

    return Line2D([0.05, 0.97], [0.092, 0.092], color=RULE, lw=0.8)
