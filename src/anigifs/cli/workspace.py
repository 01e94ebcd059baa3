"""`anigifs init` and `anigifs status`: make a workspace, copy it, see how far it got."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from anigifs.catalog import Funnel, Stages

INIT = """Make a workspace, the folder in which a dataset is collected; or copy a live one.

Example: `anigifs init work --operator you@example.org`

The operator is named to every host that is asked for a file; it can also be set later, in
work/workspace.toml, where each setting of the network stands. `--backup FILE.tar` copies an
existing workspace into one file while other commands go on working in it (`--backup FILE.db`: the
catalog alone). `tar -xf FILE.tar -C EMPTY_FOLDER` brings it back.
"""

STATUS = """Show the funnel: how many were asked, found, fetched, screened, … accepted.

Example: `anigifs status work --json > funnel.json`

One line for each class that something was found for; the reasons of what failed and of what was
rejected stand below. An animation found under two classes counts in both, and once in the total.
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init", help=INIT)(init)
    app.command("status", help=STATUS)(status)


def init(
    folder: Path = typer.Argument(help="A new or empty folder; with --backup an existing one."),
    operator: str = typer.Option("", help="Who fetches: a mail address or a page."),
    backup: Path | None = typer.Option(None, help="Copy the workspace to FILE.tar or FILE.db."),
) -> None:
    """See INIT."""
    from anigifs.catalog import Workspace

    if backup is not None:
        with Workspace.open(folder) as workspace:
            blobs = workspace.backup(backup)
        what = f"catalog and {blobs} blobs" if backup.suffix == ".tar" else "catalog"
        typer.echo(f"{what} of {folder} copied to {backup}")
        return
    Workspace.create(folder, {"operator": operator}).close()
    typer.echo(f"made {folder}; what is next: anigifs collect {folder}")
    if not operator:
        typer.echo(f"before anything is fetched, name the operator in {folder}/workspace.toml")


def status(
    folder: Path = typer.Argument(help="The workspace."),
    json_: bool = typer.Option(False, "--json", help="Print every class and number as JSON."),
) -> None:
    """See STATUS."""
    import json
    from dataclasses import asdict

    from anigifs.catalog import Workspace

    with Workspace.open(folder) as workspace:
        funnel = workspace.funnel()
    if json_:
        typer.echo(json.dumps(asdict(funnel), indent=2, ensure_ascii=False))
    else:
        _show(funnel)


COLUMNS = {
    "asked": "asked", "found": "found", "fetched": "fetched", "failed": "failed",
    "screened": "screen-\ned", "rejected": "reject-\ned", "duplicate": "dupli-\ncate",
    "waiting": "wait-\ning", "accepted": "accept-\ned",
}  # fmt: skip
"""Heads in two lines, so that the table fits a terminal of 80 columns."""


def _show(funnel: Funnel) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        header_style="bold", box=None, padding=(0, 1), pad_edge=False, collapse_padding=True
    )
    table.add_column("class", overflow="ellipsis", no_wrap=True, min_width=14)
    for head in COLUMNS.values():
        width = max(map(len, head.split("\n")))
        table.add_column(head, justify="right", no_wrap=True, min_width=width)
    shown = {label: stages for label, stages in funnel.classes.items() if stages.found}
    for label, stages in shown.items():
        table.add_row(Text(label or "(no class)"), *_cells(stages))
    table.add_section()
    table.add_row("total", *_cells(funnel.total), style="bold")
    console = Console()
    console.print(table)
    for line in _remarks(funnel, len(shown)):
        console.print(Text(line))


def _cells(stages: Stages) -> list[str]:
    sums = {"failed": _sum(stages.failed), "rejected": _sum(stages.rejected)}
    return [sums.get(name) or f"{getattr(stages, name):,}" for name in COLUMNS]


def _sum(reasons: dict[str, int]) -> str:
    return f"{sum(reasons.values()):,}"


def _remarks(funnel: Funnel, shown: int) -> list[str]:
    total = funnel.total
    counts = {
        "queries still to be asked": total.unasked,
        "classes without anything found": len(funnel.classes) - shown,
        "found, but not to be stored under their provider's terms": total.not_stored,
        "found, still to be fetched": total.unfetched,
        "fetched, still to be screened": total.unscreened,
        "waiting for an adjudicator, for people disagree": total.disputed,
    }
    lines = [f"{what}: {count:,}" for what, count in counts.items() if count]
    told = {
        "queries that failed": total.unanswered,
        "failed": total.failed,
        "rejected": total.rejected,
    }
    for what, reasons in told.items():
        by_count = sorted(reasons, key=lambda reason: -reasons[reason])
        named = ", ".join(f"{reason} {reasons[reason]:,}" for reason in by_count)
        lines += [f"{what}: {named}"] if named else []
    return lines
