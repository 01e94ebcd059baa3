"""`anigifs gap`: how far two datasets are apart, in numbers and as a figure."""

from __future__ import annotations

import json
from pathlib import Path

import typer

HELP = """Measure the differences the Ani-GIFs paper names, on any two datasets, with intervals.

Example: `anigifs gap sim/real?split=test sim/animated?split=test --out gap.png`

Colours, detail, edges, change and speed, frames and time; effect sizes; and whether a classifier
can tell the two apart. Intervals resample groups of clips that share a source.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gap", help=HELP)(gap)


def gap(
    a: str = typer.Argument(help="The first dataset: PATH or source:PATH?key=value."),
    b: str = typer.Argument(help="The second dataset."),
    out: Path | None = typer.Option(None, "--out", "-o", help="Figure: .png, .svg or .pdf."),
    set_: list[str] = typer.Option([], "--set", help="common=true, clips=100, samples=2000 …"),
    workers: int = typer.Option(0, min=0, help="Processes; 0 is one a core."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead of tables."),
) -> None:
    """See HELP."""
    from rich.console import Console

    from anigifs.core.config import load
    from anigifs.datasets import open_clips
    from anigifs.explore.gap import GapConfig
    from anigifs.explore.gap import gap as measure
    from anigifs.explore.gap_figure import save_figure
    from anigifs.explore.gap_table import tables

    found = measure(open_clips(a), open_clips(b), load(GapConfig, None, set_), workers)
    if out:
        save_figure(found, out)
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2))
    else:
        Console().print(tables(found))
