"""Everything that the statistics of a release are drawn from, and the files that they become."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from anigifs.catalog import Stages
from anigifs.core import files
from anigifs.core.records import Domain
from anigifs.release.cells import guarded
from anigifs.release.stats import table
from anigifs.release.stats.agreement import agreement
from anigifs.release.stats.classes import all_classes, most_frequent, ranked
from anigifs.release.stats.distributions import distributions, summary
from anigifs.release.stats.draw import Drawn
from anigifs.release.stats.examples import Example, Pair, examples
from anigifs.release.stats.facts import ClipFacts
from anigifs.release.stats.funnel import funnel
from anigifs.release.stats.page import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A dataset, as its figures see it.

    classes: in the dataset's own order, those without clips included.
    funnel, agreement, pairs, blobs: what only the workspace knows; absent, nothing is drawn.
    """

    name: str
    version: str
    domain: Domain
    simulated: bool
    classes: tuple[str, ...]
    facts: Sequence[ClipFacts]
    funnel: Stages | None = None
    agreement: Mapping[str, Any] = field(default_factory=dict)
    pairs: Sequence[Pair] = ()
    blobs: Path = Path()


def write(story: Story, out: Path) -> list[str]:
    """Write every figure as PNG and SVG, the tables, the numbers, and `index.html` last.

    Returns: the names of the files, sorted. The same story gives the same bytes.
    """
    drawn, shown = draw(story)
    for figure in drawn:
        files.write_bytes(out / f"{figure.name}.png", figure.png)
        files.write_text(out / f"{figure.name}.svg", figure.svg)
    rows = beside(story)
    files.write_text(out / "table1.csv", _csv(table.as_csv(rows)))
    files.write_text(out / "table1.tex", table.as_tex(rows))
    told = [f"{figure.name}.{kind}" for figure in drawn for kind in ("png", "svg")]
    if shown:
        files.write_text(out / "examples.csv", _csv(_credits(shown)))
        told.append("examples.csv")
    files.write_json(out / "stats.json", numbers(story))
    files.write_text(out / "index.html", render(story, drawn, rows, shown))
    return sorted([*told, "index.html", "stats.json", "table1.csv", "table1.tex"])


def draw(story: Story) -> tuple[list[Drawn], list[Pair]]:
    """Every figure that the story has facts for, and the examples that are shown."""
    classes = ranked(story.facts, story.classes)
    picture, shown = examples(story.pairs, story.blobs)
    found = [
        most_frequent(classes),
        all_classes(classes),
        distributions(story.facts),
        picture,
        funnel(story.funnel) if story.funnel else None,
        agreement(story.agreement),
    ]
    return [figure for figure in found if figure], shown


def beside(story: Story) -> list[table.Dataset]:
    """Table 1, this dataset in its last row."""
    held = sum(number > 0 for _, number in ranked(story.facts, story.classes))
    name = f"{story.name} {story.version}".strip()
    mine = table.own(name, story.domain, story.simulated, (held, len(story.facts)))
    return [*table.known(), mine]


def numbers(story: Story) -> dict[str, Any]:
    """What the figures show, as plain values."""
    classes = ranked(story.facts, story.classes)
    return {
        "name": story.name,
        "version": story.version,
        "domain": story.domain.value,
        "simulated": story.simulated,
        "clips": len(story.facts),
        "classes": dict(classes),
        "clip_facts": summary(story.facts),
    }


def _credits(pairs: Sequence[Pair]) -> list[list[str]]:
    names = [each.name for each in fields(Example)]
    rows = ([guarded(str(getattr(one, name))) for name in names] for pair in pairs for one in pair)
    return [names, *rows]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
