"""`anigifs report` and `anigifs compare`: what runs amount to, from their folders alone."""

from __future__ import annotations

import json
from pathlib import Path

import typer

REPORT = """Put runs into one table: on the terminal, as a page, CSV or LaTeX.

Example: `anigifs report study/runs --out report.html`

Takes run folders, folders of them, and predictions files. The page is one file that needs nothing
else; it says what is simulated, what is an illustration, and how sure each number is.
"""
COMPARE = """Compare two methods on the sets that both were measured on.

Example: `anigifs compare runs/random-augment runs/erm`

Each is a run, a folder with the seeds of one method, or `runs/METHOD` for the runs
`runs/METHOD-seed0`, … of a study. "Better" is said only with at least 5 common seeds, an interval
clear of 0 and a corrected p below 0.05.
"""


def register(app: typer.Typer) -> None:
    """Add both commands."""
    app.command("report", help=REPORT)(report)
    app.command("compare", help=COMPARE)(compare)


def report(
    runs: list[Path] = typer.Argument(help="Run folders, folders of them, predictions files."),
    out: Path | None = typer.Option(None, "--out", "-o", help="Write the page here (.html)."),
    csv: Path | None = typer.Option(None, help="Write raw numbers here (.csv)."),
    latex: Path | None = typer.Option(None, help="Write a booktabs table here (.tex)."),
    markdown: Path | None = typer.Option(None, help="Write a Markdown table here (.md)."),
    title: str = typer.Option("Real video to animated GIF", help="The page's title."),
    source: str = typer.Option("", help="The set that gaps are counted from."),
    baseline: str = typer.Option("", help="The method that others are compared with."),
    paper: str = typer.Option("", help="Show a paper's figures beside ours: study-1 or study-2."),
    records: Path | None = typer.Option(
        None, help="Write compact records of the runs here: small, without weights or paths."
    ),
    samples: bool = typer.Option(True, help="Show clips, where the test data can be opened."),
) -> None:
    """See REPORT."""
    from rich.console import Console

    from anigifs.core import files
    from anigifs.report import export, text
    from anigifs.report.collect import collect
    from anigifs.report.tables import build_table
    from anigifs.study.paper import published

    found = collect(runs)
    table = build_table(found, source, baseline, published(paper))
    writers = ((csv, export.as_csv), (latex, export.as_latex), (markdown, export.as_markdown))
    for path, write in writers:
        if path:
            files.write_text(path, write(table))
    if out:
        from anigifs.report.page import write_page
        from anigifs.study.samples import samples_of

        shown = samples_of(found) if samples else []
        for problem in write_page(out, found, table, title, shown):
            typer.echo(f"{problem.item}: {problem.reason}", err=True)
    if records:
        from anigifs.study.records import keep

        keep(runs, records)
    text.show(table, Console())
    for path in filter(None, (csv, latex, markdown, out, records)):
        typer.echo(f"wrote {path}")


def compare(
    a: Path = typer.Argument(help="A run, a folder with the seeds of one method, or RUNS/METHOD."),
    b: Path = typer.Argument(help="What it is compared with."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead of a table."),
) -> None:
    """See COMPARE."""
    from rich.console import Console

    from anigifs.report.versus import as_plain, as_rich, versus

    found = versus(a, b)
    if as_json:
        typer.echo(json.dumps(list(as_plain(found)), indent=2))
    else:
        Console().print(as_rich(found))
