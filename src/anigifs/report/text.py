"""The table as text: how numbers are written, what must stand beside them, the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from anigifs.evaluate.compare import AIM, VERDICT_SEEDS, Comparison
from anigifs.evaluate.resample import Estimate
from anigifs.evaluate.score import EVIDENCE_SEEDS, Score
from anigifs.report.tables import Cell, Table

COLUMNS = (
    "set",
    "method",
    "top-1 %",
    "top-5 %",
    "macro %",
    "gap, points",
    "rank",
    "chance %",
    "majority %",
    "classes",
    "clips/groups",
    "seeds",
    "selection",
)

PAPER_SAID = (
    "Paper: the figures that the paper printed, one run each, on its own data and checkpoints; "
    "they were not measured here."
)
PAPER_COLUMNS = ("paper: top-1 %", "paper: top-5 %")
ORACLE_SAID = (
    "Oracle: what would have been possible. Top-1 on watched clips of the target at the validation "
    "where it was highest, and in brackets what that is above the checkpoint that counts, in "
    "points. An upper bound, and no result: the clips that choose are those that are scored."
)
ORACLE_COLUMNS = ("oracle %",)


def columns(table: Table) -> tuple[str, ...]:
    """The table's columns; an oracle's and a paper's own stand last, where there are any."""
    watched = ORACLE_COLUMNS if table.has_oracle else ()
    return (*COLUMNS, *watched, *(PAPER_COLUMNS if table.has_paper else ()))


def percent(value: float) -> str:
    """A share as a number of percent with one decimal, with a true minus."""
    return f"{100 * value:.1f}".replace("-", "−") if abs(value) >= 0.0005 else "0.0"


def count(number: int, noun: str) -> str:
    """`1 clip`, `2 clips`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def bounds(found: Estimate) -> str:
    """The interval in percent, `[26.0, 36.8]`; `[–]` where there is none."""
    if found.bounds is None:
        return "[–]"
    low, high = found.bounds
    return f"[{percent(low)}, {percent(high)}]"


def interval(found: Estimate | None, lead: str = "") -> str:
    """Value and interval in percent, such as `31.2 [26.0, 36.8]`; `–` for None."""
    return "–" if found is None else f"{lead}{percent(found.value)} {bounds(found)}"


def rank(cell: Cell) -> str:
    """The mean place, such as `1.3`; `–` where there is none."""
    return "–" if cell.rank is None else f"{cell.rank:.1f}"


def words(edits: Sequence[tuple[str, float | None]]) -> str:
    """A tuple of edits as text: `brightness 1.2, grayscale`."""
    return ", ".join(op if level is None else f"{op} {level:.3g}" for op, level in edits)


def oracle(cell: Cell) -> str:
    """Such as `67.1 (+2.1)`; `–` where the target was not watched."""
    found = cell.oracle
    return "–" if found is None else f"{percent(found.best)} (+{percent(found.gain)})"


def set_title(score: Score) -> str:
    """The set's name, and that it is simulated if it is."""
    return _titled(score.set_name, score.simulated)


def _titled(name: str, simulated: bool) -> str:
    return f"{name} (simulated)" if simulated else name


def seeds(score: Score) -> str:
    """How many seeds, with the standard error of top-1 over them; one is "this run only"."""
    if score.seed_error is None:
        return "1, this run only"
    return f"{len(score.seeds)}, s.e. {percent(score.seed_error)}"


def heads(score: Score) -> str:
    """Classes that compete, of how many in the head, and how many have clips."""
    text = str(score.head)
    if score.full_head != score.head:
        text += f" of {score.full_head}"
    return f"{text}, {score.classes_present} seen" if score.classes_present < score.head else text


def lines(table: Table) -> Iterator[dict[str, str]]:
    """One line a set and method, as text by column."""
    for name in table.sets:
        for row in table.rows:
            if name in row.cells:
                yield _line(row.method, row.cells[name])


def captions(table: Table) -> list[str]:
    """What must be read with the numbers, a sentence each."""
    scores = table.scores
    said = [
        "Intervals are 95 %: over seeds and source groups of clips (two-level bootstrap), or, for "
        "a single seed, over groups of clips of this run only."
    ]
    if weak := table.without_evidence:
        fewer = f"fewer than {EVIDENCE_SEEDS} seeds"
        said.insert(0, f"Illustration, not evidence, with {fewer}: {', '.join(weak)}.")
    if any(score.simulated for score in scores):
        said.append(
            "Simulated sets are drawn by a program; their numbers say nothing of real GIFs."
        )
    if any(score.selection == "oracle" for score in scores):
        said.append("Oracle selection: the checkpoint was chosen on the test set; no result.")
    if table.source:
        said.append(f"Gap: top-1 on {_sources(table)} minus top-1 here, on the classes of both.")
    if any(cell.rank for row in table.rows for cell in row.cells.values()):
        said.append("Rank: mean place among the methods over their common seeds, 1 the highest.")
    if any(score.seed_error is not None for score in scores):
        said.append("± or s.e.: the standard error of top-1 over seeds.")
    if table.has_oracle:
        said.append(ORACLE_SAID)
    if table.has_paper:
        said.append(PAPER_SAID)
    said += [text for score in scores if (text := _losses(score))]
    return [*dict.fromkeys(said), *table.notes]


