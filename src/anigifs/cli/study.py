"""`anigifs study`: many runs from one file, then their table."""

from __future__ import annotations

from pathlib import Path

import typer

HELP = """Run methods x seeds from one file, several at once, resumable at any moment.

Example: `anigifs study study.toml --out study --processes 2`

`--dry-run` prints the runs and stops. See docs/tutorial-researcher.md for the file.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("study", help=HELP)(study)


def study(
    config: Path = typer.Argument(help="The study, a TOML file."),
    out: Path = typer.Option(help="The folder for runs, logs and the report."),
    processes: int = typer.Option(2, min=1, help="Runs at once; each takes its share of cores."),
    set_: list[str] = typer.Option([], "--set", help="Override a key: `seeds=[0,1,2,3,4]`."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Print the plan and stop."),
) -> None:
    """See HELP."""
    from anigifs.core.config import load
    from anigifs.study.config import StudyConfig
    from anigifs.study.execute import describe, execute
    from anigifs.study.plan import plan

    jobs = plan(load(StudyConfig, config, set_), out)
    typer.echo(describe(jobs))
    if not dry_run:
        execute(jobs, out, processes)
        typer.echo(f"done. Next: anigifs report {out / 'runs'} --out {out / 'report.html'}")
