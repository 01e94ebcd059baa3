"""Does the catalog hold exactly what was pressed? Run: python -m benchmarks.annotate_browser

A keyboard-only script in real Chromium labels 200 items through the page, served as people get
it, with undo, another class, boxes, notes, flags and a dropped connection; then the catalog is
compared with what was pressed. Also printed, as JSON: the page's own share of the time per item,
from the key press to the next item's first frame on screen.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn

from anigifs.annotate.app.factory import build_app
from anigifs.annotate.queue import refresh
from anigifs.catalog import OK, SCREENED, Fact, Hit, NewQuery, Outcome, Said, Then, Workspace
from anigifs.catalog.annotation import Vote
from anigifs.media.encode import encode_gif

CLASSES = ("dancing ballet", "jogging", "yoga")
OTHER = "tap dancing"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
YES, NO, UNSURE, NONE = "yes", "no", "unsure", ""
STORED = "() => !Object.keys(localStorage).some((key) => key.includes('outbox'))"
CHANGED = "before => document.body.dataset.item !== before"
FETCHED = "count => Number(document.body.dataset.ahead) >= count"
TURNS = "performance.getEntriesByName('anigifs:turn').map((entry) => entry.duration)"


@dataclass(frozen=True)
class Row:
    """What a row of keys says of the item on screen."""

    keys: tuple[str, ...]
    answers: tuple[str, str, str]
    other: str = ""
    flag: str = ""
    note: str = ""
    boxes: int = 0
    undone: bool = False


KINDS = (
    Row(("a",), (YES, YES, YES)),
    Row(("1",), (NO, NONE, NONE)),
    Row(("a",), (YES, YES, YES), undone=True),
    Row(("o", *"tap dan", "Enter"), (YES, YES, NO), other=OTHER),
    Row(("b", "ArrowUp", "ArrowUp", ".", "Enter", "Escape", "a"), (YES, YES, YES), boxes=2),
    Row(("2",), (YES, NO, NONE)),
    Row(("u",), (UNSURE, UNSURE, UNSURE), undone=True),
    Row(("3",), (YES, YES, NO)),
    Row(("n", *"odd", "Escape", "a"), (YES, YES, YES), note="odd"),
    Row(("f", "a"), (YES, YES, YES), flag="sensitive"),
    Row(("Shift+2", "a"), (YES, UNSURE, YES)),
    Row(("s",), (NONE, NONE, NONE)),
)
"""One after the other, again and again; what is undone is said anew with the kind after it."""
OFFLINE, ONLINE = 5, 8
"""The connection is lost before the kind of this place, and comes back before that one."""


@dataclass
class Labeller:
    """Presses keys on the page and remembers what was said of which item."""

    page: Any
    context: Any
    said: dict[tuple[str, str], Row] = field(default_factory=dict)
    presses: int = 0

    def label(self, count: int) -> None:
        """Judge `count` items."""
        while len(self.said) < count:
            place = self.presses % len(KINDS)
            self._connection(place, count - len(self.said))
            self._judge(KINDS[place])
        self.context.set_offline(False)
        self.page.wait_for_function(STORED)

    def _connection(self, place: int, left: int) -> None:
        if place == OFFLINE and left > ONLINE - OFFLINE:
            self.page.wait_for_function(STORED)
            self.page.wait_for_function(FETCHED, arg=4)
            self.context.set_offline(True)
        elif place == ONLINE:
            self.context.set_offline(False)

    def _judge(self, kind: Row) -> None:
        self.page.wait_for_selector("body[data-state=ready]")
        item = self._press(kind.keys)
        self.presses += 1
        if kind.undone:
            assert self._press(("z",)) != item
            assert self.page.evaluate("document.body.dataset.item") == "|".join(item)
        else:
            self.said[item] = kind

    def _press(self, keys: Sequence[str]) -> tuple[str, str]:
        """Press keys until another item is on screen; the item that was."""
        if keys == ("z",):
            self.page.wait_for_selector("body[data-state=ready], body[data-state=end]")
        before = self.page.evaluate("document.body.dataset.item")
        for key in keys:
            self.page.keyboard.press(key)
        self.page.wait_for_function(CHANGED, arg=before)
        sha256, _, label = (before or "|").partition("|")
        return sha256, label


def differences(said: dict[tuple[str, str], Row], votes: Sequence[Vote]) -> list[str]:
    """Where the catalog is not what was pressed; skips are in nobody's votes."""
    wanted = {item: kind for item, kind in said.items() if kind.keys != ("s",)}
    found = {(vote.sha256, vote.label): vote for vote in votes}
    wrong = [f"{item} is only on one side" for item in wanted.keys() ^ found.keys()]
    if len(found) != len(votes):
        wrong.append("an item has two votes that count")
    for item in wanted.keys() & found.keys():
        vote, kind = found[item], wanted[item]
        stored = (vote.animation, vote.character, vote.exact)
        details = (vote.other, vote.flag, vote.note, len(vote.boxes))
        if stored != kind.answers or details != (kind.other, kind.flag, kind.note, kind.boxes):
            wrong.append(f"{item}: pressed {kind}, stored {vote}")
    return wrong