def comparison_text(one: Comparison) -> str:
    """One comparison as a sentence."""
    p = corrected(one)
    return (
        f"{one.a} against {one.b} on {where(one)}: {interval(one.difference)} points of top-1, "
        f"{count(len(one.seeds), 'common seed')}"
        f"{p and f', p = {p} after Holm'}: {one.verdict}{precision(one, '; ')}"
    )


def where(one: Comparison) -> str:
    """The set, and that it is simulated if it is."""
    return _titled(one.set_name, one.simulated)


def corrected(one: Comparison) -> str:
    """Holm's p and for how many comparisons, such as `0.115 (of 7)`; "" without one."""
    return "" if one.p_holm is None else f"{one.p_holm:.3f} (of {one.family})"


def precision(one: Comparison, lead: str = "") -> str:
    """How narrow it is, and how many seeds the aim takes: `±4.1, about 10 seeds for ±3`.

    "" for two single runs, whose interval does not cover the luck of training.
    """
    if one.half_width is None or len(one.seeds) < 2:
        return ""
    text = f"{lead}±{percent(one.half_width)}"
    if one.half_width <= AIM or len(one.seeds) < VERDICT_SEEDS:
        return text
    needed = f"about {one.seeds_for_aim} seeds" if one.seeds_for_aim else "more clips"
    return f"{text}, {needed} for ±{100 * AIM:.0f}"


def as_rich(table: Table) -> list[RichTable]:
    """For a terminal of 80 columns: a small table a set, intervals below their numbers."""
    return [
        _set_table(name, [(row.method, row.cells[name]) for row in table.rows if name in row.cells])
        for name in table.sets
    ]


def show(table: Table, console: Console) -> None:
    """Print the table, what must be read with it, and the comparisons."""
    for one in as_rich(table):
        console.print(one)
        console.print()
    for said in [*captions(table), *(f"{comparison_text(one)}." for one in table.comparisons)]:
        console.print(said, markup=False, highlight=False, style="dim")


def _line(method: str, cell: Cell) -> dict[str, str]:
    score = cell.score
    chooser = " (oracle)" if score.selection == "oracle" else ""
    texts = (
        set_title(score),
        method + chooser,
        interval(score.top1),
        interval(score.top5),
        interval(score.macro),
        interval(cell.gap),
        rank(cell),
        percent(score.chance_top1),
        percent(score.majority_top1),
        heads(score),
        f"{score.clips}/{score.groups}",
        seeds(score),
        score.selection,
    )
    paper = ("–", "–")
    if cell.paper:
        paper = (f"{100 * cell.paper.top1:.2f}", f"{100 * cell.paper.top5:.2f}")
    names = (*COLUMNS, *ORACLE_COLUMNS, *PAPER_COLUMNS)
    return dict(zip(names, (*texts, oracle(cell), *paper), strict=True))


def _sources(table: Table) -> str:
    own = {row.method: row.source for row in table.rows}
    if len({*own.values()}) == 1:
        return table.source
    return "the method's own source (" + ", ".join(f"{m}: {s}" for m, s in own.items()) + ")"


def _set_table(name: str, cells: Sequence[tuple[str, Cell]]) -> RichTable:
    first = cells[0][1].score
    title = (
        f"{set_title(first)}\n{count(first.clips, 'clip')} of {count(first.groups, 'source')}, "
        f"{heads(first)} classes, chance {percent(first.chance_top1)} %, "
        f"majority {percent(first.majority_top1)} %"
    )
    shown = RichTable(
        title=escape(title), title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    shown.add_column("method")
    for column in ("top-1 %", "top-5 %", "macro %", "gap, points"):
        shown.add_column(column, no_wrap=True)
    watched = any(cell.oracle for _, cell in cells)
    if watched:
        shown.add_column("oracle %")
    if any(cell.paper for _, cell in cells):
        shown.add_column("paper: 1, 5")
    for method, cell in cells:
        score = cell.score
        who = f"{method}\n{count(len(score.seeds), 'seed')}, {score.selection}"
        if score.head != first.head:
            who += f"\n{heads(score)} classes, chance {percent(score.chance_top1)} %"
        found = [_stacked(one) for one in (score.top1, score.top5, score.macro, cell.gap)]
        found[0] = _first(cell)
        found += [oracle(cell).replace(" ", "\n")] if watched else []
        shown.add_row(*map(escape, (who, *found)), *_from_paper(cell))
    return shown


def _from_paper(cell: Cell) -> tuple[str, ...]:
    return (f"{100 * cell.paper.top1:.2f}\n{100 * cell.paper.top5:.2f}",) if cell.paper else ()


def _stacked(found: Estimate | None) -> str:
    return "–" if found is None else f"{percent(found.value)}\n{bounds(found)}"


def _first(cell: Cell) -> str:
    """Top-1 with its standard error over seeds, the interval and the rank, a line each."""
    error = cell.score.seed_error
    value, limits = _stacked(cell.score.top1).split("\n")
    if error is not None:
        value += f" ±{percent(error)}"
    return "\n".join([value, limits, *([f"rank {rank(cell)}"] if cell.rank else [])])


def _losses(score: Score) -> str:
    parts = []
    if score.rule != "exact":
        parts.append(f"classes: {score.rule}")
    if score.outside:
        parts.append(f"{count(score.outside, 'clip')} left out: the head lacks their class")
    if score.problems:
        parts.append(f"{count(score.problems, 'clip')} could not be used")
    return f"{score.set_name}: {'; '.join(parts)}." if parts else ""
