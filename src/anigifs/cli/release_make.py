"""`anigifs release build`, `hydrate`, `takedown`, `diff` and `export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

BUILD = """Build a release from what people accepted in a workspace.

Example: `anigifs release build work releases/1.0.0 --version 1.0.0`

The same workspace gives the same bytes; stopped or killed, the same command goes on. Bytes are
shipped where licence and provider allow, else their URL, else their id. With `--previous`, clips
stay in their splits, and a version that does not fit what changed is refused. docs/release.md
tells what is written.
"""

HYDRATE = """Fetch the clips that a release names by URL but does not ship; report link rot.

Example: `anigifs release hydrate releases/1.0.0 --out media --operator you@example.org`

Bytes are kept if their sha256 is the published one. Then open the release as
`releases/1.0.0?media=media`. Stopped, or another day, the same command goes on.
"""

TAKEDOWN = """Delete an animation from a workspace, keep a tombstone, never fetch it again.

Example: `anigifs release takedown work g0123456789abcdef --reason "asked by its author"`

With `--release OLD --out NEW`, the next patch version of a published release is written without
it. The reason is published with it.
"""

DIFF = """Show what changed between two releases, and which step of the version that asks for.

Example: `anigifs release diff releases/1.0.0 releases/1.1.0`
"""

EXPORT = """Write a release in a form that other tools load in one line.

Example: `anigifs release export releases/1.0.0 --to hf --out exports/hf --scheme da-40`

