"""`anigifs simulate`: a two-domain action dataset made from nothing."""

from __future__ import annotations

from pathlib import Path

import typer

HELP = """Make simulated clips of people and cartoons that do the same 16 Kinetics-600 actions.

Example: `anigifs simulate sim --set real.train=20 --set seed=1`

`real/` holds video files, `animated/` GIF files; clip n of both shows the same motion. Run the
same command again to finish an interrupted one. `anigifs gifify` makes the third domain.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate", help=HELP)(simulate)


def simulate(
    out: Path = typer.Argument(..., help="Folder for the releases real/ and animated/."),
    config: Path | None = typer.Option(None, help="TOML file of a SimConfig."),
    set_: list[str] = typer.Option([], "--set", help="key=value, for example animated.test=5."),
    workers: int = typer.Option(0, min=0, help="Processes; 0 is one a core. Same bytes for any."),
) -> None:
    """See HELP."""
    from anigifs.core.config import load
    from anigifs.simulate.config import SimConfig
    from anigifs.simulate.dataset import simulate as make

    for name, clips in make(out, load(SimConfig, config, set_), workers).items():
        typer.echo(f"{out / name}: {len(clips.clips)} clips of {len(clips.classes)} classes")
