"""`anigifs inspect`: see what is in a dataset."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

HELP = """Draw a contact sheet of one or more datasets: clips by class, frames from left to right.

Example: `anigifs inspect sim/real?split=test sim/animated?split=test --out sheet.png`
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("inspect", help=HELP)(inspect)


def inspect(
    specs: list[str] = typer.Argument(
        help="Datasets: PATH or source:PATH?key=value, side by side."
    ),
    out: Path = typer.Option(Path("sheet.png"), "--out", "-o", help="The PNG file to write."),
    set_: list[str] = typer.Option(
        [], "--set", help='clips=3, frames=6, boxes=true, names=["squat","push up"] …'
    ),
    colours: int = typer.Option(0, min=0, max=256, help="Use a palette: a smaller file."),
) -> None:
    """See HELP."""
    from anigifs.core.config import load
    from anigifs.core.files import write_bytes
    from anigifs.datasets import open_clips
    from anigifs.explore.sheet import SheetConfig, contact_sheet

    sheet = contact_sheet([open_clips(spec) for spec in specs], load(SheetConfig, None, set_))
    write_bytes(out, sheet.png(colours))
    for problem in sheet.problems:
        print(f"{problem.item}: {problem.reason}", file=sys.stderr)
    typer.echo(f"{out}: {sheet.image.width} x {sheet.image.height} px")
