"""What politeness and safety cost. Run: python -m benchmarks.fetch

Answers one question: how many small GIFs a second come from a local server under 200 host names
(a) by a bare aiohttp loop that checks and keeps nothing, (b) by our fetcher with every check on
(robots.txt and TDM reservations of each host, opt-out headers, address guard, rate and connections
per host, caps), (c) by the whole download job, which also stores each blob durably and writes the
catalog? All three ask the same server (a process of its own) over at most 64 connections, in turns.

With --img2dataset PYTHON (the interpreter of an environment that holds img2dataset) its download of
the same files is measured after the rounds: two processes of 32 threads, no decoding, files on the
disk and a table of what was fetched; its start and imports are not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Coroutine
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from anigifs.catalog import Hit, NewQuery, Workspace
from anigifs.collect.fetching import fetch_waiting
from anigifs.core.parallel import cores
from anigifs.net.config import NetConfig
from anigifs.net.fetcher import Fetcher

ITEMS, HOSTS, ROUNDS, CONNECTIONS = 6_000, 200, 5, 64
SIZES = (4_000, 12_000, 40_000)
"""Bytes of the GIFs, in turn: those of small animations."""
NET = {
    "operator": "benchmark@example.org", "allow": ("127.0.0.0/8",), "connections": CONNECTIONS,
    "host_per_s": 1000.0,
}  # fmt: skip


Way = Callable[[list[str]], Coroutine[None, None, float | None]]


class Server(asyncio.Protocol):
    """The least that speaks HTTP: /n.gif is n's bytes, all else is absent."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.transport.write(reply(head.split(b" ", 2)[1]))


