"""Deletion and insertion as a figure: the mean curve of each model, with its 95 % band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from anigifs.evaluate.looks import Looks, mean_curve
from anigifs.evaluate.resample import Estimate
from anigifs.report import figures
from anigifs.report.looking import Looking
from anigifs.report.panels import Drawing, twice
from anigifs.report.style import INK, SOFT, drawing, series, to_svg
from anigifs.report.text import count, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANELS = {
    "deletion": ("Deletion: lower is better", "pixels made grey"),
    "insertion": ("Insertion: higher is better", "pixels shown"),
}
"""Of each curve its title, and what its x axis counts."""
COLOURS = (0, 2)
"""The series of the first and the second model, as in the gallery's bar of right answers."""

Ways = Mapping[str, Mapping[str, Sequence[Estimate]]]


def causal_drawing(methods: Mapping[str, Sequence[Looks]], chance: float | None) -> Drawing | None:
    """Both curves of one or two methods, for a page and a phone; None where one kept no curves.

    methods: each the runs of its seeds, on one set. chance: a guess's probability, in [0, 1].

    Raises:
        ProtocolError: the runs of a method did not look at the same clips in as many steps.
    """
    ways = {
        curve: {name: mean_curve(runs, curve) for name, runs in methods.items()} for curve in PANELS
    }
    if not all(found for by_name in ways.values() for found in by_name.values()):
        return None
    explained = next(iter(methods.values()))[0].explained
    whose = "the clip’s class" if explained == "label" else "the model’s answer"
    return twice(lambda width: _figure(ways, whose, chance, width))


def areas(found: Looking) -> list[str]:
    """The areas under the curves in percent, a line each, and how to read the figure."""
    lines = [line for line in found.lines if line.score in PANELS]
    told = [
        f"{line.words.name.capitalize()}, %: "
        + ", ".join(
            f"{name} {interval(mean.estimate)}"
            for name, mean in zip(found.methods, line.means, strict=True)
            if mean
        )
        for line in lines
    ]
    clips = count(min((line.clips for line in lines), default=0), "clip")
    apart = " The paired difference, sharper, stands above." if len(found.methods) > 1 else ""
    return [
        *told,
        f"Mean of {clips}; band: 95 % over {count(found.groups, 'source')}, each step by itself. "
        "A map that names what the model uses loses the class early when those pixels go, and "
        f"brings it back early when they come.{apart}",
    ]


def _figure(ways: Ways, whose: str, chance: float | None, width: float) -> str:
    beside = width == figures.WIDE
    with drawing(width, 3.1 if beside else 6.0) as figure:
        panels = figure.subplots(*((1, 2) if beside else (2, 1)), sharey=True)
        for axes, by_name in zip(panels, ways.values(), strict=True):
            for at, (name, steps) in zip(COLOURS, by_name.items(), strict=False):
                _line(axes, name, steps, series(at))
        for axes, words in zip(panels, PANELS.values(), strict=True):
            _dress(axes, *words, chance)
        for axes in panels[: 1 if beside else 2]:
            axes.set_ylabel(f"probability of {whose}, %")
        if len(ways["deletion"]) > 1:
            figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
        return to_svg(figure, _says(ways))


def _line(axes: Axes, name: str, steps: Sequence[Estimate], colour: str) -> None:
    x = np.linspace(0, 100, len(steps))
    ends = [one.bounds for one in steps]
    if None not in ends:
        low, high = 100 * np.array(ends, dtype=np.float64).T
        axes.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
    values = [100 * one.value for one in steps]
    axes.plot(x, values, "o-", color=colour, linewidth=1.8, markersize=3.5, label=name)


def _dress(axes: Axes, title: str, counted: str, chance: float | None) -> None:
    if chance is not None:
        axes.axhline(100 * chance, color=SOFT, linestyle=(0, (3, 3)), linewidth=1)
        axes.annotate(
            "chance", (1.01, 100 * chance), xycoords=("axes fraction", "data"), va="center",
            fontsize=8.5, color=SOFT,
        )  # fmt: skip
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.set_xlabel(f"{counted}, most salient first, % of the clip", loc="left")
    axes.set_xlim(0, 100)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelcolor=SOFT)


def _says(ways: Ways) -> str:
    """The ends and the middle of every curve, in words."""
    parts = [
        f"{curve} of {name}: " + ", ".join(f"{100 * steps[at].value:.0f} %" for at in _three(steps))
        for curve, by_name in ways.items()
        for name, steps in by_name.items()
    ]
    return "Mean probability with none, half and all of the pixels. " + "; ".join(parts)


def _three(steps: Sequence[Estimate]) -> tuple[int, int, int]:
    return 0, len(steps) // 2, len(steps) - 1
