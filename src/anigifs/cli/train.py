"""`anigifs train`: one experiment from its config to a run folder."""

from __future__ import annotations

from pathlib import Path

import typer

HELP = """Train one model, select a checkpoint, predict its test sets: one run folder.

Example: `anigifs train experiment.toml --out runs/erm --set train.epochs=20`

The same command on an unfinished folder goes on where it stopped, bit for bit on a CPU.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train", help=HELP)(train)


def train(
    config: Path = typer.Argument(help="The experiment, a TOML file; see docs/training.md."),
    out: Path = typer.Option(help="The run folder to make or go on with."),
    set_: list[str] = typer.Option([], "--set", help="Override a key: `train.lr=3e-4`."),
) -> None:
    """See HELP."""
    from anigifs.core.config import load
    from anigifs.core.runs import RunFolder
    from anigifs.study.config import ExperimentConfig
    from anigifs.study.experiment import run_experiment

    run_experiment(load(ExperimentConfig, config, set_), RunFolder(out))
    typer.echo(f"done: {out}. Next: anigifs report {out} --out report.html")