def reply(path: bytes) -> bytes:
    if not path.endswith(b".gif"):
        return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
    number = int(path[1:-4])
    seed = hashlib.sha256(b"%d" % number).digest()
    data = b"GIF89a" + seed * (SIZES[number % len(SIZES)] // len(seed))
    head = b"HTTP/1.1 200 OK\r\ncontent-type: image/gif\r\ncontent-length: %d\r\n\r\n" % len(data)
    return head + data


def serve(told: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(run())


class Loopback(AbstractResolver):
    """Every name is this computer."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """See `AbstractResolver`."""
        known = {"hostname": host, "host": "127.0.0.1", "port": port, "family": 2}
        return [ResolveResult(**known, proto=0, flags=0)]  # type: ignore[typeddict-item]

    async def close(self) -> None:
        """Nothing is held."""


async def at_loopback(host: str) -> list[str]:
    return ["127.0.0.1"]


async def bare(urls: list[str]) -> None:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, resolver=Loopback())
    left = iter(urls)

    async with aiohttp.ClientSession(connector=connector) as session:

        async def work() -> None:
            for url in left:
                async with session.get(url) as response:
                    await response.read()

        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


async def checked(urls: list[str]) -> None:
    left = iter(urls)
    async with Fetcher(NetConfig.model_validate(NET), at_loopback) as fetcher:

        async def work() -> None:
            for url in left:
                await fetcher.get(url)

        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


async def job(urls: list[str]) -> float:
    with (
        tempfile.TemporaryDirectory() as folder,
        Workspace.create(Path(folder) / "work", NET) as workspace,
    ):
        workspace.queries.add([NewQuery("p", "run", "run gif")])
        hits = [Hit(provider="p", id=u, label="run", url=u, may_store=True) for u in urls]
        workspace.queries.record_page(1, hits, None)
        async with Fetcher(workspace.settings.net, at_loopback) as fetcher:
            start = perf_counter()
            totals = await fetch_waiting(workspace, fetcher.get)
            took = perf_counter() - start
        assert totals.fetched == len(urls), totals
    return took


NAMES = """
import socket
plain = socket.getaddrinfo
def here(host, *args, **named):
    return plain("127.0.0.1" if str(host).endswith(".test") else host, *args, **named)
socket.getaddrinfo = here
"""
"""Every .test name is this computer, in the peer's processes (as their sitecustomize)."""
PEER = """
import json, sys, time
from img2dataset import download
if __name__ == "__main__":
    urls, out = sys.argv[1:]
    start = time.perf_counter()
    download(url_list=urls, output_folder=out, output_format="files", processes_count=2,
             thread_count=32, number_sample_per_shard=1000, disable_all_reencoding=True,
             retries=0, timeout=30, input_format="txt")
    print(time.perf_counter() - start)
"""


def img2dataset(python: str, urls: list[str]) -> tuple[float, int]:
    """Items a second of img2dataset's download, and how many it wrote."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sitecustomize.py").write_text(NAMES)
        (folder / "peer.py").write_text(PEER)
        (folder / "urls.txt").write_text("\n".join(urls))
        command = [python, "peer.py", "urls.txt", "out"]
        env = os.environ | {"PYTHONPATH": name, "NO_ALBUMENTATIONS_UPDATE": "1"}
        told = subprocess.run(
            command, cwd=folder, env=env, check=True, stdout=subprocess.PIPE, text=True
        )
        written = sum(1 for _ in (folder / "out").glob("*/*.jpg"))
    return len(urls) / float(told.stdout.split()[-1]), written


def peer_rounds(python: str, urls: list[str], rounds: list[dict[str, tuple[float, float]]]) -> dict:
    """The peer beside every round that is there already."""
    found = [img2dataset(python, urls) for _ in rounds]
    ours = statistics.median(each["job"][0] for each in rounds)
    theirs = statistics.median(rate for rate, _ in found)
    return {
        "items_per_s": sorted(round(rate) for rate, _ in found),
        "written": min(count for _, count in found),
        "job_over_img2dataset": round(ours / theirs, 1),
    }


def measure(way: Way, urls: list[str]) -> tuple[float, float]:
    """Items a second by the clock, and microseconds of this process for an item.

    A way that makes things ready first says how long the rest took.
    """
    start, used = perf_counter(), process_time()
    own = asyncio.run(way(urls))
    took = own or perf_counter() - start
    return len(urls) / took, (process_time() - used) / len(urls) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--img2dataset", metavar="PYTHON", help="an interpreter that has it")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    told, tells = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(tells,), daemon=True)
    server.start()
    port = told.recv()
    urls = [f"http://h{n % HOSTS}.test:{port}/{n}.gif" for n in range(ITEMS)]
    ways: dict[str, Way] = {"bare": bare, "checked": checked, "job": job}
    for way in ways.values():
        measure(way, urls[:400])
    rounds = [{name: measure(way, urls) for name, way in ways.items()} for _ in range(given.rounds)]
    peer = peer_rounds(given.img2dataset, urls, rounds) if given.img2dataset else None
    server.kill()
    print(json.dumps({
        "items": ITEMS, "hosts": HOSTS, "connections": CONNECTIONS, "rounds": given.rounds,
        "items_per_s": {name: sorted(round(r[name][0]) for r in rounds) for name in ways},
        "cpu_us_per_item": {name: sorted(round(r[name][1]) for r in rounds) for name in ways},
        "over_bare": {name: over_bare(rounds, name) for name in ("checked", "job")},
        "img2dataset": peer,
        "cores": cores(), "python": platform.python_version(), "aiohttp": version("aiohttp"),
    }, indent=2))  # fmt: skip


def over_bare(rounds: list[dict[str, tuple[float, float]]], name: str) -> dict[str, float]:
    """The median of the rates' ratios, each within its round, and their spread."""
    ratios = sorted(found[name][0] / found["bare"][0] for found in rounds)
    low, middle, high = ratios[0], statistics.median(ratios), ratios[-1]
    return {"lowest": round(low, 2), "median": round(middle, 2), "highest": round(high, 2)}


if __name__ == "__main__":
    main()
