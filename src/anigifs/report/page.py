"""One self-contained HTML page of a study: the answer first, then what it rests on.

The page loads nothing and runs nothing: figures are inline SVG, clips are data URLs, and its
content security policy forbids everything else. All text from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anigifs.core import files
from anigifs.core.records import Problem
from anigifs.evaluate.compare import ORACLE
from anigifs.report import figures, looking
from anigifs.report.against import against_figure
from anigifs.report.answer import answer
from anigifs.report.collect import Collection
from anigifs.report.factors import NARROW_COLUMNS, factor_figure
from anigifs.report.looking import lookings
from anigifs.report.panels import Drawing, class_panel, curves, run_facts, twice
from anigifs.report.samples import Playing, Sample, play
from anigifs.report.story import Story
from anigifs.report.style import VARIABLES, series
from anigifs.report.tables import Table, TableRow
from anigifs.report.text import (
    bounds,
    captions,
    columns,
    corrected,
    count,
    heads,
    lines,
    oracle,
    percent,
    precision,
    where,
)


def write_page(
    path: Path,
    found: Collection,
    table: Table,
    title: str,
    samples: Sequence[Sample] = (),
    story: Story | None = None,
) -> list[Problem]:
    """Write the page atomically; the samples that could not be shown are returned."""
    playing, problems = play(samples)
    files.write_text(path, render(found, table, title, playing, story))
    return problems


def render(
    found: Collection,
    table: Table,
    title: str,
    playing: Sequence[Playing] = (),
    story: Story | None = None,
) -> str:
    """The page as text: the same runs give the same page, byte for byte."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("anigifs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "bounds": bounds, "heads": heads}
    environment.filters |= {"oracle": oracle, "precision": precision, "raw": Markup}
    environment.filters |= {"where": where, "corrected": corrected}
    rows = {row.method: row for row in found.rows}
    return environment.get_template("page.html.j2").render(
        title=title,
        story=story,
        count=count,
        answer=answer(table),
        table=table,
        seeds={row.method: _seeds(row) for row in table.rows},
        oracle=any(score.selection == ORACLE for score in table.scores),
        first={name: _first_score(table, name) for name in table.sets},
        colours={name: VARIABLES[series(at)] for at, name in enumerate(table.sets)},
        columns=columns(table),
        lines=list(lines(table)),
        captions=captions(table),
        comparisons=table.comparisons,
        against=twice(lambda width: against_figure(table, width)),
        accuracy=twice(lambda width: figures.accuracy(table, width)),
        factors=_factors(table),
        panels=[class_panel(rows[row.method], table) for row in table.rows],
        curves=curves(found),
        samples=_by_domain(playing),
        lookings=lookings(found, table.baseline),
        looking_captions=looking.captions,
        runs=run_facts(found),
    )


def _factors(table: Table) -> Drawing | None:
    wide = factor_figure(table, figures.WIDE, min(len(table.rows), 5))
    narrow = factor_figure(table, figures.NARROW, NARROW_COLUMNS)
    return Drawing(wide, narrow) if wide and narrow else None


def _seeds(row: TableRow) -> int:
    return max(len(cell.score.seeds) for cell in row.cells.values())


def _first_score(table: Table, name: str) -> object:
    return next(row.cells[name].score for row in table.rows if name in row.cells)


def _by_domain(playing: Sequence[Playing]) -> dict[str, list[Playing]]:
    domains = dict.fromkeys(one.domain for one in playing)
    return {domain: [one for one in playing if one.domain == domain] for domain in domains}
