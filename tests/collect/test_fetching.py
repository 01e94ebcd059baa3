"""The download job: what it stores, what it survives, and what its server saw."""

import asyncio
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter

import pytest

from anigifs.catalog import (
    DATABASE_LOCKED,
    DISK_FULL,
    Hit,
    Kind,
    NewQuery,
    Workspace,
    WorkspaceFault,
)
from anigifs.catalog.blobs import BlobStore
from anigifs.catalog.database import disk_full
from anigifs.collect.fetching import fetch_waiting
from anigifs.core.files import write_text
from anigifs.net.reasons import FetchFailed, Reason
from tests.net.web import QUICK, Web, answer, fetcher


def make(root, urls):
    """A workspace with these URLs to fetch."""
    workspace = Workspace.create(root, QUICK)
    workspace.queries.add([NewQuery("p", "run", "run gif")])
    hits = [Hit(provider="p", id=url, label="run", url=url, may_store=True) for url in urls]
    workspace.queries.record_page(1, hits, None)
    return workspace


def fetch(workspace, web, **options):
    async def run():
        async with web, fetcher() as client:
            return await fetch_waiting(workspace, client.get, **options)

    return asyncio.run(run())


def gif(number):
    return b"GIF89a" + hashlib.sha256(b"%d" % number).digest() * (1 + number % 7)


def test_bytes_rows_and_reasons_are_kept(tmp_path):
    async def run():
        replies = {f"/{n}.gif": answer(gif(n)) for n in range(30)}
        replies["/same.gif"] = answer(gif(0))
        replies["/busy.gif"] = answer(status=429, retry_after="3000")
        async with Web(replies) as web, fetcher() as client:
            quiet = [path for path in replies if path != "/busy.gif"]
            urls = [web.url(path) for path in (*quiet, "/gone.gif")]
            urls.append(web.url("/busy.gif", "busy.test"))  # a host that waits holds up its own
            urls.append(web.url("/a.gif").replace("http:", "ftp:"))
            with make(tmp_path / "work", urls) as workspace:
                seen = []
                totals = await fetch_waiting(workspace, client.get, notify=seen.append)
                again = await fetch_waiting(workspace, client.get)
                return workspace, urls, totals, again, seen, web

    workspace, urls, totals, again, seen, web = asyncio.run(run())
    assert totals.fetched == 31
    assert totals.bytes == sum(len(gif(n)) for n in [*range(30), 0])
    assert totals.failed == {"gone": 1, "bad-url": 1}
    assert totals.postponed == 1
    assert (again.fetched, again.postponed, again.failed) == (0, 0, {})
    assert sorted(outcome.url for outcome in seen) == sorted(urls)
    assert sorted(workspace.blobs) == sorted(hashlib.sha256(gif(n)).hexdigest() for n in range(30))
    assert workspace.queue.counts(Kind.SCREEN)["waiting"] == 30
    assert workspace.queue.postponed(Kind.FETCH) == {"rate-limited": 1}
    (first,) = workspace.fetches.of(urls[0])
    assert (first.status, first.final_url, first.reason) == (200, urls[0], "ok")
    assert web.asked("/0.gif") == web.asked("/gone.gif") == web.asked("/busy.gif") == 1


def test_urls_that_are_queued_while_it_runs_are_fetched_too(tmp_path):
    async def run():
        async with Web({f"/{n}.gif": answer(gif(n)) for n in range(3)}) as web:
            with make(tmp_path / "work", [web.url("/0.gif")]) as workspace:
                late = [2, 1]

                def more():
                    if late:
                        number = late.pop()
                        url = web.url(f"/{number}.gif")
                        hit = Hit(provider="p", id=url, label="run", url=url, may_store=True)
                        workspace.hits.add(1, [hit])
                    return bool(late)

                async with fetcher() as client:
                    return await fetch_waiting(workspace, client.get, more=more)

    assert asyncio.run(run()).fetched == 3


