"""`anigifs demo`: the whole story on simulated data."""

from __future__ import annotations

from pathlib import Path

import typer

HELP = """Simulate two domains, train two methods, test them on three, write the report page.

Example: `anigifs demo --out demo`

Minutes on two cores, no downloads. The same command goes on after an interruption.
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
