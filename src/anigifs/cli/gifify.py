"""`anigifs gifify`: real videos to a release of real GIFs."""

from __future__ import annotations

from pathlib import Path

import typer

HELP = """Turn real videos into real GIFs, as Kinetics GIFs are made: 40 frames, about 400 px.

Example: `anigifs gifify kinetics:/data/k600?annotations=val.csv out/k600-gif --workers 8`

Harsher: `anigifs gifify real out/harsh --set colours=16 --set fps=5 --set drop=0.3`

The same command on an unfinished folder goes on where it stopped. Clips that cannot be read are
listed in problems.csv. Keys for --set: frames, fps, speed, drop, short_side_px, colours, palette,
dither, seed.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gifify", help=HELP)(gifify)


def gifify(
    spec: str = typer.Argument(help="The videos: a release, a folder, or NAME:PATH?key=value."),
    out: Path = typer.Argument(help="The release to write or go on with."),
    config: Path | None = typer.Option(None, help="A TOML file with the keys of --set."),
    set_: list[str] = typer.Option([], "--set", help="Override a key: `colours=64`."),
    workers: int = typer.Option(0, help="Processes; 0: one a core."),
    json_: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """See HELP."""
    import json

    from anigifs.core.config import load
    from anigifs.core.parallel import cores
    from anigifs.datasets import open_clips
    from anigifs.release.gifify import GififyConfig
    from anigifs.release.gifify import gifify as run

    made = run(open_clips(spec), out, load(GififyConfig, config, set_), workers or cores())
    if json_:
        problems = [{"item": one.item, "reason": one.reason} for one in made.problems]
        typer.echo(json.dumps({"clips": len(made.clips), "problems": problems}))
        return
    typer.echo(f"{len(made.clips)} GIFs in {out}; {len(made.problems)} problems")
