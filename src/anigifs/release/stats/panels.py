"""Small panels: the frame of an axis, the bins of a histogram, the line at a median."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anigifs.release.stats.draw import INK, SOFT, many, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
BINS, LEAST = 16, 8
"""Bins of a histogram at most; with fewer values, so many whole numbers are shown at least."""
WIDE_RANGE = 25.0
"""Where the largest value is so many times the smallest, the axis is logarithmic."""


def plain(axes: Axes, up: str, along: str) -> None:
    """Titles in words at the ends of the axes, few ticks, no box."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_title(up, loc="left", fontsize=6.5, color=SOFT, pad=4)
    axes.set_xlabel(along, loc="left", labelpad=1.5)
    axes.spines["left"].set_visible(False)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: many(value)))
    axes.tick_params(axis="y", labelcolor=SOFT)
    if axes.get_xscale() == "linear":
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: many(value)))


def spreads(values: Floats) -> bool:
    """Whether a logarithmic axis shows these values better."""
    low, high = float(values.min()), float(values.max())
    return low > 0 and high / low >= WIDE_RANGE


def bins(values: Floats, whole: bool = False) -> Floats:
    """Edges of at most 16 bins: whole numbers stay whole, a wide range is cut by ratio."""
    low, high = float(values.min()), float(values.max())
    if whole and high - low < BINS:
        room = max(0.0, np.ceil((LEAST - (high - low)) / 2))
        return np.arange(low - room - 0.5, high + room + 1.5)
    if spreads(values):
        return np.geomspace(low, high * 1.0001, BINS + 1)
    if whole:
        step = float(np.ceil((high - low + 1) / BINS))
        return np.arange(low - 0.5, high + step, step)
    if low == high:
        return np.linspace(low - 1, high + 1, LEAST + 2)
    return np.linspace(low, high, BINS + 1)


def log_ticks(axes: Axes, low: float, high: float) -> None:
    """Two to four round numbers on a logarithmic axis, in plain digits."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    steps = [m * 10.0**p for p in range(-4, 10) for m in (1, 2, 5)]
    inside = [step for step in steps if low <= step <= high]
    tens = [step for step in inside if f"{step:e}"[0] == "1"]
    chosen = tens if len(tens) >= 3 else inside
    while len(chosen) > 4:
        chosen = chosen[::2]
    axes.xaxis.set_major_locator(FixedLocator(chosen))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))


def median(axes: Axes, value: float, text: str) -> None:
    """A line at the median with its value, on the side where there is room."""
    low, high = axes.get_xlim()
    if axes.get_xscale() == "log":
        share = np.log(value / low) / np.log(high / low)
    else:
        share = (value - low) / (high - low)
    left = share > 0.55
    axes.axvline(value, color=INK, linewidth=0.9)
    axes.set_ylim(top=axes.get_ylim()[1] * 1.16)
    axes.annotate(
        text, (value, 1), xycoords=("data", "axes fraction"),
        xytext=(-2.5 if left else 2.5, -1), textcoords="offset points",
        ha="right" if left else "left", va="top", fontsize=6, weight="bold",
    )  # fmt: skip
