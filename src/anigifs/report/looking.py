"""Where models look, as a table: each score with its interval, differences paired by clip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.markup import escape
from rich.table import Table as RichTable

from anigifs.core.errors import ProtocolError
from anigifs.evaluate.looks import SCORES, Looks, Mean, differ, look_sets, looks_file, read_looks
from anigifs.evaluate.looks import summarise as means
from anigifs.report.collect import Collection, Row
from anigifs.report.text import bounds, count, percent


@dataclass(frozen=True, slots=True)
class Asked:
    """A score in words: its name, what it is, and which way is better."""

    name: str
    what: str
    better: str


WORDS = {
    "peak-in-tube": Asked("peak in the box", "clips whose highest cell lies on the person", "high"),
    "energy-in-tube": Asked("energy in the box", "the map's positive part on the person", "high"),
    "tube": Asked("size of the box", "the energy of a map that is the same everywhere", ""),
    "deletion": Asked("deletion area", "probability left while the map's best goes", "low"),
    "insertion": Asked("insertion area", "probability while only the map's best is there", "high"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One score: of every method its mean, and how much it is above the first's, if it can be."""

    score: str
    means: tuple[Mean | None, ...]
    differences: tuple[Mean | None, ...]

    @property
    def words(self) -> Asked:
        """The score in words."""
        return WORDS[self.score]

    @property
    def clips(self) -> int:
        """How many clips every method has the score for."""
        return min((mean.clips for mean in self.means if mean), default=0)


@dataclass(frozen=True, slots=True)
class Looking:
    """Where methods look in one set.

    accuracy: the share of the looked-at clips that each method is right about.
    seeds, clips, groups: how much stands behind it.
    """

    set_name: str
    methods: tuple[str, ...]
    lines: tuple[Line, ...]
    accuracy: tuple[float, ...]
    seeds: int
    clips: int
    groups: int
    explained: str
    simulated: bool
    notes: tuple[str, ...] = ()


def looking(methods: Mapping[str, Sequence[Looks]]) -> Looking:
    """The table of some methods, each the runs of its seeds, on one set; the first is compared.

    Single runs are compared whatever their seeds are: the interval covers the clips alone.
    """
    runs = list(methods.values())
    first, lines, notes = runs[0], [], []
    found = [means(one) for one in runs]
    differences = []
    for name, other in list(methods.items())[1:]:
        try:
            differences.append(differ(_paired(other), _paired(first)))
        except ProtocolError as error:
            differences.append({})
            notes.append(f"{name} is not compared: {error}")
    for score in SCORES:
        if any(score in one for one in found):
            apart = (None, *(one.get(score) for one in differences))
            lines.append(Line(score, tuple(one.get(score) for one in found), apart))
    return Looking(
        set_name=first[0].set_name,
        methods=tuple(methods),
        lines=tuple(sorted(lines, key=lambda line: list(WORDS).index(line.score))),
        accuracy=tuple(_accuracy(one) for one in runs),
        seeds=min(map(len, runs)),
        clips=len(first[0].ids),
        groups=len(set(first[0].clusters)),
        explained=first[0].explained,
        simulated=first[0].simulated,
        notes=tuple(notes),
    )


def lookings(found: Collection, first: str = "") -> list[Looking]:
    """A table of every set that runs of the collection have looked at, from their folders.

    first: the method that others are compared with, where it has looked.
    """
    ordered = sorted(found.rows, key=lambda row: row.method != first)
    names = dict.fromkeys(n for row in found.rows for run in row.runs for n in look_sets(run))
    tables = []
    for name in names:
        rows = {row.method: looks for row in ordered if (looks := _looks(row, name))}
        if rows:
            question = next(iter(rows.values()))[0].question
            same = {n: looks for n, looks in rows.items() if looks[0].question == question}
            notes = [f"{n} is left out: it was asked otherwise" for n in rows if n not in same]
            table = looking(same)
            tables.append(replace(table, notes=(*table.notes, *notes)))
    return tables


def captions(found: Looking) -> list[str]:
    """What must be read with the numbers."""
    said = [
        f"{count(found.clips, 'clip')} of {count(found.groups, 'source')}; maps are of the "
        f"{'clip’s own' if found.explained == 'label' else 'predicted'} class. In percent, with "
        "95 % intervals over sources"
        + ("; this run only." if found.seeds == 1 else f" and {found.seeds} seeds.")
    ]
    if any(line.score == "tube" for line in found.lines):
        said.append(
            "A map that says the same everywhere has as much energy in the box as the box is large."
        )
    if found.simulated:
        said.append("Simulated clips: these numbers say nothing of real GIFs.")
    return [*said, *found.notes]


def as_rich(found: Looking) -> RichTable:
    """For a terminal."""
    shown = RichTable(title=escape(f"Where they look: {found.set_name}"), title_justify="left")
    shown.box, shown.pad_edge = None, False
    shown.add_column("score, %")
    for name in found.methods:
        shown.add_column(escape(name), no_wrap=True)
    for name in found.methods[1:]:
        shown.add_column(escape(f"{name} − {found.methods[0]}"), no_wrap=True)
    shown.add_column("n")
    shown.add_row("right answers", *(percent(value) for value in found.accuracy))
    for line in found.lines:
        shown.add_row(*map(escape, (_title(line), *_cells(line), str(line.clips))))
    return shown


def as_plain(found: Looking) -> Iterator[dict[str, Any]]:
    """One object a score and method, for JSON."""
    for line in found.lines:
        for method, mean, apart in zip(found.methods, line.means, line.differences, strict=True):
            yield {
                "set": found.set_name, "score": line.score, "method": method,
                **_numbers("", mean), **_numbers("difference_", apart),
                "clips": line.clips, "seeds": found.seeds,
            }  # fmt: skip


def _numbers(prefix: str, mean: Mean | None) -> dict[str, float | None]:
    one = mean.estimate if mean else None
    names = ("value", "low", "high")
    return {f"{prefix}{name}": getattr(one, name) if one else None for name in names}


def _cells(line: Line) -> Iterator[str]:
    for mean in (*line.means, *line.differences[1:]):
        yield f"{percent(mean.estimate.value)}\n{bounds(mean.estimate)}" if mean else "–"


def _title(line: Line) -> str:
    better = f" ({line.words.better} is better)" if line.words.better else ""
    return f"{line.words.name}{better}"


def _looks(row: Row, name: str) -> list[Looks]:
    """What all runs of the row keep of a set; nothing if one has none, or asked otherwise."""
    files = [looks_file(run, name) for run in row.runs]
    if not all(file.exists() for file in files):
        return []
    found = [read_looks(file) for file in files]
    return found if len({one.question for one in found}) == 1 else []


def _paired(runs: Sequence[Looks]) -> list[Looks]:
    return [replace(runs[0], seed=None)] if len(runs) == 1 else list(runs)


def _accuracy(runs: Sequence[Looks]) -> float:
    right = [a == b for run in runs for a, b in zip(run.answers, run.labels, strict=True)]
    return float(np.mean(right)) if right else float("nan")
