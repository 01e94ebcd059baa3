"""`anigifs explain`: see where models look, and what the worst-case search found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import typer

HELP = """Show where a model looks in a dataset, alone or beside the one it is compared with.

Example: `anigifs explain runs/saliency-seed0 --versus runs/erm-seed0 --on sim/animated?split=test --out looks`

Writes `index.html` with moving maps of the most telling clips, their frames as PNG, and the
paper's figures 5 and 4 (figure 1 is a contact sheet: `anigifs inspect`). Scores of every clip are
kept in the run folders. See docs/explain.md.
"""  # noqa: E501


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain", help=HELP)(explain)


def explain(
    run: Path = typer.Argument(help="The folder of a finished run."),
    on: str = typer.Option(..., "--on", help="A dataset: SPEC or NAME=SPEC."),
    out: Path = typer.Option(..., "--out", "-o", help="The folder to make."),
    versus: Path | None = typer.Option(None, help="Another run, to compare with."),
    clips: int = typer.Option(24, min=1, help="Clips to show; all are scored."),
    classes: Literal["intersection", "head"] | None = typer.Option(
        None, "--classes", help="Where classes differ: answer among the shared ones, or all."
    ),
    set_: list[str] = typer.Option(
        [], "--set", help="steps=0, sample=200, explain=predicted, batch_size=8 …"
    ),
    device: str = typer.Option("auto", help="cpu, cuda, cuda:1 …; auto takes CUDA if there."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead of a table."),
) -> None:
    """See HELP."""
    from rich.console import Console

    from anigifs.core.config import load
    from anigifs.core.runs import RunFolder
    from anigifs.evaluate.saliency import LookConfig
    from anigifs.report.looking import as_plain, as_rich, captions
    from anigifs.study.explain import Ask
    from anigifs.study.explain import explain as look

    runs = [RunFolder(path) for path in (versus, run) if path]
    ask = Ask(on, clips, classes, load(LookConfig, None, set_), device)
    table = look(runs, ask, out)
    if as_json:
        typer.echo(json.dumps(list(as_plain(table)), indent=2))
        return
    console = Console()
    console.print(as_rich(table))
    for said in captions(table):
        console.print(said, markup=False, highlight=False, style="dim")
    typer.echo(f"wrote {out / 'index.html'}")
