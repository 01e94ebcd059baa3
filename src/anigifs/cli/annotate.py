"""`anigifs annotate …` and `anigifs agreement`: people vote, agree, and are counted."""

from __future__ import annotations

import json
from pathlib import Path

import typer

SERVE = """Serve the page on which people vote, until Ctrl-C.

Example: `anigifs annotate serve work --port 8000`

Only this computer reaches it, unless `--host` says otherwise; then TLS belongs in front. People
come in with the links of `anigifs annotate invite`. Before it starts, the queue is filled with what
waits for people.
"""

INVITE = """Invite a person, or again one who lost the link: print it, once.

Example: `anigifs annotate invite work ann --role annotator --url http://127.0.0.1:8000`

The name is a pseudonym: it is published with the votes. The link is stored nowhere; whoever has it
votes as this person. Inviting again ends the older link and sets the role.
"""

LIST = """List the people who were invited, and how many of their votes count.

Example: `anigifs annotate list work --json`
"""

REVOKE = """End a person's access. Their votes stay; what they held goes to others.

Example: `anigifs annotate revoke work ann`
"""

RESOLVE = """Turn votes into verdicts by a rule; what has no consensus waits for an adjudicator.

Example: `anigifs annotate resolve work --rule majority --json`

Rules: unanimous, majority (asks one more person first), adjudicated. Run again, it settles only
what is new; with another rule it looks at all votes again (docs/annotate.md).
"""

QUEUE = """Fill the queue with what waits for people, and show what comes first and why.

Example: `anigifs annotate queue work --top 20`
"""

CLASSES = """Show the classes in use with their neighbours; rename or drop one.

Example: `anigifs annotate classes work --rename "playing guitar" --to "strumming guitar"`

Votes keep their class. A renamed class's items come back under the new name, a dropped one's leave
the queue: `anigifs annotate classes work --drop "playing guitar"`.
"""

BOXES = """Write the boxes that people drew, carried over the frames between, as a table.

Example: `anigifs annotate boxes work --out boxes.csv`
"""

AGREEMENT = """Show how far people agree: Cohen, Fleiss, Krippendorff, golds, time per item.

Example: `anigifs agreement work --json`
"""

FOLDER = typer.Argument(help="The workspace.")
JSON = typer.Option(False, "--json", help="Print JSON for a program to read.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Let several people vote, and settle items.")
    for name, text, command in (
        ("serve", SERVE, serve),
        ("invite", INVITE, invite),
        ("list", LIST, list_),
        ("revoke", REVOKE, revoke),
        ("queue", QUEUE, queue),
        ("resolve", RESOLVE, resolve),
        ("classes", CLASSES, classes),
        ("boxes", BOXES, boxes),
    ):
        group.command(name, help=text)(command)
    app.add_typer(group, name="annotate")
    app.command("agreement", help=AGREEMENT)(agreement)


def serve(
    folder: Path = FOLDER,
    host: str = typer.Option("127.0.0.1", help="The address to listen on."),
    port: int = typer.Option(8000, min=0, max=65535, help="The port; 0: any that is free."),
    name: str = typer.Option("", help="The address of a TLS proxy before it: https://…"),
) -> None:
    """See SERVE."""
    from anigifs.annotate.app.serve import serve as run
    from anigifs.annotate.queue import refresh
    from anigifs.catalog import Workspace

    with Workspace.open(folder) as workspace:
        typer.echo(f"{refresh(workspace):,} items came into the queue")
    run(folder, host, port, name)


def invite(
    folder: Path = FOLDER,
    person: str = typer.Argument(help="A pseudonym."),
    role: str = typer.Option("annotator", help="annotator, adjudicator or owner."),
    url: str = typer.Option("http://127.0.0.1:8000", help="Where people reach the server."),
) -> None:
    """See INVITE."""
    from anigifs.catalog import Workspace
    from anigifs.catalog.people import role_of

    chosen = role_of(role)
    with Workspace.open(folder) as workspace:
        who, token = workspace.people.invite(person, chosen)
    typer.echo(f"{who.name}, {who.role}; this link is shown once and works for whoever has it:")
    typer.echo(f"{url.rstrip('/')}/join#{token}")


