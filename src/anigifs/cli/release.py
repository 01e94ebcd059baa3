"""`anigifs release`: check a release and show what it is; the other commands stand beside."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from anigifs.cli import release_make, release_stats

VERIFY = """Check every byte of a release against its release.json.

Notices changed, missing and added files; exit code 5 if there are any.

Example: `anigifs release verify data/sim-1/animated`
"""

SHOW = """Show what a release is: name, version, counts and how it was made.

Example: `anigifs release show data/sim-1/animated --json`
"""

ROOT = typer.Argument(help="The folder that holds release.json.")
JSON = typer.Option(False, "--json", help="Print JSON for a program to read.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Build, check, publish and fetch releases.")
    group.command("verify", help=VERIFY)(verify)
    group.command("show", help=SHOW)(show)
    release_make.register(group)
    release_stats.register(group)
    app.add_typer(group, name="release")


def verify(root: Path = ROOT, as_json: bool = JSON) -> None:
    """See VERIFY."""
    from anigifs.datasets.release import read_manifest, require_whole, verify_release

    faults = verify_release(root)
    if as_json:
        named = [{"file": fault.item, "reason": fault.reason} for fault in faults]
        typer.echo(json.dumps({"release": str(root), "whole": not faults, "problems": named}))
    require_whole(root, faults)
    if not as_json:
        typer.echo(f"{root}: all {len(read_manifest(root).files)} files are as published")


def show(root: Path = ROOT, as_json: bool = JSON) -> None:
    """See SHOW."""
    from anigifs.datasets.release import read_manifest

    facts = read_manifest(root).summary()
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
    else:
        typer.echo("\n".join(f"{name}: {value}" for name, value in facts.items()))