hf: `datasets.load_dataset("exports/hf")`. webdataset: tar files. folders: SPLIT/CLASS/CLIP.gif.
kinetics-csv: SPLIT.csv beside the clips.
"""

WORKSPACE = typer.Argument(help="The workspace.")
RELEASE = typer.Argument(help="The folder that holds release.json.")
OUT = typer.Argument(help="A new folder, or one that a stopped run left.")
JSON = typer.Option(False, "--json", help="Print JSON for a program to read.")
SCHEMES = typer.Option(
    ["dg-full", "da-40"], "--split-scheme",
    help="dg-full, da-40 or train-val-test; repeat it for several. The first is the main split.",
)  # fmt: skip


def register(group: typer.Typer) -> None:
    """Add the commands to `anigifs release`."""
    group.command("build", help=BUILD)(build)
    group.command("hydrate", help=HYDRATE)(hydrate)
    group.command("takedown", help=TAKEDOWN)(takedown)
    group.command("diff", help=DIFF)(diff)
    group.command("export", help=EXPORT)(export)


def build(
    workspace: Path = WORKSPACE,
    out: Path = OUT,
    version: str = typer.Option(..., help="MAJOR.MINOR.PATCH, for example 1.0.0."),
    name: str = typer.Option("ani-gifs", help="The dataset's name."),
    schemes: list[str] = SCHEMES,
    shares: str = typer.Option("0.6,0.1,0.3", help="Shares of train, val and test."),
    top: int = typer.Option(40, help="How many classes are in da-40."),
    least: int = typer.Option(10, help="The fewest clips of a class in da-40."),
    seed: int = typer.Option(0, help="Decides which clips go into which split."),
    previous: Path | None = typer.Option(None, help="The release that this one follows."),
    simulated: bool = typer.Option(False, "--simulated", help="Say that programs made it."),
    as_json: bool = JSON,
) -> None:
    """See BUILD."""
    from tempfile import TemporaryDirectory

    from anigifs.annotate.agreement.report import report
    from anigifs.annotate.boxes import write_boxes
    from anigifs.catalog import Workspace
    from anigifs.core.config import build as checked
    from anigifs.datasets.release.reader import read_boxes
    from anigifs.release.build import build as run
    from anigifs.release.card import write_documents
    from anigifs.release.plan import BuildConfig
    from anigifs.release.records import Built

    splits = {"schemes": schemes, "shares": shares.split(","), "top": top, "least": least}
    values = {"version": version, "name": name, "simulated": simulated}
    config = checked(BuildConfig, {**values, "splits": {**splits, "seed": seed}}, "the options")
    with Workspace.open(workspace) as opened, TemporaryDirectory() as scratch:
        drawn = Path(scratch, "boxes.csv")
        write_boxes(opened, drawn)
        agreement = report(opened).as_json() if opened.votes.current() else None

        def describe(root: Path, from_: Workspace, built: Built) -> None:
            write_documents(root, from_, built, agreement)

        run(opened, out, config, previous, read_boxes(drawn), describe)
    _built(out, as_json)


def hydrate(
    release: Path = RELEASE,
    out: Path = typer.Option(..., "--out", help="The folder to fill; new, or an earlier one."),
    operator: str = typer.Option("", help="Who fetches: a mail address or a page."),
    workspace: Path | None = typer.Option(
        None, help="Take bytes from this workspace first, and its settings for the others."
    ),
    accept_similar: bool = typer.Option(
        False, "--accept-similar", help="Also keep other bytes that show the same pictures."
    ),
    as_json: bool = JSON,
) -> None:
    """See HYDRATE."""
    from contextlib import nullcontext
    from dataclasses import asdict

    from anigifs.catalog import Workspace
    from anigifs.net.config import NetConfig
    from anigifs.net.fetcher import Fetcher
    from anigifs.release import rot
    from anigifs.release.hydrate import hydrate as run

    with Workspace.open(workspace) if workspace else nullcontext() as own:
        net = own.settings.net if own else NetConfig()
        net = net.model_copy(update={"operator": operator}) if operator else net
        found = run(release, out, lambda: Fetcher(net), accept_similar=accept_similar, own=own)
    typer.echo(json.dumps(asdict(found)) if as_json else "\n".join(rot.lines(found)))


def takedown(
    workspace: Path = WORKSPACE,
    asked: str = typer.Argument(help="A clip's id, a sha256, a URL, or PROVIDER:ID."),
    reason: str = typer.Option(..., help="Why, in words that can be published."),
    by: str = typer.Option("", help="Who took it down; kept in the workspace alone."),
    copies: bool = typer.Option(
        False, "--copies", help="Also what was found to be the same animation."
    ),
    release: Path | None = typer.Option(None, help="A published release that holds it."),
    out: Path | None = typer.Option(None, help="Where its next version is written."),
    as_json: bool = JSON,
) -> None:
    """See TAKEDOWN."""
    from anigifs.catalog import Workspace
    from anigifs.core.errors import InputError
    from anigifs.release.again import without
    from anigifs.release.takedown import take_down

    if (release is None) != (out is None):
        raise InputError(
            "give --release and --out together: the old version and the new one's place"
        )
    with Workspace.open(workspace) as opened:
        taken = take_down(opened, asked, reason, by=by, copies=copies)
        if release and out:
            without(release, out, opened)
    if as_json:
        typer.echo(json.dumps({"taken_down": taken.names, "copies_left": taken.copies}))
        return
    typer.echo(f"taken down: {', '.join(taken.names)}")
    if taken.copies:
        typer.echo(f"copies that are still there (--copies): {', '.join(taken.copies)}")
    if out:
        _built(out, False)


def diff(
    old: Path = typer.Argument(help="The earlier release."),
    new: Path = typer.Argument(help="The later release."),
    as_json: bool = JSON,
) -> None:
    """See DIFF."""
    from anigifs.release.diff import compare, lines, snapshot

    found = compare(snapshot(old), snapshot(new))
    typer.echo(json.dumps(found.to_json(), indent=2) if as_json else "\n".join(lines(found)))


def export(
    spec: str = typer.Argument(metavar="RELEASE", help="A release, or NAME:PATH?key=value."),
    to: str = typer.Option(..., "--to", help="hf, webdataset, folders or kinetics-csv."),
    out: Path = typer.Option(..., "--out", help="A new folder."),
    scheme: str = typer.Option("", help="Which way to split; empty: the main one."),
    media: Path | None = typer.Option(None, help="A folder that `release hydrate` filled."),
) -> None:
    """See EXPORT."""
    from anigifs.datasets import open_clips
    from anigifs.release.export import export as run

    options: dict[str, Any] = {"scheme": scheme} if scheme else {}
    options |= {"media": media} if media else {}
    found = open_clips(spec, **options)
    typer.echo(run(found, to, out))
    if found.problems:
        typer.echo(
            f"{len(found.problems)} clips are left out; the first: {found.problems[0].reason}"
        )


def _built(out: Path, as_json: bool) -> None:
    from anigifs.datasets.release import read_manifest

    manifest = read_manifest(out)
    if as_json:
        typer.echo(json.dumps(manifest.summary()))
        return
    media = ", ".join(f"{count} {how}" for how, count in manifest.facts["media"].items())
    typer.echo(f"{out}: {manifest.name} {manifest.version}, {manifest.counts['clips']} clips")
    typer.echo(f"of {manifest.counts['classes']} classes; media: {media}")
    for scheme in manifest.facts["schemes"]:
        parts = ", ".join(f"{split} {count}" for split, count in scheme["splits"].items())
        typer.echo(f"{scheme['name']}: {scheme['classes']} classes; {parts}")
    for reason, count in manifest.facts["left_out"].items():
        typer.echo(f"left out: {count}, {reason} (see left-out.csv)")
