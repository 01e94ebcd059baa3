"""`anigifs demo`: the whole story on simulated data."""

from __future__ import annotations

from pathlib import Path

import typer

HELP = """Build a dataset from a made-up web, train five methods on video, test them on it, report.

Example: `anigifs demo --out demo`

A quarter of an hour on two cores, no downloads; all of it is simulated. The same
command goes on after an interruption.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", help=HELP)(demo)


def demo(
    out: Path = typer.Option(Path("demo"), help="The folder for data, runs and the report."),
    processes: int = typer.Option(2, min=1, help="Processes at once."),
) -> None:
    """See HELP."""
    from anigifs.study.demo import run_demo

    run_demo(out, processes)
