"""The command line: which commands exist, and how an error reaches a person."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import typer

from anigifs.core.errors import INTERRUPTED, AnigifsError

GROUPS = (
    "demo",
    "doctor",
    "simulate",
    "gifify",
    "pack",
    "inspect",
    "gap",
    "train",
    "study",
    "evaluate",
    "explain",
    "report",
    "curate",
    "annotate",
    "release",
    "workspace",
    "collect",
)
"""One file of this folder each; its `register(app)` adds the commands."""


def build_app() -> typer.Typer:
    """The whole command line. Loads no command's own imports."""
    app = typer.Typer(
        name="anigifs",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        help="Build and benchmark animated-GIF action datasets; measure the video-to-GIF gap.",
        epilog="Start with: `anigifs demo --out demo`",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_version)
    for name in GROUPS:
        import_module(f"anigifs.cli.{name}").register(app)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its code; an expected error is one message, no traceback.

    `ANIGIFS_TRACEBACK=1` shows where an expected error came from.
    """
    try:
        build_app()(arguments)
    except AnigifsError as error:
        if os.environ.get("ANIGIFS_TRACEBACK"):
            raise
        print(f"anigifs: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except SystemExit as end:
        stop = _interruption(end) if end.code == INTERRUPTED else None
        if stop is not None:
            text = str(stop) or "interrupted; run the same command again to go on"
            print(f"anigifs: {text}", file=sys.stderr)
        raise


def _interruption(end: BaseException | None) -> KeyboardInterrupt | None:
    """The Ctrl-C behind an exit: typer turns it into a silent exit code of 130."""
    while end is not None and not isinstance(end, KeyboardInterrupt):
        end = end.__cause__ or end.__context__
    return end


def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        from anigifs import __version__

        print(__version__)
        raise typer.Exit
