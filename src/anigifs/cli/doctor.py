"""`anigifs doctor`: what this computer has, whether it computes right, and what is missing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from anigifs.core.errors import AnigifsError

if TYPE_CHECKING:
    from anigifs.core.machine import Finding

HELP = """Show what this computer has, test its 3-D convolution, and say how to get what is missing.

Example: `anigifs doctor --json > machine.json`

Works without torch. Ends with code 1 when something found is bad; an absent option is not bad.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help=HELP)(doctor)


def doctor(
    folder: Path = typer.Option(Path(), help="The folder whose disk is looked at."),
    json_: bool = typer.Option(False, "--json", help="Print a JSON list of findings."),
) -> None:
    """See HELP."""
    import json

    findings = _gather(folder)
    if json_:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _show(findings)
    if bad := [finding.name for finding in findings if finding.state == "bad"]:
        raise AnigifsError(f"not as it should be: {', '.join(bad)}; see the table for what to do")


def _gather(folder: Path) -> list[Finding]:
    from anigifs.core.machine import machine, packages
    from anigifs.media.codecs import codecs

    findings = [*machine(folder), *packages(), *codecs()]
    try:
        from anigifs.models.selftest import devices
    except ImportError:
        return findings
    return [*findings, *devices()]


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("", "what", "found", "what to do", header_style="bold")
    marks = {"ok": Text("✓", "green"), "absent": Text("–", "yellow"), "bad": Text("✗", "red")}
    topic = ""
    for finding in findings:
        if finding.topic != topic:
            table.add_section()
            topic = finding.topic
        cells = (finding.name, finding.found, finding.remedy)
        table.add_row(marks[finding.state], *map(Text, cells))
    Console().print(table)
