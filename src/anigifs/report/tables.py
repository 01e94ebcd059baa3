"""The table of a study: every score, gap and comparison, computed once from predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from anigifs.core.errors import ProtocolError, UnknownName
from anigifs.core.records import Domain
from anigifs.evaluate.compare import Comparison, compare, correct, gap
from anigifs.evaluate.resample import Estimate
from anigifs.evaluate.score import Score, score_runs
from anigifs.report.collect import Collection, Row

BASELINE = "erm"


@dataclass(frozen=True, slots=True)
class Cell:
    """One method on one set. gap: top-1 on the source set minus top-1 here; None for the source."""

    score: Score
    gap: Estimate | None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One method and its cells by set; a set that it was not measured on is absent."""

    method: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A study's numbers.

    source: the set of the training domain, from which gaps are counted; "" without one.
    baseline: the method that the others are compared with.
    comparisons: every other method with the baseline on every set, Holm-corrected together.
    """

    rows: tuple[TableRow, ...]
    sets: tuple[str, ...]
    source: str
    baseline: str
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...]

    @property
    def scores(self) -> list[Score]:
        """Every score, row by row."""
        return [
            row.cells[name].score for row in self.rows for name in self.sets if name in row.cells
        ]

    @property
    def without_evidence(self) -> list[str]:
        """The methods with too few seeds for more than an illustration."""
        return [
            row.method for row in self.rows if not all(c.score.evidence for c in row.cells.values())
        ]

    @property
    def target(self) -> str:
        """The set that the headline is about: the first of animated GIFs, else the last."""
        others = [name for name in self.sets if name != self.source]
        first = self.rows[0].cells
        drawn = [n for n in others if n in first and first[n].score.domain == Domain.ANIMATED_GIF]
        return (drawn or others[-1:] or [self.source])[0]


def build_table(found: Collection, source: str = "", baseline: str = "") -> Table:
    """Score every row on every set.

    source: name of the set that gaps are counted from; by default the first set of the runs'
        configs, or the only one of real video.
    baseline: name of a row; by default "erm", else the first.

    Raises:
        UnknownName: `source` is no set, or `baseline` no row.
        ProtocolError: runs of a row were not measured alike.
    """
    source = _known("set", source, found.sets) or _default_source(found)
    methods = [row.method for row in found.rows]
    baseline = _known("method", baseline, methods) or _default_baseline(methods)
    rows = sorted(found.rows, key=lambda row: row.method != baseline)
    notes = list(found.notes)
    comparisons = _comparisons(rows, found.sets, notes)
    return Table(
        rows=tuple(TableRow(row.method, _cells(row, found.sets, source)) for row in rows),
        sets=found.sets,
        source=source,
        baseline=baseline,
        comparisons=tuple(comparisons),
        notes=tuple(notes),
    )


def _known(kind: str, name: str, names: Sequence[str]) -> str:
    if name and name not in names:
        raise UnknownName(kind, name, names)
    return name


def _default_source(found: Collection) -> str:
    if any(row.runs for row in found.rows):
        return found.sets[0]
    real = {
        name
        for row in found.rows
        for name, runs in row.sets.items()
        if runs[0].domain == Domain.REAL_VIDEO
    }
    return real.pop() if len(real) == 1 else ""


def _default_baseline(methods: Sequence[str]) -> str:
    return BASELINE if BASELINE in methods else methods[0]


def _cells(row: Row, sets: Sequence[str], source: str) -> dict[str, Cell]:
    from_source = row.sets.get(source, ())
    cells = {}
    for name in sets:
        if name in row.sets:
            lost = None if name == source or not from_source else gap(from_source, row.sets[name])
            cells[name] = Cell(score_runs(row.sets[name]), lost)
    return cells


def _comparisons(rows: Sequence[Row], sets: Sequence[str], notes: list[str]) -> list[Comparison]:
    """Others with the first row; a pair that cannot be compared is noted, not fatal."""
    found = []
    for name in sets:
        for row in rows[1:]:
            if name in row.sets and name in rows[0].sets:
                try:
                    one = compare(row.sets[name], rows[0].sets[name])
                except ProtocolError as error:
                    notes.append(f"not compared: {error}")
                    continue
                found.append((row.method, one))
    corrected = correct([one for _, one in found])
    return [
        _renamed(one, method, rows[0].method)
        for (method, _), one in zip(found, corrected, strict=True)
    ]


def _renamed(comparison: Comparison, a: str, b: str) -> Comparison:
    return replace(comparison, a=a, b=b)