def test_a_short_pause_is_waited_for_within_the_job(tmp_path):
    calls = Counter()

    async def get(url):
        calls[url] += 1
        if calls[url] == 1:
            raise FetchFailed(Reason.HOST_WAITS, url, "later", retry_after_s=0.3)
        raise FetchFailed(Reason.GONE, url, "HTTP 404", status=404)

    with make(tmp_path / "work", ["http://a.test/0"]) as workspace:
        totals = asyncio.run(fetch_waiting(workspace, get))
        assert [o.reason for o in workspace.fetches.of("http://a.test/0")] == ["host-waits", "gone"]
    assert (totals.postponed, totals.failed) == (1, {"gone": 1})


def test_a_host_that_asks_for_pauses_for_ever_counts_as_failed_in_the_end(tmp_path):
    async def get(url):
        raise FetchFailed(Reason.RATE_LIMITED, url, "HTTP 429", status=429, retry_after_s=0.01)

    with make(tmp_path / "work", ["http://a.test/0"]) as workspace:
        totals = asyncio.run(fetch_waiting(workspace, get))
    assert (totals.postponed, totals.failed) == (4, {"rate-limited": 1})


def test_a_fault_of_ours_is_not_swallowed(tmp_path):
    async def get(url):
        raise ZeroDivisionError

    with make(tmp_path / "work", ["http://a.test/0"]) as workspace:
        with pytest.raises(ZeroDivisionError):
            asyncio.run(fetch_waiting(workspace, get))
        assert workspace.queue.counts(Kind.FETCH)["waiting"] == 1


def replies(count):
    return {f"/{n}.gif": answer(gif(n)) for n in range(count)}


@pytest.mark.parametrize("fault", [DISK_FULL, DATABASE_LOCKED])
def test_a_full_disk_or_a_locked_catalog_stops_the_job_which_goes_on_later(
    tmp_path, monkeypatch, fault
):
    async def run():
        async with Web(replies(40)) as web, fetcher() as client:
            urls = [web.url(path) for path in web.replies]
            with make(tmp_path / "work", urls) as workspace:
                workspace.close()
            with Workspace.open(tmp_path / "work", busy_s=0.1) as workspace:
                with broken(workspace, monkeypatch, fault), pytest.raises(WorkspaceFault) as told:
                    await fetch_waiting(workspace, client.get, window=8)
                assert told.value.reason == fault
                return await fetch_waiting(workspace, client.get), sorted(workspace.blobs)

    totals, blobs = asyncio.run(run())
    assert totals.failed == {}
    assert blobs == sorted(hashlib.sha256(gif(n)).hexdigest() for n in range(40))


class broken:
    """Let the second batch meet a full disk, or a catalog that another process holds."""

    def __init__(self, workspace, monkeypatch, fault):
        self.patch, self.fault, self.workspace = monkeypatch, fault, workspace
        self.put, self.calls = BlobStore.put_all, 0

    def __enter__(self):
        self.patch.setattr(BlobStore, "put_all", lambda store, items: self.store(store, items))

    def __exit__(self, *_):
        self.patch.undo()
        if self.fault == DATABASE_LOCKED:
            self.raw.close()

    def store(self, blobs, items):
        self.calls += 1
        if self.calls == 2 and self.fault == DATABASE_LOCKED:
            file = self.workspace.root / "catalog.db"
            self.raw = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            self.raw.execute("BEGIN IMMEDIATE")
        if self.calls >= 2 and self.fault == DISK_FULL:
            raise disk_full(blobs.root)
        return self.put(blobs, items)


def test_ctrl_c_keeps_what_is_whole_and_gives_the_rest_back(tmp_path):
    async def run():
        async with Web(replies(60)) as web, fetcher(host_per_s=60) as client:
            urls = [web.url(path) for path in web.replies]
            with make(tmp_path / "work", urls) as workspace:
                job = asyncio.create_task(fetch_waiting(workspace, client.get, window=16))
                await asyncio.sleep(0.6)
                job.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await job
                counts = workspace.queue.counts(Kind.FETCH)
                assert counts["leased"] == 0
                assert counts["waiting"] + counts["done"] == 60
                assert 0 < counts["done"] == len(list(workspace.blobs)) < 60

    asyncio.run(run())


