"""A collect job: queries and downloads together, resumable at any moment.

What is to be done stands in the catalog and is leased, so a job that was killed goes on where it
was, and several jobs share the work. Everything is idempotent: a page moves its query's cursor in
the transaction that keeps its items; a blob is named by its content and stored before its row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from anigifs.catalog import Kind, NewQuery, Query, Workspace
from anigifs.catalog.queue import LEASE_S
from anigifs.collect.asking import Asking, hit_of
from anigifs.collect.display import shown
from anigifs.collect.fetching import fetch_waiting
from anigifs.collect.getting import Getter
from anigifs.collect.localfiles import listing, path_of, refuse_archive
from anigifs.collect.plan import Plan
from anigifs.collect.providers.local import Local
from anigifs.collect.queries import Query as Question
from anigifs.collect.records import FIRST
from anigifs.collect.tally import Tally
from anigifs.collect.web import NetWeb, NoWeb, Web
from anigifs.core.errors import AnigifsError, UnknownName
from anigifs.net.fetcher import Fetcher

TICK_S = 0.25


def collect(workspace: Workspace, plan: Plan) -> Tally:
    """Ask what the plan asks, and fetch everything that is queued.

    Raises:
        ConfigError: the workspace names no operator.
        WorkspaceFault: the disk is full or the catalog locked; what was done is kept.
        KeyboardInterrupt: with a message; what was done is kept.
    """
    workspace.queries.add(plan.queries)
    tally = Tally()
    for query in workspace.queries.all():
        if query.provider in plan.providers:
            row = tally.row(query.provider)
            row.asked, row.done = row.asked + 1, row.done + query.complete
    return _run(workspace, plan, tally)


def bring_in(workspace: Workspace, provider: Local, path: Path, web: str = "") -> Tally:
    """Import a folder or list: its items are found, files are copied, URLs are fetched.

    Again for the same path: what is new is added, the rest is left as it is.

    Raises:
        InputError: there is nothing at `path`, or an archive.
    """
    refuse_archive(path)
    request = provider.request(Question(str(path)), FIRST)
    page = provider.parse(listing(path_of(request.url)), FIRST)
    query = _query_of(workspace, str(path_of(request.url)), provider.config.label)
    hits = [hit_of(provider, query.label, found) for found in page.items]
    tally = Tally()
    row = tally.row(provider.name)
    row.found = workspace.queries.record_page(query.id, hits, None)
    row.odd, row.done, row.asked = len(page.problems), 1, 1
    tally.trouble(page.problems)
    return _run(workspace, Plan({}, web=web), tally)


def try_again(workspace: Workspace, plan: Plan, reason: str) -> Tally:
    """Ask and fetch again what failed for this reason, and what that newly finds; nothing else.

    Stopped, the same call goes on.

    Raises:
        UnknownName: nothing failed for it; the message names the reasons there are.
    """
    with workspace.queue.only(reason):
        retry(workspace, reason)
        return collect(workspace, replace(plan, queries=()))


def retry(workspace: Workspace, reason: str) -> int:
    """Queue again what failed for this reason, queries and URLs; return how much.

    Raises:
        UnknownName: nothing failed for it; the message names the reasons there are.
    """
    kinds = (Kind.QUERY, Kind.FETCH)
    queue = workspace.queue
    known = {name for kind in kinds for name in queue.failures(kind) | queue.pending(kind)}
    if reason not in known:
        raise UnknownName("failure", reason, known, f"See: anigifs status {workspace.root}")
    return sum(queue.retry(kind, reason) for kind in kinds)


async def work(workspace: Workspace, plan: Plan, web: Web, tally: Tally) -> None:
    """The job itself, on any `Web`: ask and fetch until nothing is left to do."""
    getter, asked = Getter(workspace, web, tally), asyncio.Event()
    with workspace.worker("collect") as worker:
        asking = Asking(workspace, worker, web, tally)
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(_beat(workspace, worker, web, tally))
            fetching = group.create_task(
                fetch_waiting(
                    workspace,
                    getter.get,
                    window=4 * workspace.settings.net.connections,
                    more=lambda: not asked.is_set(),
                    notify=getter.notify,
                )
            )
            async with asyncio.TaskGroup() as questions:
                for provider in plan.providers.values():
                    questions.create_task(asking.run(provider))
            asked.set()
            await fetching
            beat.cancel()


def _query_of(workspace: Workspace, path: str, label: str) -> Query:
    workspace.queries.add([NewQuery("local", label, path)])
    return next(
        query
        for query in workspace.queries.all()
        if (query.provider, query.label, query.text) == ("local", label, path)
    )


def _run(workspace: Workspace, plan: Plan, tally: Tally) -> Tally:
    again = "interrupted; what was done is kept. Run the same command again to go on"
    with shown(tally), _one_error():
        try:
            asyncio.run(_online(workspace, plan, tally))
        except KeyboardInterrupt:
            raise KeyboardInterrupt(again) from None
        tally.to_do = _left(workspace)
        tally.share_waiting(lambda host: 0)
    return tally


async def _online(workspace: Workspace, plan: Plan, tally: Tally) -> None:
    net = plan.net(workspace.settings.net)
    if not net.operator and not plan.providers:
        await work(workspace, plan, NoWeb(), tally)
        return
    async with Fetcher(net) as fetcher:
        web = NetWeb(fetcher)
        web.keep_pace([] if plan.web else plan.providers.values())
        await work(workspace, plan, web, tally)


async def _beat(workspace: Workspace, worker: str, web: Web, tally: Tally) -> None:
    """Signs of life for the leases, and fresh numbers for the display."""
    ticks = 0
    while True:
        tally.share_waiting(web.queued)
        if ticks % round(1 / TICK_S) == 0:
            tally.to_do = await asyncio.to_thread(_left, workspace)
        if ticks % round(LEASE_S / 4 / TICK_S) == 0:
            await asyncio.to_thread(workspace.queue.extend, worker)
        ticks += 1
        await asyncio.sleep(TICK_S)


def _left(workspace: Workspace) -> int:
    counts = workspace.queue.counts(Kind.FETCH)
    return counts["waiting"] + counts["leased"]


@contextmanager
def _one_error() -> Iterator[None]:
    """A group of errors becomes the first of ours in it: one message for a person."""
    try:
        yield
    except BaseExceptionGroup as group:
        error: BaseException | None = group.subgroup(AnigifsError)
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error or group from None
