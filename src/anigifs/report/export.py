"""The table for other programs: Markdown, CSV with raw numbers, LaTeX with booktabs, JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from anigifs.evaluate.resample import Estimate
from anigifs.evaluate.score import Score
from anigifs.report.tables import Cell, Table
from anigifs.report.text import captions, columns, comparison_text, lines

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


def as_markdown(table: Table) -> str:
    """A pipe table, the captions and the comparisons."""
    names = columns(table)
    rule = ["---" if column in ("set", "method") else "---:" for column in names]
    rows = [list(names), rule, *([line[c] for c in names] for line in lines(table))]
    body = "\n".join("| " + " | ".join(c.replace("|", r"\|") for c in row) + " |" for row in rows)
    said = [*captions(table), *(comparison_text(one) + "." for one in table.comparisons)]
    return body + "\n\n" + "\n".join(f"- {text}" for text in said) + "\n"


def as_latex(table: Table) -> str:
    """A booktabs tabular; the captions stand above it as comments."""
    names = columns(table)
    head = " & ".join(column.translate(LATEX) for column in names)
    rows = [" & ".join(line[c].translate(LATEX) for c in names) + r" \\" for line in lines(table)]
    comments = "".join(f"% {text}\n" for text in captions(table))
    return (
        f"{comments}\\begin{{tabular}}{{ll{'r' * (len(names) - 2)}}}\n\\toprule\n"
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
            own = {"method": row.method, **score_numbers(cell.score), **_spread("gap", cell.gap)}
            beside = _oracle(cell) if table.has_oracle else {}
            beside |= _paper(cell) if table.has_paper else {}
            yield {**own, "rank": cell.rank, **beside}


def score_numbers(score: Score) -> dict[str, Any]:
    """A score's numbers by name, without its gap."""
    plain = {name: getattr(score, name) for name in score.__slots__}
    for name in ("top1", "top5", "macro"):
        plain |= _spread(name, plain.pop(name))
    plain["seeds"] = " ".join(str(seed) for seed in score.seeds if seed is not None)
    plain["runs"] = len(score.seeds)
    plain["evidence"] = score.evidence
    return plain


def _oracle(cell: Cell) -> dict[str, Any]:
    found = cell.oracle
    values = (found.best, found.gain) if found else (None, None)
    return dict(zip(("oracle_top1", "oracle_gain"), values, strict=True))


def _paper(cell: Cell) -> dict[str, Any]:
    found = cell.paper
    values = (found.top1, found.top5, found.row) if found else (None,) * 3
    return dict(zip(("paper_top1", "paper_top5", "paper_row"), values, strict=True))


def _spread(name: str, found: Estimate | None) -> dict[str, float | None]:
    ends: Sequence[float | None] = (found.value, found.low, found.high) if found else (None,) * 3
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
