"""How the figures of a release look, and their bytes: the same facts give the same files.

A figure is 3.3 inches wide, one column of a paper, with text of 6 to 7 points. Numbers stand at
what they measure, so that axes and grids can go. Blue and orange differ in hue and in lightness
(after Okabe and Ito 2008) and always come with a word or a sign.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, WIDE_IN = 3.3, 6.9
"""One column of a paper, and two."""
DPI = 300
INK, SOFT, LINE, PAPER = "#1b1f24", "#5f6773", "#d5dae1", "#ffffff"
BLUE, PALE, ORANGE = "#2f6fb0", "#a9c8e6", "#c4570a"
VARIABLES = {
    INK: "--ink", SOFT: "--soft", LINE: "--line", PAPER: "--paper", BLUE: "--blue",
    PALE: "--pale", ORANGE: "--orange",
}  # fmt: skip
"""What each colour is called on the page, where it follows the reader's theme."""
STYLE: Any = {
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "anigifs",
    "font.family": "DejaVu Sans",
    "font.size": 6.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.linewidth": 0.7,
    "axes.labelcolor": SOFT,
    "axes.labelsize": 6.5,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 6,
    "ytick.labelsize": 6,
    "xtick.major.size": 2,
    "xtick.major.width": 0.7,
    "xtick.major.pad": 2,
    "ytick.major.size": 0,
    "ytick.major.pad": 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One figure. name: of its files. says: its text alternative, in plain words."""

    name: str
    title: str
    caption: str
    says: str
    svg: str
    png: bytes
    wide: bool = False


@contextmanager
def canvas(width_in: float, height_in: float) -> Iterator[Figure]:
    """A figure in this style, without any window or global state left behind."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        yield Figure(figsize=(width_in, height_in))


def finish(figure: Figure, name: str, words: Sequence[str]) -> Drawn:
    """The figure's files. words: title, caption and text alternative."""
    title, caption, says = words
    picture, drawing = io.BytesIO(), io.StringIO()
    bare = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(drawing, format="svg", metadata=bare)
    figure.savefig(picture, format="png", dpi=DPI, facecolor=PAPER, metadata={"Software": None})
    wide = bool(figure.get_figwidth() > WIDTH_IN)
    svg = re.sub(r"<metadata>.*?</metadata>\n?", "", drawing.getvalue(), flags=re.DOTALL)
    return Drawn(name=name, title=title, caption=caption, says=says, svg=svg,
                 png=picture.getvalue(), wide=wide)  # fmt: skip


def place(figure: Figure, inches: tuple[float, float, float, float]) -> Axes:
    """Axes at (left, top, width, height), measured in inches from the figure's upper left."""
    left, top, width, height = inches
    across, down = figure.get_size_inches()
    return figure.add_axes(
        (left / across, 1 - (top + height) / down, width / across, height / down)
    )


def many(value: float) -> str:
    """A count with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u2009")


def short(value: float) -> str:
    """A number in three digits at most: 0.012, 3.4, 27, 1 200."""
    if value == 0 or abs(value) >= 100:
        return many(value)
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"


def count(number: int, noun: str) -> str:
    """`1 clip`, `2 clips`, `2 classes`."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{many(number)} {noun if number == 1 else plural}"


def cut(text: str, length: int) -> str:
    """The text, ended with '…' where it is longer; without line breaks."""
    plain = " ".join(text.split())
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"
