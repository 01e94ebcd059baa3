"""The parts of a page that are drawn from runs: classes, confusion, curves, what ran."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from anigifs.core.runs import RunFolder
from anigifs.evaluate.metrics import chance
from anigifs.report import figures
from anigifs.report.classwise import Mistake, by_class, confusion_shares, mistakes
from anigifs.report.collect import Collection, Row
from anigifs.report.style import series
from anigifs.report.tables import Table
from anigifs.report.text import words

MOST_CLASSES = 30
"""With more classes than this, only the largest drops and confusions are shown."""
MOST_MISTAKES = 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure as SVG, drawn for a page and again for a phone."""

    wide: str
    narrow: str


@dataclass(frozen=True, slots=True)
class Confusion:
    """A set's confusion as SVG."""

    set_name: str
    svg: str


@dataclass(frozen=True, slots=True)
class ClassPanel:
    """One method, class by class, on the source and the headline's set."""

    method: str
    title: str
    bars: Drawing
    confusions: tuple[Confusion, ...]
    mistakes: tuple[Mistake, ...]
    target: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run: its name, its config as TOML, its environment as JSON, what a search found."""

    name: str
    config: str
    environment: str
    tuples: tuple[FoundTuple, ...]


@dataclass(frozen=True, slots=True)
class FoundTuple:
    """What a worst-case search found: at which step, how bad it was then, the edits as text."""

    step: int
    score: float
    edits: str


def twice(draw: Callable[[float], str | None]) -> Drawing | None:
    """A figure at both widths; None where there is nothing to draw."""
    wide, narrow = draw(figures.WIDE), draw(figures.NARROW)
    return Drawing(wide, narrow) if wide and narrow else None


def class_panel(row: Row, table: Table) -> ClassPanel:
    """Bars, confusion and the commonest mistakes of one method."""
    pair = [name for name in dict.fromkeys((table.source, table.target)) if name in row.sets]
    names = pair or list(row.sets)[:1]
    target = names[-1]
    count = len(confusion_shares(row.sets[target])[0])
    drawn = names if count <= MOST_CLASSES else []
    title, bars = _bars(row, table, names)
    return ClassPanel(
        method=row.method,
        title=title,
        bars=bars,
        confusions=tuple(Confusion(name, _confusion(row, table, name)) for name in drawn),
        mistakes=tuple(mistakes(row.sets[target], MOST_MISTAKES)),
        target=target,
    )


def curves(found: Collection) -> Drawing | None:
    """Learning curves of all runs; None where none were logged."""
    runs = [(row.method, run) for row in found.rows for run in row.runs]
    return twice(lambda width: figures.curves(runs, width))


def run_facts(found: Collection) -> list[RunFacts]:
    """What each run was asked for and made with, as it stands in its folder."""
    return [
        RunFacts(
            run.name,
            run.config_file.read_text("utf-8"),
            json.dumps(run.environment(), indent=2, ensure_ascii=False),
            _tuples(run),
        )
        for row in found.rows
        for run in row.runs
    ]


def _tuples(run: RunFolder) -> tuple[FoundTuple, ...]:
    file = run.searched_file
    facts = json.loads(file.read_text("utf-8")) if file.exists() else []
    return tuple(FoundTuple(one["step"], one["score"], words(one["edits"])) for one in facts)


def _bars(row: Row, table: Table, names: list[str]) -> tuple[str, Drawing]:
    facts = by_class({name: row.sets[name] for name in names})
    total = len(facts.classes)
    facts = facts.largest_drops(names[0], names[-1], MOST_CLASSES)
    bars = {name: (_colour(table, name), facts.sets[name]) for name in names}
    level = chance(total)
    drawing = twice(lambda width: figures.classes(facts.classes, bars, level, width))
    assert drawing is not None
    if len(names) == 1:
        return f"Accuracy by class on {names[0]}", drawing
    shown = "" if total <= MOST_CLASSES else f", the {MOST_CLASSES} of {total} that lose most"
    return f"Classes, those that lose most from {names[0]} to {names[-1]} first{shown}", drawing


def _confusion(row: Row, table: Table, name: str) -> str:
    classes, shares, _ = confusion_shares(row.sets[name])
    return figures.confusion(classes, shares, _colour(table, name))


def _colour(table: Table, name: str) -> str:
    return series(table.sets.index(name))
