"""Is a collect that is killed again and again the same, in the end, as one that never was?

Run: python -m benchmarks.collect_kill --items 2000 --kills 50

A fake web on loopback (faults and all) is collected twice: once in peace, once by processes that
are killed with SIGKILL at random moments, each as soon as the server has seen a random number of
further requests. The catalogs are compared row by row and the blobs byte by byte; the server's
log is the witness of what was asked twice.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path

import numpy as np

from anigifs.catalog import Workspace
from anigifs.collect.fakeweb.app import FakeWeb
from anigifs.collect.fakeweb.server import Server, serving
from anigifs.collect.fakeweb.world import World, WorldConfig
from anigifs.core.seeds import stream
from anigifs.media.encode import encode_gif

CLASSES = ("clapping", "push up", "situp", "squat", "waving hand")
NET = {"operator": "bench@example.org", "connections": 4, "tries": 3, "backoff_s": 0.05}
WINDOW = 4 * NET["connections"]
"""Items under way at once: what a kill may cost."""
ASKING = 8
"""Queries under way at once: three of commons, one of each other provider."""
KEYS = {"ANIGIFS_GIPHY_KEY": "k", "ANIGIFS_KLIPY_KEY": "k"}
PORT_FREE = "http://web"

SEEN = {
    "queries": "select provider, label, text, found, complete from queries",
    "hits": "select provider, item, label, url, title, spdx, may_store from hits",
    "work": "select kind, key, state, reason from work where kind != 'query'",
    "last": "select url, reason, sha256, status from fetches f where id = "
    "(select max(id) from fetches where url = f.url)",
    "blobs": "select sha256, size_bytes from blobs",
}
"""What has to be equal: everything but times, workers and the number of attempts."""


def paint(label: str, number: int, *, filmed: bool = False) -> bytes:
    draw = stream(zlib.crc32(label.encode()), number, filmed)
    return encode_gif(draw.integers(0, 256, (3, 40, 40, 3), dtype=np.uint8), [50] * 3, colours=8)


class Try:
    """One workspace and one fake web of its own."""

    def __init__(self, folder: Path, per_class: int) -> None:
        self.folder, self.log = folder, folder / "requests.jsonl"
        folder.mkdir(parents=True)
        Workspace.create(folder / "ws", NET).close()
        (folder / "classes.txt").write_text("\n".join(CLASSES))
        world = World(WorldConfig(CLASSES, per_class))
        self.server = Server(FakeWeb.over(world, paint), log=self.log, delay_s=0.002)

    def start(self) -> subprocess.Popen[bytes]:
        """A collect process."""
        command = [
            *(sys.executable, "-m", "anigifs", "collect", str(self.folder / "ws"), "--json"),
            *("--classes", str(self.folder / "classes.txt"), "--web", self.server.address),
        ]
        return subprocess.Popen(
            command, env=os.environ | KEYS, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def finish(self) -> float:
        """Collect to the end; the seconds it took."""
        start = time.perf_counter()
        process = self.start()
        _, told = process.communicate()
        if process.returncode:
            raise SystemExit(f"collect ended with {process.returncode}: {told.decode()[-2000:]}")
        return time.perf_counter() - start

    def requests(self) -> list[dict]:
        """What the server saw."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def count(self) -> int:
        """How many requests the server saw."""
        return self.log.read_bytes().count(b"\n")

    def kill_after(self, more: int) -> bool:
        """Start, kill once `more` requests were seen; False when it ended before that."""
        goal, process = self.count() + more, self.start()
        while self.count() < goal and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return process.returncode == -signal.SIGKILL

    def seen(self) -> dict[str, Counter]:
        """The tables of `SEEN`, addresses made equal."""
        with sqlite3.connect(self.folder / "ws" / "catalog.db") as catalog:
            tables = {name: catalog.execute(text).fetchall() for name, text in SEEN.items()}
        away = self.server.address
        return {
            name: Counter(tuple(str(cell).replace(away, PORT_FREE) for cell in row) for row in rows)
            for name, rows in tables.items()
        }

    def blobs(self) -> dict[str, str]:
        """Each blob with the SHA-256 of its bytes."""
        files = (self.folder / "ws" / "blobs").glob("[0-9a-f][0-9a-f]/*")
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def twice(requests: list[dict], media: bool) -> tuple[int, int]:
    """Of media files or searches: whole answers in all, and those that were asked for before."""
    good = Counter(
        (line["path"], json.dumps(line["values"], sort_keys=True))
        for line in requests
        if line["status"] == 200 and line["path"] != "/robots.txt"
        and ("/media/" in line["path"]) == media
    )  # fmt: skip
    return sum(good.values()), sum(good.values()) - len(good)


def compare(folder: Path, per_class: int, kills: int, seed: int = 0) -> dict:
    """Both runs, and what differs. Everything under `differences` should be empty or 0."""
    peace, storm = Try(folder / "peace", per_class), Try(folder / "storm", per_class)
    with serving(peace.server):
        took_s = peace.finish()
    draw, total = random.Random(seed), peace.count()
    with serving(storm.server):
        landed = sum(
            storm.kill_after(draw.randint(1, max(2, 2 * total // (kills + 1))))
            for _ in range(kills)
        )
        storm.finish()
    one, other, blobs = peace.seen(), storm.seen(), storm.blobs()
    listed = {row[0] for row in other["blobs"]}
    fetched, again = twice(storm.requests(), media=True)
    searched, asked_again = twice(storm.requests(), media=False)
    return {
        "urls": sum(1 for row in other["work"] if row[0] == "fetch"),
        "blobs": len(blobs),
        "kills": landed,
        "undisturbed_s": round(took_s, 2),
        "files_sent": fetched,
        "files_sent_twice": again,
        "most_allowed": landed * WINDOW,
        "searches": searched,
        "searches_twice": asked_again,
        "most_searches_allowed": landed * ASKING,
        "differences": {
            **{name: len((one[name] - other[name]) + (other[name] - one[name])) for name in one},
            "blobs_on_disk": len(peace.blobs().items() ^ blobs.items()),
            "half_written": sum(name != sha for name, sha in blobs.items()),
            "rows_without_blob": len(listed - blobs.keys()),
            "blobs_without_row": len(blobs.keys() - listed),
            "unfinished": sum(row[2] in ("waiting", "leased") for row in other["work"]
                              if row[0] == "fetch"),
        },
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=2000, help="URLs, about")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    per_class = max(1, round(given.items / (4 * len(CLASSES)) / 0.97))
    with tempfile.TemporaryDirectory() as folder:
        found = compare(Path(folder), per_class, given.kills, given.seed)
    print(json.dumps(found, indent=2))
    if any(found["differences"].values()):
        raise SystemExit("the killed run is not the undisturbed one")
    if found["files_sent_twice"] > found["most_allowed"]:
        raise SystemExit("more was asked for again than was in flight")


if __name__ == "__main__":
    main()
