"""Losses over time as a picture: training's, and that of every tuple the search found."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from anigifs.explore.gap_figure import COLOURS, RULE, SOFT, STYLE

Points = Sequence[tuple[int, float]]


def loss_chart(training: Points, found: Points, fitness: str, width_px: int) -> Image.Image:
    """The chart, `width_px` wide.

    training: (step, loss). found: (step, fitness) of each tuple when it was found.
    fitness: "loss"; of anything else the training loss is not drawn beside it.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width_px / 100, 2.6), dpi=100, layout="constrained")
        axes = figure.add_subplot()
        if training and fitness == "loss":
            axes.plot(*zip(*training, strict=True), color=COLOURS[0], lw=1.6, label="training")
        axes.plot(
            *zip(*found, strict=True), "o-", color=COLOURS[1], lw=1, ms=6, label="the tuple found"
        )
        axes.set_xlabel("step", loc="left")
        axes.set_title(f"{fitness} over time", loc="left", fontsize=10, fontweight="bold")
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", color=RULE)
        axes.set_axisbelow(True)
        axes.tick_params(colors=SOFT, length=0)
        figure.legend(frameon=False, loc="outside upper right", ncols=2)
        out = io.BytesIO()
        figure.savefig(out, format="png", facecolor="white")
    chart: Image.Image = Image.open(out).convert("RGB")
    return chart
