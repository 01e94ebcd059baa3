"""`anigifs collect`, `import` and `fake-web`: animations into a workspace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from anigifs.collect.plan import Plan
    from anigifs.collect.tally import Tally

COLLECT = """Search the web for animations of every class, and fetch what is found.

Example: `anigifs collect ws --classes kinetics-600 --only "push up" --provider openverse`

Look first: `anigifs collect ws --dry-run`. Stop it whenever you like, even with `kill -9`: the same
command goes on, and asks for nothing twice. Keys come from the environment (ANIGIFS_GIPHY_KEY) or
a file, never from the command line. Try it without the internet: `anigifs fake-web`.
"""

IMPORT = """Bring in what you have: a folder of files, or a list of paths or URLs.

Example: `anigifs import ws my-gifs --licence CC0-1.0`

In a folder, the first folder below it is the class. A list is CSV with a header (path or url, and
if wanted label, licence, licence_url, credit, creator, title, page_url, id), JSON lines with the
same names, or one path or URL a line. Archives are refused: unpack them yourself.
"""

FAKE_WEB = """Serve a small web of simulated animations on this computer, faults and all.

Example: `anigifs fake-web --port 8765`

It answers in the shapes of every provider: duplicates, junk, wrong classes, errors, rate limits,
pages that repeat. In another terminal: `anigifs collect ws --web http://127.0.0.1:8765`.
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("collect", help=COLLECT)(collect)
    app.command("import", help=IMPORT)(import_)
    app.command("fake-web", help=FAKE_WEB)(fake_web)


def collect(
    workspace: Path = typer.Argument(help="The workspace; make one with anigifs init."),
    classes: str = typer.Option("", help="A class list: kinetics-600, or a file of one a line."),
    only: list[str] = typer.Option([], help="These classes of the list alone. Repeatable."),
    template: list[str] = typer.Option([], help="Query with {class} in it. Repeatable."),
    provider: list[str] = typer.Option([], "--provider", "-p", help="Ask these. Repeatable."),
    config: Path | None = typer.Option(None, help="TOML file of a CollectConfig."),
    set_: list[str] = typer.Option([], "--set", help="options.openverse.page_size=10 …"),
    web: str = typer.Option("", help="Ask this server on this computer instead (fake-web)."),
    keys: Path | None = typer.Option(None, help='TOML file of keys: giphy = "…".'),
    retry: str = typer.Option("", help="Only try again what failed for this reason."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Print the queries; ask nothing."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead of text."),
) -> None:
    """See COLLECT."""
    from anigifs.catalog import Workspace
    from anigifs.collect.keys import Keys
    from anigifs.collect.plan import configure, make_plan
    from anigifs.collect.run import collect as run
    from anigifs.collect.run import try_again

    flags = {
        "classes": classes, "only": only, "templates": template, "providers": provider, "web": web,
    }  # fmt: skip
    plan = make_plan(configure(config, set_, flags), Keys(file=keys))
    for problem in plan.left_out:
        typer.echo(f"left out: {problem.reason}", err=True)
    if dry_run:
        _show_plan(plan, as_json)
        return
    with Workspace.open(workspace) as opened:
        tally = try_again(opened, plan, retry) if retry else run(opened, plan)
    _show_tally(tally, as_json, f"next: anigifs status {workspace}")


def import_(
    workspace: Path = typer.Argument(help="The workspace; make one with anigifs init."),
    source: Path = typer.Argument(help="A folder, or a CSV, JSONL or text list."),
    label: str = typer.Option("", help="The class of items that name none."),
    licence: str = typer.Option("", help="The licence of items that name none: CC0-1.0 …"),
    credit: str = typer.Option("", help="Whom to credit for items that do not say."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead of text."),
) -> None:
    """See IMPORT."""
    from anigifs.catalog import Workspace
    from anigifs.collect.keys import Keys
    from anigifs.collect.providers.local import Local, LocalConfig
    from anigifs.collect.run import bring_in

    local = Local(LocalConfig(label=label, licence=licence, credit=credit), Keys({}))
    with Workspace.open(workspace) as opened:
        tally = bring_in(opened, local, source)
    _show_tally(tally, as_json, f"next: anigifs status {workspace}")


def fake_web(
    port: int = typer.Option(8765, min=0, max=65535, help="Where to listen; 0: any free port."),
    classes: str = typer.Option("", help="A class list or file; the simulator's 16 if not given."),
    per_class: int = typer.Option(24, min=1, help="Animations of each class."),
    seed: int = typer.Option(0, min=0, help="Another seed is another web."),
    clean: bool = typer.Option(False, help="Without any fault."),
    log: Path | None = typer.Option(None, help="Write every request to this file, as JSON lines."),
    delay: float = typer.Option(0.0, min=0, help="Seconds to wait before each answer."),
) -> None:
    """See FAKE_WEB."""
    from anigifs.collect.fakeweb.app import FakeWeb
    from anigifs.collect.fakeweb.server import Server
    from anigifs.collect.fakeweb.world import World, WorldConfig
    from anigifs.core.taxonomy import list_of
    from anigifs.simulate.config import CLASSES
    from anigifs.simulate.single import painter

    names = list_of(classes) if classes else CLASSES
    world = World(WorldConfig(names, per_class, seed, clean))
    with Server(FakeWeb.over(world, painter(seed)), port, log, delay) as server:
        typer.echo(f"serving {len(names)} classes at {server.address}; stop it with Ctrl-C")
        server.serve_forever()


def _show_plan(plan: Plan, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        rows = [asdict(query) | {"url": url} for query, url in plan.requests()]
        typer.echo(json.dumps(rows, indent=2))
        return
    for query, url in plan.requests():
        typer.echo(f"{query.provider}\t{query.text}\t{url}")
    typer.echo(f"{len(plan.queries)} queries to {len(plan.providers)} providers", err=True)


def _show_tally(tally: Tally, as_json: bool, after: str) -> None:
    from rich.console import Console

    from anigifs.collect.display import summary, table

    if as_json:
        typer.echo(json.dumps(tally.as_json(), indent=2))
        return
    console = Console()
    if not console.is_terminal:
        console.print(table(tally))
    typer.echo(summary(tally) + after)