JOB = """
import asyncio, sys
from pathlib import Path
from anigifs.catalog import Workspace
from anigifs.collect.fetching import fetch_waiting
from anigifs.net.fetcher import Fetcher

async def at_loopback(host):
    return ["127.0.0.1"]

async def run(root):
    with Workspace.open(root) as workspace:
        async with Fetcher(workspace.settings.net, at_loopback) as fetcher:
            await fetch_waiting(workspace, fetcher.get, window=int(sys.argv[2]))

asyncio.run(run(Path(sys.argv[1])))
"""
WINDOW = 32
KILLS, ITEMS = 5, 300  # benchmarks/collect_kill.py kills the whole command more often
STEP = ITEMS * 2 // (3 * KILLS)


def facts_of(root):
    """What must be equal to an uninterrupted run."""
    with Workspace.open(root) as workspace:
        rows = {}
        for url in (hit.url for hit in everything(workspace)):
            outcomes = workspace.fetches.of(url)
            rows[url.rpartition("/")[2]] = [o.sha256 for o in outcomes]
        counts = workspace.queue.counts(Kind.FETCH), workspace.queue.counts(Kind.SCREEN)
        blobs = {sha: workspace.blobs.read(sha) for sha in workspace.blobs}
        assert sorted(blobs) == sorted(workspace.fetches.blobs()), "rows and blobs fit"
        return rows, counts, blobs, workspace.funnel()


def everything(workspace):
    raw = sqlite3.connect(workspace.root / "catalog.db")
    urls = [url for (url,) in raw.execute("SELECT url FROM hits ORDER BY id")]
    raw.close()
    return [hit for url in urls for hit in workspace.hits.at(url)]


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_only_what_was_in_flight(tmp_path):
    async def run():
        async with Web(replies(ITEMS)) as web:
            urls = [web.url(f"/{n}.gif", f"h{n % 20}.test") for n in range(ITEMS)]
            for name in ("killed", "whole"):
                make(tmp_path / name, urls).close()
                settings = (tmp_path / name / "workspace.toml").read_text()
                write_text(
                    tmp_path / name / "workspace.toml",
                    settings.replace("host_per_s = 1000.0", "host_per_s = 20.0"),
                )
            kills = await kill_often(tmp_path / "killed")
            asked = Counter(path for _, path in web.log if path.endswith(".gif"))
            web.log.clear()
            await finish(tmp_path / "whole")
            return kills, asked, Counter(path for _, path in web.log)

    kills, asked, asked_whole = asyncio.run(run())
    assert kills == KILLS, "the job ended before it was killed often enough"
    assert facts_of(tmp_path / "killed") == facts_of(tmp_path / "whole")
    assert len(asked) == ITEMS
    assert asked.total() <= ITEMS + KILLS * WINDOW
    assert max(asked_whole[f"/{n}.gif"] for n in range(ITEMS)) == 1
    assert not list((tmp_path / "killed" / "blobs" / "incoming").iterdir())


async def kill_often(root):
    """Start the job again and again, kill it at random moments; how often it was alive then."""
    draw, kills = random.Random(7), 0
    for _ in range(KILLS):
        job = await start(root)
        blobs = root / "blobs"
        want = len(list(blobs.glob("??/*"))) + draw.randrange(1, STEP)
        until = time.monotonic() + 20
        while len(list(blobs.glob("??/*"))) < want and time.monotonic() < until:
            await asyncio.sleep(0.005)
        await asyncio.sleep(draw.random() * 0.05)
        if job.returncode is None:
            job.send_signal(signal.SIGKILL)
            kills += 1
        await job.wait()
    for half in (root / "blobs" / "incoming").iterdir():
        os.utime(half, (0, 0))
    await finish(root)
    return kills


async def start(root):
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", JOB, str(root), str(WINDOW), stderr=subprocess.PIPE
    )


async def finish(root):
    job = await start(root)
    _, errors = await job.communicate()
    assert job.returncode == 0, errors.decode()
