"""The table of a study: every score, gap and comparison, computed once from predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from anigifs.core.errors import ProtocolError, UnknownName
from anigifs.core.records import Domain
from anigifs.evaluate.compare import Comparison, compare, correct, gap
from anigifs.evaluate.resample import Estimate
from anigifs.evaluate.score import Score, score_runs
from anigifs.report.collect import Collection, Row, config_of
from anigifs.report.oracle import Oracle, oracle_of
from anigifs.report.published import Published
from anigifs.report.ranks import mean_ranks

BASELINE = "erm"


@dataclass(frozen=True, slots=True)
class Cell:
    """One method on one set.

    gap: top-1 on the source set minus top-1 here; None for the source.
    rank: mean place among the methods of the table on this set, 1 for the highest top-1.
    paper: what a paper printed for this method on this set.
    oracle: on the target, what choosing the checkpoint there would have given.
    """

    score: Score
    gap: Estimate | None
    rank: float | None = None
    paper: Published | None = None
    oracle: Oracle | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One method and its cells by set; a set that it was not measured on is absent.

    source: the set from which its gaps are counted; "" without one.
    """

    method: str
    cells: Mapping[str, Cell]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A study's numbers.

    source: the set of the training domain, from which the baseline's gaps are counted; "" without
        one. Methods that were trained on other domains count from their own.
    target: the set that the headline is about, see `headline_of`.
    baseline: the method that the others are compared with.
    comparisons: every other method with the baseline on every set, Holm-corrected in two
        families: the target's, for the number of methods, and all other sets' together.
    """

    rows: tuple[TableRow, ...]
    sets: tuple[str, ...]
    source: str
    target: str
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
    def has_paper(self) -> bool:
        """Whether a paper's figures stand beside any of ours."""
        return any(cell.paper for row in self.rows for cell in row.cells.values())

    @property
    def has_oracle(self) -> bool:
        """Whether the target was watched while any of the runs trained."""
        return any(cell.oracle for row in self.rows for cell in row.cells.values())

    @property
    def without_evidence(self) -> list[str]:
        """The methods with too few seeds for more than an illustration."""
        return [
            row.method for row in self.rows if not all(c.score.evidence for c in row.cells.values())
        ]


def headline_of(row: Row, found: Collection, source: str = "") -> str:
    """The set that a report is about: the first of animated GIFs, else the last but the source's.

    row: the baseline's, one of `found`. source: of the table, by default the row's own.
    """
    source = source or _own_source(row, found)
    others = [name for name in found.sets if name != source]
    drawn = [n for n in others if n in row.sets and row.sets[n][0].domain == Domain.ANIMATED_GIF]
    return (drawn or others[-1:] or [source])[0]


def build_table(
    found: Collection, source: str = "", baseline: str = "", published: Sequence[Published] = ()
) -> Table:
    """Score every row on every set.

    source: name of the set that gaps are counted from; by default the first set of a row's own
        config, or the only one of real video.
    baseline: name of a row; by default "erm", else the first.
    published: a paper's figures, to stand beside ours.

    Raises:
        UnknownName: `source` is no set, or `baseline` no row.
        ProtocolError: runs of a row were not measured alike.
    """
    _known("set", source, found.sets)
    methods = [row.method for row in found.rows]
    baseline = _known("method", baseline, methods) or _default_baseline(methods)
    rows = sorted(found.rows, key=lambda row: row.method != baseline)
    notes = list(found.notes)
    target = headline_of(rows[0], found, source)
    comparisons = _comparisons(rows, found.sets, target, notes)
    papers = {(p.method, p.set_name): p for p in published}
    beside = _Beside(_ranks(rows, found.sets), papers, target)
    made = [_table_row(row, found, source or _own_source(row, found), beside) for row in rows]
    return Table(
        rows=tuple(made),
        sets=found.sets,
        source=made[0].source,
        target=target,
        baseline=baseline,
        comparisons=tuple(comparisons),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside a cell's own numbers, by (method, set); `watched` is the oracle's set."""

    ranks: Mapping[tuple[str, str], float]
    papers: Mapping[tuple[str, str], Published]
    watched: str


def _known(kind: str, name: str, names: Sequence[str]) -> str:
    if name and name not in names:
        raise UnknownName(kind, name, names)
    return name


def _own_source(row: Row, found: Collection) -> str:
    """The first set of the row's own config; else of all runs; else the only one of real video."""
    if own := next((name for name in _own_sets(row) if name in row.sets), ""):
        return own
    if any(one.runs for one in found.rows):
        return found.sets[0]
    real = {
        name
        for one in found.rows
        for name, runs in one.sets.items()
        if runs[0].domain == Domain.REAL_VIDEO
    }
    return real.pop() if len(real) == 1 else ""


def _own_sets(row: Row) -> list[str]:
    """The sets of the row's own config, in its order: the source first, the target last."""
    return list(config_of(row.runs[0]).get("data", {}).get("test", {})) if row.runs else []


def _default_baseline(methods: Sequence[str]) -> str:
    return BASELINE if BASELINE in methods else methods[0]


def _table_row(row: Row, found: Collection, source: str, beside: _Beside) -> TableRow:
    from_source = row.sets.get(source, ())
    cells = {}
    for name in found.sets:
        if name in row.sets:
            lost = None if name == source or not from_source else gap(from_source, row.sets[name])
            key = (row.method, name)
            cells[name] = Cell(
                score=score_runs(row.sets[name]),
                gap=lost,
                rank=beside.ranks.get(key),
                paper=beside.papers.get(key),
                oracle=oracle_of(row.runs) if name == beside.watched else None,
            )
    return TableRow(row.method, cells, source)


def _ranks(rows: Sequence[Row], sets: Sequence[str]) -> dict[tuple[str, str], float]:
    return {
        (method, name): rank
        for name in sets
        for method, rank in mean_ranks(
            {row.method: row.sets[name] for row in rows if name in row.sets}
        ).items()
    }


def _comparisons(
    rows: Sequence[Row], sets: Sequence[str], target: str, notes: list[str]
) -> list[Comparison]:
    """Others with the first row on every set, corrected."""
    return correct([one for name in sets for one in _on_set(rows, name, notes)], target)


def _on_set(rows: Sequence[Row], name: str, notes: list[str]) -> list[Comparison]:
    """Others with the first row on one set; a pair that cannot be compared is noted, not fatal."""
    found = []
    for row in rows[1:]:
        if name in row.sets and name in rows[0].sets:
            try:
                one = compare(row.sets[name], rows[0].sets[name])
            except ProtocolError as error:
                notes.append(f"not compared: {error}")
                continue
            found.append(replace(one, a=row.method, b=rows[0].method))
    return found
