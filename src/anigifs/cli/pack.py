"""`anigifs pack`: decode a set of clips once, for fast training."""

from __future__ import annotations

from pathlib import Path

import typer

HELP = """Decode, sample and scale clips once into a folder that training maps into memory.

Example: `anigifs pack out/k600-gif?split=train packs/k600-gif-train --workers 8`

The size is estimated first; a disk that is too small is refused. The same command on an
unfinished folder goes on where it stopped. Clips that cannot be read are listed in problems.csv.
Keys for --set: side_px, short_side_px, sampling.frames, sampling.fit, sampling.time, sampling.fps.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("pack", help=HELP)(pack)


def pack(
    spec: str = typer.Argument(help="The clips: a release, a folder, or NAME:PATH?key=value."),
    out: Path = typer.Argument(help="The pack to write, go on with, or verify."),
    config: Path | None = typer.Option(None, help="A TOML file with the keys of --set."),
    set_: list[str] = typer.Option([], "--set", help="Override a key: `sampling.frames=16`."),
    workers: int = typer.Option(0, help="Processes; 0: one a core."),
    verify: bool = typer.Option(False, "--verify", help="Also read a finished pack byte by byte."),
    json_: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """See HELP."""
    import json

    from anigifs.core.config import load
    from anigifs.core.errors import IntegrityError
    from anigifs.core.parallel import cores
    from anigifs.datasets import open_clips
    from anigifs.loader.pack import pack as run
    from anigifs.loader.pack import verify_pack
    from anigifs.media.view import ViewConfig

    made = run(open_clips(spec), out, load(ViewConfig, config, set_), workers or cores())
    if verify and (faults := verify_pack(out)):
        raise IntegrityError(f"{len(faults)} damaged clips in {out}; first: {faults[0].reason}")
    if json_:
        typer.echo(json.dumps(made.model_dump(mode="json")))
        return
    typer.echo(
        f"{made.clips} clips, {made.data_bytes / 1e9:.3g} GB in {out}; {made.problems} problems"
    )
