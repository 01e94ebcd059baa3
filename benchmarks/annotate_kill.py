"""Is every vote that the server acknowledged in the catalog, once, after kill -9 at any moment?

Run: python -m benchmarks.annotate_kill --kills 50

Two scripted people vote over loopback as fast as they are answered. The server is killed with
SIGKILL after a random number of acknowledged votes and a random moment, and started again; what
was not acknowledged is sent again under its own id, as the page in the browser does. At the end
the rows of the catalog are counted: none may be lost, doubled or changed.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from pathlib import Path

import httpx

from anigifs.annotate.queue import refresh
from anigifs.catalog import OK, SCREENED, Fact, Hit, NewQuery, Outcome, Said, Then, Workspace
from anigifs.core.seeds import derive

SERVE = """
import sys
from pathlib import Path
from anigifs.annotate.app.serve import serve
serve(Path(sys.argv[1]), port=0)
"""
LABELS = ("clapping", "push up", "situp", "squat")
PEOPLE = ("ant", "bee")
MOST_BETWEEN = 12
"""Acknowledged votes between two kills, at most."""
START_S = 60.0


def fill(root: Path, count: int) -> list[str]:
    """A workspace with `count` items in the queue; the people's tokens."""
    with Workspace.create(root) as workspace:
        workspace.queries.add(NewQuery("bench", label, label) for label in LABELS)
        ids = {query.label: query.id for query in workspace.queries.all()}
        shas = workspace.blobs.put_all([b"GIF89a item %d" % number for number in range(count)])
        urls = [f"http://bench.test/{number}.gif" for number in range(count)]
        for place, label in enumerate(LABELS):
            workspace.hits.add(ids[label], [
                Hit(provider="bench", id=url, label=label, url=url, may_store=True)
                for url in urls[place :: len(LABELS)]
            ])  # fmt: skip
        workspace.fetches.record([
            Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)
            for url, sha in zip(urls, shas, strict=True)
        ])  # fmt: skip
        workspace.facts.append(Fact(sha256=sha, check=SCREENED, said=Said.PASS) for sha in shas)
        refresh(workspace)
        return [workspace.people.invite(name)[1] for name in PEOPLE]


class Site:
    """The server's process, killed and started again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.address, self.kills = "", 0
        self.start()

    def start(self) -> None:
        """Start, and wait until it listens."""
        command = [sys.executable, "-c", SERVE, str(self._root)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if "http://" not in line:
            raise SystemExit(f"the server did not start: {line}")
        self.address = line.split(" at ")[1].split()[0]

    def kill(self) -> None:
        """Kill it, at once."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()
        self.kills += self._process.returncode == -signal.SIGKILL


class Person(threading.Thread):
    """Somebody who votes until told to stop, and sends again what was not acknowledged."""

    def __init__(self, site: Site, token: str, seed: int) -> None:
        super().__init__(daemon=True)
        self._site, self._token, self._draw = site, token, random.Random(seed)
        self.acknowledged: dict[str, dict] = {}
        self.sent_again, self.done, self.faults = 0, threading.Event(), []

    def run(self) -> None:
        """Join and vote."""
        try:
            with httpx.Client(timeout=30) as client:
                self._work(client)
        except Exception as error:
            self.faults.append(repr(error))

    def _work(self, client: httpx.Client) -> None:
        self._ask(client, "POST", "/join", {"token": self._token})
        page = self._ask(client, "GET", "/").text
        client.headers["X-CSRF-Token"] = page.split('name="csrf-token" content="')[1].split('"')[0]
        items = self._ask(client, "GET", "/api/next?count=2").json()["items"]
        while items and not self.done.is_set():
            items = self._vote(client, items[0])

    def _vote(self, client: httpx.Client, item: dict) -> list[dict]:
        exact = self._draw.choice(("yes", "no", "unsure"))
        vote = {
            "client_id": str(uuid.UUID(int=self._draw.getrandbits(128))), "act": "vote",
            "sha256": item["sha256"], "label": item["label"], "animation": "yes",
            "character": "yes", "exact": exact, "took_ms": self._draw.randrange(1, 9999),
        }  # fmt: skip
        told = self._ask(client, "POST", "/api/votes", {"votes": [vote], "count": 2}).json()
        if told["stored"] != [vote["client_id"]]:
            raise RuntimeError(f"not stored: {told['refused']}")
        self.acknowledged[vote["client_id"]] = vote
        return told["items"]

    def _ask(self, client: httpx.Client, method: str, path: str, body=None) -> httpx.Response:
        """Until the server answers; each attempt is the same request."""
        while True:
            home = self._site.address
            with suppress(httpx.TransportError):
                answer = client.request(method, home + path, json=body, headers={"Origin": home})
                answer.raise_for_status()
                return answer
            self.sent_again += body is not None
            time.sleep(0.02)


def compare(folder: Path, kills: int, seed: int = 0) -> dict:
    """Kill and count. Everything under `differences` should be 0."""
    root = folder / "work"
    tokens = fill(root, (kills + 1) * (MOST_BETWEEN + 4) * 2)
    site, draw = Site(root), random.Random(seed)
    people = [Person(site, token, derive(seed, n)) for n, token in enumerate(tokens)]
    for person in people:
        person.start()
    for number in range(kills + 1):
        _wait(people, draw.randint(1, MOST_BETWEEN))
        time.sleep(draw.random() * 0.02)
        if number < kills:
            site.kill()
            site.start()
    for person in people:
        person.done.set()
    for person in people:
        person.join(60)
    site.kill()
    faults = [fault for person in people for fault in person.faults]
    if faults or any(person.is_alive() for person in people):
        raise SystemExit(f"a scripted person did not end in order: {faults}")
    again = sum(person.sent_again for person in people)
    return {"kills": site.kills - 1, "sent_again": again, **_count(root, people)}


def _wait(people: list[Person], more: int) -> None:
    """Until so many further votes are acknowledged."""
    goal = sum(len(person.acknowledged) for person in people) + more
    until = time.monotonic() + START_S
    while sum(len(person.acknowledged) for person in people) < goal:
        if time.monotonic() > until or any(person.faults for person in people):
            raise SystemExit(f"no votes: {[person.faults for person in people]}")
        time.sleep(0.001)


def _count(root: Path, people: list[Person]) -> dict:
    columns = ("client_id", "sha256", "label", "act", "animation", "character", "exact", "took_ms")
    with sqlite3.connect(root / "catalog.db") as catalog:
        rows = catalog.execute(f"select {', '.join(columns)}, person_id from votes").fetchall()
        whole = catalog.execute("pragma integrity_check").fetchone()[0]
    stored = {row[0]: dict(zip(columns, row, strict=False)) for row in rows}
    sent = {name: vote for person in people for name, vote in person.acknowledged.items()}
    once = Counter((row[-1], row[1], row[2]) for row in rows)
    return {
        "acknowledged": len(sent),
        "differences": {
            "lost": len(sent.keys() - stored.keys()),
            "changed": sum(stored.get(name, vote) != vote for name, vote in sent.items()),
            "doubled": len(rows) - len(once),
            "stored_but_never_acknowledged": len(stored.keys() - sent.keys()),
            "catalog_damaged": int(whole != "ok"),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = compare(Path(folder), given.kills, given.seed)
    print(json.dumps(found, indent=2))
    if any(found["differences"].values()):
        raise SystemExit("votes were lost, doubled or changed")


if __name__ == "__main__":
    main()
