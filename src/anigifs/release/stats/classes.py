"""Clips by class: the paper's figure 3, and how all classes compare.

Source: Ani-GIFs paper, figure 3: the number of GIFs of the forty most frequent classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anigifs.release.stats.draw import (
    BLUE,
    INK,
    LINE,
    PALE,
    SOFT,
    WIDTH_IN,
    Drawn,
    canvas,
    count,
    cut,
    finish,
    many,
    place,
)
from anigifs.release.stats.facts import ClipFacts
from anigifs.release.stats.panels import bins, median, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 40
ROW_IN = 0.118
NAME_CHARS = 32


def ranked(facts: Sequence[ClipFacts], classes: Sequence[str]) -> list[tuple[str, int]]:
    """Every class with its clips, the most frequent first; ties in the order of `classes`."""
    found = Counter(each.label for each in facts if each.label)
    order = [*classes, *sorted(found.keys() - set(classes))]
    return sorted(((name, found[name]) for name in order), key=lambda pair: -pair[1])


def most_frequent(classes: Sequence[tuple[str, int]]) -> Drawn | None:
    """A bar for each of the forty classes with most clips; None where no class has one."""
    shown = [pair for pair in classes if pair[1]][:MOST]
    if not shown:
        return None
    names, clips = [cut(name, NAME_CHARS) for name, _ in shown], [n for _, n in shown]
    with canvas(WIDTH_IN, ROW_IN * len(shown) + 0.1) as figure:
        axes = place(figure, (1.5, 0.05, WIDTH_IN - 1.5 - 0.32, ROW_IN * len(shown)))
        axes.barh(range(len(shown)), clips, 0.72, color=BLUE)
        for row, number in enumerate(clips):
            axes.annotate(many(number), (number, row), (2, 0), textcoords="offset points",
                          va="center_baseline", fontsize=6, color=SOFT)  # fmt: skip
        axes.set_yticks(range(len(shown)), names)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlim(0, max(clips))
        axes.set_xticks([])
        axes.spines[:].set_visible(False)
        axes.axvline(0, color=LINE, linewidth=0.8)
        rest = sum(number > 0 for _, number in classes) - len(shown)
        left = f"; {count(rest, 'further class')} not shown" if rest else ""
        which = f"The {len(shown)} most frequent classes" if rest else "The classes"
        total = sum(number for _, number in classes)
        caption = f"Clips in each class: {many(sum(clips))} of {count(total, 'clip')}{left}."
        says = ", ".join(f"{name} {number}" for name, number in shown)
        return finish(figure, "classes-most-frequent", (which, caption, f"{caption} {says}."))


def all_classes(classes: Sequence[tuple[str, int]]) -> Drawn | None:
    """Clips by rank of the class, and how many classes have how many clips."""
    clips = np.array([number for _, number in classes])
    held = clips[clips > 0]
    if not len(held):
        return None
    with canvas(WIDTH_IN, 1.55) as figure:
        _ranks(place(figure, (0.3, 0.22, 1.3, 0.98)), held)
        _spread(place(figure, (1.92, 0.22, 1.28, 0.98)), held)
        empty = int((clips == 0).sum())
        none = f"; {count(empty, 'class')} without a clip" if empty else ""
        caption = (
            f"{count(len(held), 'class')} with {count(int(held.sum()), 'clip')}, "
            f"{many(held.min())} to {many(held.max())} each, median {np.median(held):g}{none}."
        )
        return finish(figure, "classes-all", ("All classes", caption, caption))


def _ranks(axes: Axes, held: NDArray[np.int64]) -> None:
    """Clips of each class, the largest first; a line where half of all clips are reached."""
    edges = np.arange(len(held) + 1)
    axes.stairs(held, edges, fill=True, color=PALE)
    axes.stairs(held, edges, color=BLUE, linewidth=1, baseline=None)
    half = int(np.searchsorted(np.cumsum(held), held.sum() / 2)) + 1
    axes.axvline(half, color=INK, linewidth=0.8)
    axes.annotate(
        f"half of the clips\nin {count(half, 'class')}", (half, 1),
        xycoords=("data", "axes fraction"), xytext=(3, 0), textcoords="offset points",
        va="top", fontsize=6,
    )  # fmt: skip
    axes.set_xlim(0, len(held))
    axes.set_ylim(0, held.max() * 1.4)
    plain(axes, "clips of each class", "rank of the class")


def _spread(axes: Axes, held: NDArray[np.int64]) -> None:
    """How many classes have how many clips."""
    edges = bins(held.astype(float), whole=True)
    axes.hist(held, edges.tolist(), color=BLUE, rwidth=0.86)
    middle = float(np.median(held))
    plain(axes, "number of classes", "clips in the class")
    median(axes, middle, f"median {middle:g}")
