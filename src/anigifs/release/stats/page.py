"""The statistics of a release as one self-contained page: it loads nothing and runs nothing."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from anigifs.release.stats.distributions import summary
from anigifs.release.stats.draw import VARIABLES, Drawn, many, short
from anigifs.release.stats.table import HEADS, Dataset
from anigifs.release.stats.words import reason

if TYPE_CHECKING:
    from anigifs.release.stats.examples import Pair
    from anigifs.release.stats.story import Story


def render(
    story: Story, drawn: Sequence[Drawn], rows: Sequence[Dataset], shown: Sequence[Pair]
) -> str:
    """The page as text; every text from outside is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("anigifs.release.stats"), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"raw": Markup, "reason": reason}
    return environment.get_template("stats.html.j2").render(
        story=story,
        figures=[(figure, inline(figure)) for figure in drawn],
        heads=HEADS,
        rows=rows,
        shown=[one for pair in shown for one in pair],
        keys=_keys(story),
    )


def inline(figure: Drawn) -> str:
    """The figure for the page: its colours follow the theme, its ids are its own."""
    text = figure.svg[figure.svg.index("<svg") :]
    for colour, variable in VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    name = f"f{zlib.crc32(text.encode()):08x}"
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    label = escape(f"{figure.title}. {figure.says}", quote=True)
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _keys(story: Story) -> list[tuple[str, str]]:
    """The few numbers on top: value and what it counts."""
    labels = {each.label for each in story.facts} - {""}
    found: list[tuple[str, Any]] = [
        (many(len(story.facts)), "clip" if len(story.facts) == 1 else "clips"),
        (many(len(labels)), "class" if len(labels) == 1 else "classes"),
    ]
    known = summary(story.facts)
    for name, unit, what in (
        ("frames", "", "frames, median"),
        ("duration_s", "\u2009s", "duration, median"),
        ("short_side_px", "\u2009px", "short side, median"),
    ):
        if name in known:
            found.append((f"{short(known[name]['median'])}{unit}", what))
    return found
