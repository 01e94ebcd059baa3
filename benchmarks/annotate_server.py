"""How fast is "vote and get the next item"? Run: python -m benchmarks.annotate_server [ITEMS ...]

Answers one question: with 8 annotators at once, how long is it from sending a vote to having the
answer with the next items, over loopback HTTP against the real server in a process of its own,
and how does that grow with the catalog (1,000, 10,000, 100,000 items)? Each annotator votes at a
pace far above a person's (a pause of half a second in the mean), and then as fast as it can.

Afterwards the catalog is compared with what was acknowledged: no vote lost, doubled or changed,
no item twice to one person, none to more people than wanted. Prints JSON.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import numpy as np

from anigifs.annotate.queue import refresh
from anigifs.annotate.simulate import Annotator, AnnotatorConfig, Truth, annotators
from anigifs.annotate.visit import Visit
from anigifs.catalog.annotation import Role
from anigifs.catalog.workspace import Workspace
from anigifs.core.seeds import stream
from benchmarks.annotate_catalog import make

PEOPLE, VOTES, WARM_UP = 8, 60, 5
PAUSE_S = 0.5
GOAL_MS = 100
SERVE = "import sys,pathlib; from anigifs.annotate.app.serve import serve; " + (
    "serve(pathlib.Path(sys.argv[1]), port=0)"
)


@dataclass
class Reply:
    """An answer; `httpx` would do, but its own time would be measured as the server's."""

    status_code: int
    text: str

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


