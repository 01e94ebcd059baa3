"""`anigifs release stats`: draw a release, or any dataset."""

from __future__ import annotations

import json
from pathlib import Path

import typer

STATS = """Draw what a release holds: figures as PNG and SVG, tables, and one page.

Clips by class (the Ani-GIFs paper's figure 3), frames, duration, size, colours and motion, and
the dataset beside others (table 1). With the workspace that it was made in, also the funnel and
rejected beside accepted animations (figure 2). What the release does not say of a clip is
measured from its media; a run that is stopped goes on where it was.

Example: `anigifs release stats data/sim-1/animated --out figures/sim-1`
"""

SPEC = typer.Argument(help="A release, a folder of class folders, or NAME:PATH?key=value.")
OUT = typer.Option(..., "--out", help="The folder to write; index.html is the page.")
WORKSPACE = typer.Option(None, "--workspace", help="The workspace that the release was made in.")
AGREEMENT = typer.Option(None, "--agreement", help="What `anigifs agreement --json` printed.")
WORKERS = typer.Option(0, "--workers", min=0, help="Processes that measure; 0 takes one a core.")
JSON = typer.Option(False, "--json", help="Print JSON for a program to read.")


def register(group: typer.Typer) -> None:
    """Add the command to `anigifs release`."""
    group.command("stats", help=STATS)(stats)


def stats(
    spec: str = SPEC,
    out: Path = OUT,
    workspace: Path | None = WORKSPACE,
    agreement: Path | None = AGREEMENT,
    workers: int = WORKERS,
    as_json: bool = JSON,
) -> None:
    """See STATS."""
    from anigifs.release.stats import statistics

    made = statistics(spec, out, workspace, agreement, workers)
    if as_json:
        problems = [{"clip": one.item, "reason": one.reason} for one in made.problems]
        typer.echo(json.dumps({"out": str(out), "files": made.files, "problems": problems}))
        return
    for one in made.problems:
        typer.echo(f"not measured: {one.item}: {one.reason}", err=True)
    typer.echo(f"{len(made.files)} files in {out}; open {out / 'index.html'}")
