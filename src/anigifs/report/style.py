"""How our figures look: one palette for light, dark and print, and SVG that follows the page.

Figures are drawn in placeholder colours; `to_svg` turns each into a CSS variable of the page, so
one drawing serves the light and the dark theme. The colours differ in hue and in lightness and
stay apart for colour-blind readers (after Okabe & Ito 2008).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, SOFT, LINE, PAPER = "#010203", "#010204", "#010205", "#010206"
SERIES = ("#010211", "#010212", "#010213", "#010214", "#010215", "#010216")
VARIABLES = {
    INK: "--ink",
    SOFT: "--soft",
    LINE: "--line",
    PAPER: "--paper",
    **{colour: f"--series-{at}" for at, colour in enumerate(SERIES, 1)},
}
RC: Any = {
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "anigifs",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.facecolor": "none",
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.labelcolor": INK,
}


def series(at: int) -> str:
    """The colour of the series number `at`, from 0; they repeat after six."""
    return SERIES[at % len(SERIES)]


@contextmanager
def drawing(width_in: float, height_in: float) -> Iterator[Figure]:
    """A figure in the house style, without any window or global state left behind."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(RC):
        yield Figure(figsize=(width_in, height_in), layout="constrained")


def to_svg(figure: Figure, says: str) -> str:
    """The figure as an `<svg>` element whose colours are the page's CSS variables.

    says: the text alternative, in plain words. Every id begins with a hash of the figure, so
    that several can stand in one page.
    """
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = out.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    for colour, variable in VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    name = f"f{zlib.crc32(text.encode()):08x}"
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    text = re.sub(r"font: ([\d.]+)px '[^']*'[^;\"]*", r"font-size: \1px", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(says, quote=True)}" ', 1)
