"""`anigifs screen` and `anigifs dedup`: from fetched files to clean candidates."""

from __future__ import annotations

import json
from pathlib import Path

import typer

SCREEN = """Check what was fetched: is it an animation that people should look at?

Example: `anigifs screen work`

Every check has a name and a reason code (docs/curate.md). Files are decoded in worker processes
with memory and time limits: one that kills its worker is marked, and the job goes on. Ctrl-C at any
moment; the same command goes on. Keys for --set: convert, whole, distinct_frames, side_px,
shortest_ms, longest_s, moving_share, sensitive, limits.*, sandbox.*.
"""

DEDUP = """Find animations that are the same one, resized, recoloured, cropped, mirrored, re-timed …

Example: `anigifs dedup work --report duplicates.html`

In a workspace: compares what screening passed since the last run with the whole pool, and writes
down which member of each cluster is kept. Datasets are only reported on:

`anigifs dedup data/gifs data/more --report duplicates.html --json`

Leaks between two datasets (training and test, real and animated):

`anigifs dedup sim/animated?split=train --against sim/animated?split=test`

Reversed copies, and clusters of two classes, are reported and never dropped. Keys for --set: bits,
share, share_back, quality, crops, turns, limits.*, sandbox.*.
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("screen", help=SCREEN)(screen)
    app.command("dedup", help=DEDUP)(dedup)


def screen(
    folder: Path = typer.Argument(help="The workspace."),
    config: Path | None = typer.Option(None, help="A TOML file with the keys of --set."),
    set_: list[str] = typer.Option([], "--set", help="Override a key: `side_px=64`."),
    workers: int = typer.Option(0, min=0, help="Processes; 0: one a core."),
    json_: bool = typer.Option(False, "--json", help="Print the counts as JSON."),
) -> None:
    """See SCREEN."""
    from anigifs.catalog import Workspace
    from anigifs.core.config import load
    from anigifs.curate.screen.config import ScreenConfig
    from anigifs.curate.screen.run import screen as run

    chosen = load(ScreenConfig, config, set_)
    with Workspace.open(folder) as workspace:
        done = run(workspace, chosen, workers)
    if json_:
        typer.echo(json.dumps(done.as_json(), indent=2))
        return
    typer.echo("\n".join(done.lines()))
    if done.passed:
        typer.echo(f"what is next: anigifs dedup {folder}")


def dedup(
    specs: list[str] = typer.Argument(help="A workspace, or datasets: PATH or source:PATH?key=…"),
    against: str = typer.Option("", help="A dataset that must share nothing with them."),
    report: Path | None = typer.Option(None, "--report", "-o", help="Write an HTML page."),
    config: Path | None = typer.Option(None, help="A TOML file with the keys of --set."),
    set_: list[str] = typer.Option([], "--set", help="Override a key: `bits=40`."),
    workers: int = typer.Option(0, min=0, help="Processes; 0: one a core."),
    json_: bool = typer.Option(False, "--json", help="Print every cluster as JSON."),
) -> None:
    """See DEDUP."""
    from anigifs.core.config import load
    from anigifs.curate.dedup.asjson import as_json, lines
    from anigifs.curate.dedup.config import DedupConfig
    from anigifs.curate.dedup.open import search_specs
    from anigifs.curate.dedup.page import write_page

    chosen = load(DedupConfig, config, set_)
    found = search_specs(specs, against, chosen, workers)
    if report:
        write_page(report, found, chosen, workers)
    typer.echo(json.dumps(as_json(found), indent=2) if json_ else "\n".join(lines(found)))
    if report and not json_:
        typer.echo(f"the page: {report}")