def workspace_of(root: Path, count: int) -> Workspace:
    """A workspace in which `count` made GIFs wait for people."""
    workspace = Workspace.create(root)
    names = (*CLASSES, OTHER)
    workspace.queries.add(NewQuery("made", name, name) for name in names)
    ids = {query.label: query.id for query in workspace.queries.all()}
    shas = []
    for number in range(count):
        label, url = CLASSES[number % 3], f"http://a.test/{number}.gif"
        sha = workspace.blobs.put(moving_square(number))
        hit = Hit(provider="made", id=str(number), label=label, url=url, may_store=True)
        workspace.hits.add(ids[label], [hit])
        workspace.fetches.record([Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)])
        shas.append(sha)
    workspace.facts.append(Fact(sha256=sha, check=SCREENED, said=Said.PASS) for sha in shas)
    refresh(workspace)
    return workspace


def moving_square(seed: int) -> bytes:
    """24 frames of 320 × 240: a square that moves over a ground of its own colour."""
    rng = np.random.default_rng(seed)
    frames = np.empty((24, 240, 320, 3), np.uint8)
    frames[:] = rng.integers(60, 255, 3)
    for k in range(24):
        frames[k, 60:160, 8 * k : 8 * k + 90] = 40
    return encode_gif(frames, np.full(24, 60), colours=4)


@contextmanager
def served(root: Path) -> Iterator[str]:
    """The real application on loopback; its address."""
    server = uvicorn.Server(uvicorn.Config(build_app(root), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise SystemExit("the server does not start")
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def visit(context: Any, url: str, token: str) -> Any:
    """The annotator's page, entered with the invitation as people do."""
    page = context.new_page()
    page.goto(f"{url}/join#{token}")
    page.wait_for_selector("body[data-state=ready]")
    return page


def labelled(browser: Any, root: Path, count: int) -> dict[str, Any]:
    """Label `count` items; what differs from the catalog, and the times."""
    workspace = workspace_of(root, count + 6)
    _, token = workspace.people.invite("ada")
    with served(root) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(60_000)
        page = visit(context, url, token)
        labeller = Labeller(page, context)
        start = time.perf_counter()
        labeller.label(count)
        wall_s = time.perf_counter() - start
        turns = sorted(page.evaluate(TURNS))
        context.close()
    wrong = differences(labeller.said, workspace.votes.current())
    workspace.close()
    return {
        "items": len(labeller.said), "rows_of_keys": labeller.presses, "differences": wrong,
        "wall_s": round(wall_s, 1), "turns": len(turns),
        "own_ms_median": round(statistics.median(turns), 1),
        "own_ms_p95": round(turns[int(0.95 * (len(turns) - 1))], 1),
    }  # fmt: skip


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200)
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SystemExit("no Chromium found; install the package chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        result = labelled(browser, Path(folder) / "workspace", parser.parse_args().items)
        result |= {"browser": browser.version, "machine": platform.machine()}
        result |= {"load": os.getloadavg()}
        browser.close()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
