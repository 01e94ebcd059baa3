"""`anigifs study`: many runs from one file, then their table."""

from __future__ import annotations

from pathlib import Path

import typer

HELP = """Run methods x seeds from one file, several at once, resumable; then write the report.

Example: `anigifs study sim-small --out sim-small`

Example: `anigifs study study-2 --data /data --processes 4 --also mine=folder:/data/mine`

The file is yours or one that comes along: study-1, study-2, ucf-hmdb, hac, sim-small, sim,
sim-long, sim-factors, sim-bias. The plan is printed first; `--dry-run` stops there. The same
command goes on after any interruption. See docs/studies.md for what to put where.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("study", help=HELP)(study)


def study(
    config: str = typer.Argument(metavar="FILE", help="A TOML file, or the name of a shipped one."),
    out: Path | None = typer.Option(None, help="Runs, logs, report; by default ./NAME-OF-FILE."),
    data: Path = typer.Option(
        Path("data"), envvar="ANIGIFS_DATA", help="The folder of datasets, {data} in the file."
    ),
    processes: int = typer.Option(2, min=1, help="Runs at once; each takes its share of cores."),
    set_: list[str] = typer.Option([], "--set", help="Override a key: `seeds=[0,1,2,3,4]`."),
    also: list[str] = typer.Option(
        [], help="NAME=SPEC: measure every run on this too; repeatable."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Print the plan and stop."),
) -> None:
    """See HELP."""
    from rich.console import Console

    from anigifs.report import text
    from anigifs.study.library import Where, load_study
    from anigifs.study.run import Order, run_study

    where = Where(data, out or Path(Path(config).stem))
    order = Order(processes, tuple(also), dry_run)
    table = run_study(load_study(config, where, set_), where, order, typer.echo)
    if table is not None:
        text.show(table, Console())