def list_(folder: Path = FOLDER, as_json: bool = JSON) -> None:
    """See LIST."""
    from anigifs.catalog import Workspace

    with Workspace.open(folder) as workspace:
        done = workspace.people.done()
        rows = [
            {"name": p.name, "role": str(p.role), "revoked": p.revoked, "votes": done[p.name]}
            for p in workspace.people.all()
        ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    for row in rows if not as_json else ():
        ended = ", revoked" if row["revoked"] else ""
        typer.echo(f"{row['name']}: {row['role']}{ended}, {row['votes']:,} votes")
    if not rows and not as_json:
        typer.echo(f"nobody yet; invite the first: anigifs annotate invite {folder} NAME")


def revoke(folder: Path = FOLDER, person: str = typer.Argument(help="Who.")) -> None:
    """See REVOKE."""
    from anigifs.catalog import Workspace

    with Workspace.open(folder) as workspace:
        who = workspace.people.revoke(person)
    typer.echo(f"{who.name} may not enter any more; the votes stay")


def queue(
    folder: Path = FOLDER,
    top: int = typer.Option(10, min=0, help="How many to show."),
    as_json: bool = JSON,
) -> None:
    """See QUEUE."""
    from anigifs.annotate.queue import refresh
    from anigifs.catalog import Workspace

    with Workspace.open(folder) as workspace:
        new = refresh(workspace)
        first = workspace.tasks.open(top)
    if as_json:
        rows = [
            {"sha256": t.sha256, "label": t.label, "rank": t.rank, "why": t.why, "voted": t.voted}
            for t in first
        ]
        typer.echo(json.dumps({"new": new, "first": rows}, indent=2, ensure_ascii=False))
        return
    typer.echo(f"{new:,} items came into the queue; the first:")
    for task in first:
        typer.echo(f"  {task.sha256[:12]}  {task.label}: {task.why}")


def resolve(
    folder: Path = FOLDER,
    rule: str = typer.Option("", help="unanimous, majority or adjudicated; [annotate] says else."),
    as_json: bool = JSON,
) -> None:
    """See RESOLVE."""
    from anigifs.annotate.consensus import resolve as run
    from anigifs.catalog import Workspace

    with Workspace.open(folder) as workspace:
        found = run(workspace, rule)
    typer.echo(json.dumps(found.as_json(), indent=2) if as_json else "\n".join(found.lines()))


def classes(
    folder: Path = FOLDER,
    rename: str = typer.Option("", help="A class that gets another name, with --to."),
    to: str = typer.Option("", help="The new name."),
    drop: str = typer.Option("", help="A class that is used no more."),
    as_json: bool = JSON,
) -> None:
    """See CLASSES."""
    from anigifs.annotate.classes import change_class, listed
    from anigifs.catalog import Workspace
    from anigifs.core.errors import InputError

    if bool(rename) != bool(to) or (rename and drop):
        raise InputError("give --rename OLD with --to NEW, or --drop OLD alone")
    with Workspace.open(folder) as workspace:
        if rename or drop:
            done = change_class(workspace, rename or drop, to)
            typer.echo(json.dumps(done.as_json()) if as_json else "\n".join(done.lines()))
            return
        found = listed(workspace)
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(f"{name}: near {', '.join(near)}" for name, near in found.items()))


def boxes(
    folder: Path = FOLDER,
    out: Path = typer.Option(Path("boxes.csv"), "--out", "-o", help="The file to write."),
) -> None:
    """See BOXES."""
    from anigifs.annotate.boxes import write_boxes
    from anigifs.catalog import Workspace

    with Workspace.open(folder) as workspace:
        count, problems = write_boxes(workspace, out)
    typer.echo(f"{out}: boxes of {count:,} accepted animations")
    for problem in problems:
        typer.echo(f"left out {problem.item[:12]}: {problem.reason}", err=True)


def agreement(folder: Path = FOLDER, as_json: bool = JSON) -> None:
    """See AGREEMENT."""
    from anigifs.annotate.agreement import report
    from anigifs.catalog import Workspace

    with Workspace.open(folder) as workspace:
        found = report(workspace)
    typer.echo(json.dumps(found.as_json(), indent=2) if as_json else "\n".join(found.lines()))
