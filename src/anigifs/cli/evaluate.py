"""`anigifs evaluate` and `anigifs predict`: measure a trained model, or ask it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import typer

EVALUATE = """Measure finished runs on datasets, or score predictions made elsewhere.

Example: `anigifs evaluate runs/erm-seed0 --on animated=sim/animated?split=test`

Example: `anigifs evaluate --predictions mine.parquet`

Predictions are kept in the run folder, where `anigifs report` finds them. A dataset whose classes
are not the model's needs `--classes`: see docs/protocol.md.
"""
PREDICT = """Print the likeliest classes of any GIF or video.

Example: `anigifs predict dance.gif jump.mp4 --run runs/erm-seed0`
"""


def register(app: typer.Typer) -> None:
    """Add both commands."""
    app.command("evaluate", help=EVALUATE)(evaluate)
    app.command("predict", help=PREDICT)(predict)


def evaluate(
    runs: list[Path] = typer.Argument(None, help="Run folders, or folders of them."),
    on: list[str] = typer.Option([], "--on", help="A dataset: SPEC or NAME=SPEC; repeatable."),
    predictions: list[Path] = typer.Option(
        [], "--predictions", help="Score this .parquet or .csv instead; repeatable."
    ),
    classes: Literal["intersection", "head"] | None = typer.Option(
        None, "--classes", help="Where classes differ: score the shared ones, or all of the head."
    ),
    set_: list[str] = typer.Option([], "--set", help="batch_size=8, views=3, precision=bf16 …"),
    device: str = typer.Option("auto", help="cpu, cuda, cuda:1 …; auto takes CUDA if there."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead of a table."),
) -> None:
    """See EVALUATE."""
    from anigifs.core.config import load
    from anigifs.core.errors import InputError
    from anigifs.evaluate.forward import PredictConfig
    from anigifs.report.collect import collect

    if bool(predictions) == bool(runs) or bool(runs) != bool(on):
        raise InputError("give either run folders with --on SPEC, or --predictions FILE")
    if predictions:
        found = collect(predictions)
    else:
        from anigifs.study.measure import measure

        found = measure(runs, on, classes, load(PredictConfig, None, set_), device)
    _show(found, as_json)


def predict(
    files: list[Path] = typer.Argument(help="GIF, APNG, WebP or video files."),
    run: Path = typer.Option(help="The folder of a finished run."),
    top: int = typer.Option(5, min=1, help="Classes to print."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead of text."),
) -> None:
    """See PREDICT."""
    from dataclasses import asdict

    from anigifs.core.runs import RunFolder
    from anigifs.evaluate.forward import PredictConfig
    from anigifs.study.measure import ask

    answers = ask(RunFolder(run), files, PredictConfig(), top)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in answers], indent=2, default=str))
        return
    for one in answers:
        typer.echo(one.problem or str(one.path))
        for name, share in one.top:
            typer.echo(f"  {100 * share:5.1f} %  {name}")


def _show(found: object, as_json: bool) -> None:
    from rich.console import Console

    from anigifs.report import export, text
    from anigifs.report.collect import Collection
    from anigifs.report.tables import build_table

    assert isinstance(found, Collection)
    table = build_table(found)
    if as_json:
        typer.echo(json.dumps(list(export.numbers(table)), indent=2))
        return
    text.show(table, Console())
