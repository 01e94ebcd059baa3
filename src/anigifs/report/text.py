"""The table as text: for a terminal, Markdown, CSV (raw numbers) and LaTeX (booktabs)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table as RichTable

from anigifs.evaluate.compare import Comparison
from anigifs.evaluate.resample import Estimate
from anigifs.evaluate.score import Score
from anigifs.report.tables import Cell, Table

COLUMNS = (
    "set",
    "method",
    "top-1 %",
    "top-5 %",
    "macro %",
    "gap, points",
    "chance %",
    "majority %",
    "classes",
    "clips/groups",
    "seeds",
    "selection",
)
LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "−": "$-$",
        "–": "--",
        "±": r"$\pm$",
    }
)


def percent(value: float) -> str:
    """A share as a number of percent with one decimal, with a true minus."""
    return f"{100 * value:.1f}".replace("-", "−") if abs(value) >= 0.0005 else "0.0"


def bounds(found: Estimate) -> str:
    """The interval in percent, `[26.0, 36.8]`; `[–]` where there is none."""
    if found.bounds is None:
        return "[–]"
    low, high = found.bounds
    return f"[{percent(low)}, {percent(high)}]"


def interval(found: Estimate | None, lead: str = "") -> str:
    """Value and interval in percent, such as `31.2 [26.0, 36.8]`; `–` for None."""
    return "–" if found is None else f"{lead}{percent(found.value)} {bounds(found)}"


def set_title(score: Score) -> str:
    """The set's name, and that it is simulated if it is."""
    return f"{score.set_name} (simulated)" if score.simulated else score.set_name


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
    if not table.evidence:
        said.insert(0, f"Illustration, not evidence: {table.fewest_seeds} of at least 3 seeds.")
    if any(score.simulated for score in scores):
        said.append(
            "Simulated sets are drawn by a program; their numbers say nothing of real GIFs."
        )
    if any(score.selection == "oracle" for score in scores):
        said.append("Oracle: the checkpoint was chosen on the test set; an upper bound, no result.")
    if table.source:
        said.append(f"Gap: top-1 on {table.source} minus top-1 here, on the classes of both.")
    said += [text for score in scores if (text := _losses(score))]
    return [*dict.fromkeys(said), *table.notes]


def comparison_text(one: Comparison) -> str:
    """One comparison as a sentence."""
    p = "" if one.p_holm is None else f", p = {one.p_holm:.3f} after Holm"
    return (
        f"{one.a} against {one.b} on {one.set_name}: {interval(one.difference)} points of top-1, "
        f"{len(one.seeds)} common {'seed' if len(one.seeds) == 1 else 'seeds'}"
        f"{p}: {one.verdict}"
    )


def as_rich(table: Table) -> RichTable:
    """For a terminal."""
    shown = RichTable(box=None, pad_edge=False, header_style="bold")
    for column in COLUMNS:
        shown.add_column(column, justify="left" if column in ("set", "method") else "right")
    last = ""
    for line in lines(table):
        if last and line["set"] != last:
            shown.add_section()
        last = line["set"]
        shown.add_row(*(line[column].replace("[", r"\[") for column in COLUMNS))
    return shown


def as_markdown(table: Table) -> str:
    """A pipe table, the captions and the comparisons."""
    rule = ["---" if column in ("set", "method") else "---:" for column in COLUMNS]
    rows = [list(COLUMNS), rule, *([line[c] for c in COLUMNS] for line in lines(table))]
    body = "\n".join("| " + " | ".join(c.replace("|", r"\|") for c in row) + " |" for row in rows)
    said = [*captions(table), *(comparison_text(one) + "." for one in table.comparisons)]
    return body + "\n\n" + "\n".join(f"- {text}" for text in said) + "\n"


def as_latex(table: Table) -> str:
    """A booktabs tabular; the captions stand above it as comments."""
    head = " & ".join(column.translate(LATEX) for column in COLUMNS)
    rows = [" & ".join(line[c].translate(LATEX) for c in COLUMNS) + r" \\" for line in lines(table)]
    comments = "".join(f"% {text}\n" for text in captions(table))
    return (
        f"{comments}\\begin{{tabular}}{{ll{'r' * (len(COLUMNS) - 2)}}}\n\\toprule\n"
        f"{head} \\\\\n\\midrule\n" + "\n".join(rows) + "\n\\bottomrule\n\\end{tabular}\n"
    )


def as_csv(table: Table) -> str:
    """Raw numbers, one line a set and method: shares in [0, 1], empty where there is none."""
    rows = list(numbers(table))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def numbers(table: Table) -> Iterator[dict[str, Any]]:
    """Every number by name, for CSV and JSON; None where there is none."""
    for row in table.rows:
        for cell in row.cells.values():
            yield {"method": row.method, **score_numbers(cell.score), **_spread("gap", cell.gap)}


def score_numbers(score: Score) -> dict[str, Any]:
    """A score's numbers by name, without its gap."""
    plain = {name: getattr(score, name) for name in score.__slots__}
    for name in ("top1", "top5", "macro"):
        plain |= _spread(name, plain.pop(name))
    plain["seeds"] = " ".join(str(seed) for seed in score.seeds if seed is not None)
    plain["runs"] = len(score.seeds)
    plain["evidence"] = score.evidence
    return plain


def _spread(name: str, found: Estimate | None) -> dict[str, float | None]:
    ends: Sequence[float | None] = (found.value, found.low, found.high) if found else (None,) * 3
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def _line(method: str, cell: Cell) -> dict[str, str]:
    score = cell.score
    oracle = " (oracle)" if score.selection == "oracle" else ""
    texts = (
        set_title(score),
        method + oracle,
        interval(score.top1),
        interval(score.top5),
        interval(score.macro),
        interval(cell.gap),
        percent(score.chance_top1),
        percent(score.majority_top1),
        heads(score),
        f"{score.clips}/{score.groups}",
        seeds(score),
        score.selection,
    )
    return dict(zip(COLUMNS, texts, strict=True))


def _losses(score: Score) -> str:
    parts = []
    if score.rule != "exact":
        parts.append(f"classes: {score.rule}")
    if score.outside:
        parts.append(f"{score.outside} clips left out because the head lacks their class")
    if score.problems:
        parts.append(f"{score.problems} clips could not be used")
    return f"{score.set_name}: {'; '.join(parts)}." if parts else ""
