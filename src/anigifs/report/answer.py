"""The one sentence that a report begins with, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from anigifs.evaluate.compare import ORACLE
from anigifs.evaluate.score import EVIDENCE_SEEDS, Score
from anigifs.report.against import summary
from anigifs.report.tables import Cell, Table
from anigifs.report.text import bounds, percent


@dataclass(frozen=True, slots=True)
class Answer:
    """The headline of a study.

    number, unit, what, interval: the gap, or the accuracy where there is no source set.
    sentence: the same in words, with what it is to be held against.
    sure: how many seeds and clips stand behind it, and what follows from that.
    against: which methods are shown to be better or worse there than the baseline.
    warnings: words that must stand beside the numbers, such as "simulated".
    """

    number: str
    unit: str
    what: str
    interval: str
    sentence: str
    sure: str
    against: str
    warnings: tuple[str, ...]


def answer(table: Table) -> Answer:
    """The headline: the baseline's gap on the table's target set."""
    row = table.rows[0]
    cell = row.cells.get(table.target) or next(iter(row.cells.values()))
    source = row.cells.get(table.source)
    lead, unit = (cell.gap, "points") if cell.gap else (cell.score.top1, "%")
    lost = "lost" if lead.value >= 0 else "gained"
    chosen = ", oracle selection: no result" if cell.score.selection == ORACLE else ""
    return Answer(
        number=percent(abs(lead.value)),
        unit=unit,
        what=(f"of top-1 {lost} from {table.source} to {table.target}" if cell.gap else "top-1")
        + chosen,
        interval=bounds(lead if lead.value >= 0 else lead.negated),
        sentence=_sentence(row.method, cell, source),
        sure=_sure(cell.score),
        against=summary(table),
        warnings=_warnings(table, cell.score),
    )


def _sentence(method: str, cell: Cell, source: Cell | None) -> str:
    score = cell.score
    here = f"On {score.set_name}, {method} is right for {percent(score.top1.value)} % of the clips"
    chance = f"Chance is {percent(score.chance_top1)} %."
    if cell.gap is None or source is None:
        return f"{here}. {chance}"
    there = f"on {source.score.set_name}, for {percent(source.score.top1.value)} %"
    doubt = "" if cell.gap.clear_of_zero else " The interval of the gap includes 0."
    return f"{here}; {there}. {chance}{doubt}"


def _sure(score: Score) -> str:
    measured = f"{score.clips} clips of {score.groups} sources"
    if len(score.seeds) == 1:
        text = (
            f"One run a method on {measured}. The interval covers which clips were drawn, not the "
            "luck of training"
        )
    else:
        text = f"{len(score.seeds)} seeds on {measured}. The interval covers the draw of both"
    if score.evidence:
        return f"{text}."
    return f"{text}: an illustration, not evidence, which takes {EVIDENCE_SEEDS} seeds."


def _warnings(table: Table, score: Score) -> tuple[str, ...]:
    scores = table.scores
    warnings = []
    if not score.evidence:
        warnings.append("illustration, not evidence")
    if any(one.simulated for one in scores):
        warnings.append("simulated data")
    if any(one.selection == ORACLE for one in scores):
        warnings.append("oracle selection")
    return tuple(warnings)
