"""How the clips of a release differ: frames, time, size, bytes, colours, motion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anigifs.release.stats.draw import (
    BLUE,
    INK,
    SOFT,
    WIDTH_IN,
    Drawn,
    canvas,
    finish,
    many,
    place,
    short,
)
from anigifs.release.stats.facts import ClipFacts
from anigifs.release.stats.panels import Floats, bins, log_ticks, median, plain, spreads

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 2
PANEL = (0.08, 1.4, 0.62)
"""Left of the first, width, height of a panel, in inches."""
ACROSS_IN, DOWN_IN, TOP_IN = 1.67, 1.05, 0.2


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a clip. whole: it counts something."""

    name: str
    title: str
    unit: str
    of: Callable[[ClipFacts], float | None]
    whole: bool = False


def _side(one: ClipFacts) -> float | None:
    return None if one.width is None or one.height is None else min(one.width, one.height)


QUANTITIES = (
    Quantity("frames", "Frames", "", lambda one: one.frames, whole=True),
    Quantity("duration_s", "Duration", "s",
             lambda one: None if one.duration_ms is None else one.duration_ms / 1000),
    Quantity("short_side_px", "Short side", "px", _side, whole=True),
    Quantity("file_kb", "File", "kB",
             lambda one: None if one.bytes is None else one.bytes / 1000),
    Quantity("colours", "Colours per frame", "", lambda one: one.colours, whole=True),
    Quantity("moving_percent", "Moving pixels", "%",
             lambda one: None if one.moving is None else 100 * one.moving),
)  # fmt: skip
"""Colours: 15-bit colours that cover 95 % of a frame. Moving: pixels that change by more than 24
levels at any time, at 128 px. Both are our definitions, see `media.looks`."""


def values_of(facts: Sequence[ClipFacts], quantity: Quantity) -> Floats:
    """The known values of a quantity."""
    found = (quantity.of(one) for one in facts)
    return np.array([value for value in found if value is not None], np.float64)


def summary(facts: Sequence[ClipFacts]) -> dict[str, dict[str, float]]:
    """Quantiles of every quantity that is known of some clip."""
    told = {}
    for quantity in QUANTITIES:
        values = values_of(facts, quantity)
        if len(values):
            low, first, middle, third, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
            told[quantity.name] = {
                "clips": len(values), "min": low, "q25": first, "median": middle, "q75": third,
                "max": high,
            }  # fmt: skip
    return {name: {key: float(value) for key, value in row.items()} for name, row in told.items()}


def distributions(facts: Sequence[ClipFacts]) -> Drawn | None:
    """A histogram for each quantity that is known; None where none is."""
    shown = [(each, values) for each in QUANTITIES if len(values := values_of(facts, each))]
    if not shown:
        return None
    rows = -(-len(shown) // COLUMNS)
    with canvas(WIDTH_IN, TOP_IN + DOWN_IN * rows - 0.3) as figure:
        left, wide, high = PANEL
        for at, (quantity, values) in enumerate(shown):
            corner = left + ACROSS_IN * (at % COLUMNS), TOP_IN + DOWN_IN * (at // COLUMNS)
            _panel(place(figure, (*corner, wide, high)), quantity, values)
        fewest = min(len(values) for _, values in shown)
        part = "" if fewest == len(facts) else f" (known of {many(fewest)} at least)"
        caption = (
            f"{many(len(facts))} clips{part}; line: median. Colours: as many of 32 768 as cover "
            "95 % of a frame. Moving: share of pixels that change visibly during the clip. "
            "Unevenly labelled axes are logarithmic."
        )
        told = "; ".join(_says(quantity, values) for quantity, values in shown)
        return finish(figure, "distributions", ("What the clips are like", caption, f"{told}."))


def _panel(axes: Axes, quantity: Quantity, values: Floats) -> None:
    edges = bins(values, quantity.whole)
    if log := spreads(values) and len(edges) > 2 and values.max() / values.min() > 1:
        axes.set_xscale("log")
    axes.hist(values, edges.tolist(), color=BLUE, linewidth=0.4, edgecolor="white")
    axes.set_xlim(edges[0], edges[-1])
    plain(axes, "", "")
    if log:
        log_ticks(axes, edges[0], edges[-1])
    axes.set_yticks([])
    axes.set_title(quantity.title, loc="left", fontsize=6.5, weight="bold", color=INK, pad=4)
    if quantity.unit:
        axes.set_title(quantity.unit, loc="right", fontsize=6, color=SOFT, pad=4)
    middle = float(np.median(values))
    median(axes, middle, short(middle))


def _says(quantity: Quantity, values: Floats) -> str:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    unit = f" {quantity.unit}" if quantity.unit else ""
    return (
        f"{quantity.title}: median {short(middle)}{unit}, "
        f"eight in ten between {short(low)} and {short(high)}{unit}"
    )
