"""From an empty folder to clean candidates: the bundled fake web is asked, screened, cleared.

Everything here is simulated: the animations, the web that serves them, and what is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from anigifs.catalog import Workspace
from anigifs.collect.fakeweb.app import FakeWeb
from anigifs.collect.fakeweb.server import Server, serving
from anigifs.collect.fakeweb.world import Item, World, WorldConfig
from anigifs.collect.keys import Keys
from anigifs.collect.plan import configure, make_plan
from anigifs.collect.run import collect
from anigifs.core.files import write_text
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.open import search_specs
from anigifs.curate.dedup.page import write_page
from anigifs.curate.screen.config import ScreenConfig
from anigifs.curate.screen.run import screen
from anigifs.simulate.single import painter


@dataclass(frozen=True, slots=True)
class Gathered:
    """Where the candidates lie, and what only the maker of the fake web can know.

    items: what each stored file really is, by its sha256.
    """

    root: Path
    world: World
    items: dict[str, Item]


def gather(out: Path, config: WorldConfig, side_px: int, workers: int) -> Gathered:
    """Fill the workspace `out/workspace` from a fake web of `config`; go on where it stopped.

    Args:
        out: the folder of the story.
        config: the fake web's classes, size and seed.
        side_px: of its animations.
        workers: processes for screening and the search for duplicates; 0: one a core.
    """
    root, world = out / "workspace", World(config)
    with _opened(root) as workspace:
        if not _collected(workspace):
            _collect(workspace, world, out, side_px)
        screen(workspace, ScreenConfig(), workers)
        items = _items(workspace, world)
    found = search_specs([str(root)], "", DedupConfig(), workers)
    write_page(out / "duplicates.html", found, DedupConfig(), workers)
    return Gathered(root, world, items)


def _opened(root: Path) -> Workspace:
    return Workspace.open(root) if root.exists() else Workspace.create(root)


def _collected(workspace: Workspace) -> bool:
    """Whether an earlier call asked and fetched everything."""
    queries = workspace.queries.all()
    waiting = workspace.funnel().total.unfetched
    return bool(queries) and all(query.complete for query in queries) and not waiting


def _collect(workspace: Workspace, world: World, out: Path, side_px: int) -> None:
    """Serve the fake web on this computer for the time of the job; one port for all attempts."""
    listed, port = out / "classes.txt", out / "fake-web-port.txt"
    write_text(listed, "".join(f"{name}\n" for name in world.config.classes))
    web = FakeWeb.over(world, painter(world.config.seed, side_px))
    with serving(Server(web, int(port.read_text()) if port.exists() else 0)) as server:
        write_text(port, str(server.server_address[1]))
        flags = {"classes": str(listed), "web": server.address}
        collect(workspace, make_plan(configure(None, [], flags), Keys({})))


def _items(workspace: Workspace, world: World) -> dict[str, Item]:
    """What each blob is. Of two items with the same bytes the first of the world counts."""
    order = {name: place for place, name in enumerate(world.by_id)}
    found: dict[str, Item] = {}
    for sha in workspace.fetches.blobs():
        names = [Path(urlsplit(hit.url).path).stem for hit in workspace.hits.of(sha)]
        known = sorted((name for name in names if name in world.by_id), key=order.__getitem__)
        if known:
            found[sha] = world.by_id[known[0]]
    return found