@dataclass
class TimedClient:
    """One browser: a kept connection, a cookie, and how long each vote took."""

    port: int
    pause_s: float
    seed: int
    cookie: str = ""
    took_ms: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._pauses = stream(0, "pauses", self.seed)

    def get(self, url: str) -> Reply:
        """GET."""
        return self._ask("GET", url, None, {})

    def post(self, url: str, *, json: Any, headers: Mapping[str, str]) -> Reply:
        """POST; a vote is timed, after a pause."""
        if url != "/api/votes":
            return self._ask("POST", url, json, headers)
        sleep(self._pauses.exponential(self.pause_s) if self.pause_s else 0)
        start = perf_counter()
        reply = self._ask("POST", url, json, headers)
        self.took_ms.append(1000 * (perf_counter() - start))
        return reply

    def _ask(self, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Reply:
        sent = {"Cookie": self.cookie, "Content-Type": "application/json", **headers}
        data = json.dumps(body).encode() if body is not None else None
        self._connection.request(method, url, data, sent)
        answer = self._connection.getresponse()
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        return Reply(answer.status, answer.read().decode())


@contextmanager
def served(root: Path) -> Iterator[tuple[int, int]]:
    """The server in its own process: its port and process id."""
    command = [sys.executable, "-u", "-c", SERVE, str(root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found, "the server did not say where it listens"
        yield int(found.group(1)), process.pid
    finally:
        process.terminate()
        process.wait(30)


def everybody(
    port: int, tokens: Mapping[str, str], truth: Mapping[str, Truth], votes: int, pause_s: float
) -> tuple[dict[str, list[str]], list[float]]:
    """All at once: the ids acknowledged to each, and the times in ms without warming up."""
    crowd = annotators([AnnotatorConfig(names_other=0)] * PEOPLE)
    clients = [TimedClient(port, pause_s, seed) for seed in range(PEOPLE)]
    acknowledged: dict[str, list[str]] = {}

    def work(one: Annotator, client: TimedClient) -> None:
        visit = Visit(client, f"http://127.0.0.1:{port}")
        csrf = visit.join(tokens[one.name])
        acknowledged[one.name] = visit.vote(one, csrf, truth, most=WARM_UP + votes)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(crowd, clients, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(acknowledged) == PEOPLE, "an annotator ended with an error; see above"
    return acknowledged, [ms for client in clients for ms in client.took_ms[WARM_UP:]]


def faults(root: Path, acknowledged: Mapping[str, list[str]], wanted: int) -> dict[str, int]:
    """What the catalog holds otherwise than it was acknowledged; all 0 is right."""
    with Workspace.open(root) as workspace:
        rows, tasks = workspace.votes.history(), workspace.tasks.all()
    stored = Counter((row.person, row.client_id) for row in rows)
    told = Counter((name, one) for name, ids in acknowledged.items() for one in ids)
    items = Counter((row.person, row.sha256, row.label) for row in rows)
    people = Counter((row.sha256, row.label) for row in rows)
    return {
        "lost": (told - stored).total(),
        "not acknowledged": (stored - told).total(),
        "acknowledged twice": sum(times - 1 for times in told.values()),
        "twice to one person": sum(times - 1 for times in items.values()),
        "to too many people": sum(times > wanted for times in people.values()),
        "miscounted tasks": sum(people[t.sha256, t.label] != t.voted for t in tasks),
    }


def measure(items: int, votes: int) -> dict[str, Any]:
    """One row of the table of growth."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        truth, tokens, row = prepared(root, items)
        acknowledged: dict[str, list[str]] = {name: [] for name in tokens}
        with served(root) as (port, process):
            for how, pause_s in (("at a pace", PAUSE_S), ("flat out", 0.0)):
                start, cpu = perf_counter(), _cpu_s(process)
                told, took_ms = everybody(port, tokens, truth, votes, pause_s)
                spent_s, cpu_s = perf_counter() - start, _cpu_s(process) - cpu
                row[how] = _summary(took_ms, spent_s, cpu_s)
                acknowledged = {name: acknowledged[name] + told[name] for name in tokens}
            row["server_peak_mb"] = _peak_mb(process)
        return row | {
            "votes": sum(map(len, acknowledged.values())),
            "faults": faults(root, acknowledged, wanted=2),
            "within_goal": row["at a pace"]["p95_ms"] <= GOAL_MS,
        }


def prepared(root: Path, items: int) -> tuple[dict[str, Truth], dict[str, str], dict[str, Any]]:
    """A workspace with a filled queue: the truth, everybody's token, and how long it took."""
    start = perf_counter()
    labels = make(root, items)
    truth = {sha: Truth(label if int(sha[:2], 16) % 4 else None) for sha, label in labels.items()}
    made_s, start = perf_counter() - start, perf_counter()
    with Workspace.open(root) as workspace:
        refresh(workspace)
        filled_s = perf_counter() - start
        names = [one.name for one in annotators([AnnotatorConfig()] * PEOPLE)]
        tokens = {name: workspace.people.invite(name, Role.ANNOTATOR)[1] for name in names}
    row = {"items": items, "made_s": round(made_s, 1), "queue_filled_s": round(filled_s, 1)}
    return truth, tokens, row


def _summary(took_ms: list[float], spent_s: float, cpu_s: float) -> dict[str, Any]:
    quantiles = np.quantile(took_ms, [0.5, 0.95, 0.99])
    named = zip(("p50_ms", "p95_ms", "p99_ms"), quantiles, strict=True)
    cast = len(took_ms) + PEOPLE * WARM_UP
    return {name: round(float(ms), 1) for name, ms in named} | {
        "most_ms": round(max(took_ms), 1),
        "votes": len(took_ms),
        "votes_per_s": round(cast / spent_s, 1),
        "server_cpu_ms_a_vote": round(1000 * cpu_s / cast, 1),
    }


def _cpu_s(process: int) -> float:
    """Processor time of another process so far; NaN where there is no /proc."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(process: int) -> float | None:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return round(int(found.group(1)) / 1024, 1) if found else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("items", nargs="*", type=int, default=[1_000])
    parser.add_argument("--votes", type=int, default=VOTES, help="of each annotator in each round")
    given = parser.parse_args()
    rows = [measure(items, given.votes) for items in given.items]
    where = {"machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()}
    print(json.dumps({"annotators": PEOPLE, "pause_s": PAUSE_S, **where, "growth": rows}, indent=1))
    return 1 if any(sum(row["faults"].values()) for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
