"""The asking half of a job: queries, page by page, each page one transaction."""

from __future__ import annotations

import asyncio
import time

from anigifs.catalog import Hit, Kind, Query, Workspace
from anigifs.collect import queries
from anigifs.collect.providers import Provider
from anigifs.collect.records import Found, Page, Terms
from anigifs.collect.tally import Tally
from anigifs.collect.web import Web
from anigifs.core.errors import SourceError
from anigifs.core.records import Problem
from anigifs.net.reasons import FetchFailed, Reason

OTHER_SHAPE = "other-shape"
"""The reason code of a query whose answer could not be read."""
PUT_OFF = {Reason.HOST_DOWN, Reason.HOST_WAITS}
"""What was not even asked, so that it did not fail."""
PUT_OFF_S = 600.0


class Asking:
    """Asks one provider everything that is queued for it."""

    def __init__(self, workspace: Workspace, worker: str, web: Web, tally: Tally) -> None:
        self._workspace, self._worker, self._web, self._tally = workspace, worker, web, tally
        self._seen: set[int] = set()

    async def run(self, provider: Provider) -> None:
        """Ask until nothing is queued, as many queries at once as the provider allows."""
        async with asyncio.TaskGroup() as group:
            for _ in range(provider.pace.at_once):
                group.create_task(self._work(provider))

    async def _work(self, provider: Provider) -> None:
        while True:
            jobs = await asyncio.to_thread(
                self._workspace.queue.lease, Kind.QUERY, self._worker, 1, lane=provider.name
            )
            if not jobs:
                return
            await self._query(provider, jobs[0].key)

    async def _query(self, provider: Provider, key: str) -> None:
        row = self._tally.row(provider.name)
        try:
            query = await asyncio.to_thread(self._workspace.queries.get, key)
            while not query.complete:
                await self._page(provider, query)
                query = await asyncio.to_thread(self._workspace.queries.get, key)
            row.done += 1
        except FetchFailed as error:
            row.failed += error.reason not in PUT_OFF
            await self._settle(key, error.reason, str(error), error.retry_after_s)
        except SourceError as error:
            row.failed += 1
            await self._settle(key, OTHER_SHAPE, f"{provider.name} query {key}: {error}", None)

    async def _page(self, provider: Provider, query: Query) -> None:
        """Ask for one page and record it."""
        row = self._tally.row(provider.name)
        asked = queries.Query(query.text, query.label, query.template)
        request = provider.request(asked, query.cursor)
        with self._tally.opened(provider.name, request.url):
            body = await self._web.ask(request)
        page = provider.parse(body, query.cursor)
        taken = await asyncio.to_thread(self._record, provider, query, page)
        fresh = {hash((provider.name, item.id)) for item in taken} - self._seen
        self._seen |= fresh
        row.found += len(fresh)
        row.listed += 0 if provider.terms.may_store_bytes else len(fresh)
        row.odd += len(page.problems)
        self._tally.trouble(page.problems)

    def _record(self, provider: Provider, query: Query, page: Page) -> tuple[Found, ...]:
        """One page into the catalog; what was taken of it.

        Paging ends, too, at the cap and where it goes in circles.
        """
        room = max(0, provider.config.per_query - query.found)
        taken = page.items[:room]
        hits = [hit_of(provider, query.label, found) for found in taken]
        goes_on = page.next is not None and len(page.items) < room
        record = self._workspace.queries.record_page
        new = record(query.id, hits, page.next if goes_on else None)
        if goes_on and not new:
            record(query.id, [], None)
        return taken

    async def _settle(self, key: str, reason: str, told: str, wait_s: float | None) -> None:
        queue = self._workspace.queue
        if reason in PUT_OFF:
            until = time.time() + (wait_s or PUT_OFF_S)
            await asyncio.to_thread(queue.postpone, Kind.QUERY, key, until, reason)
            self._tally.postponed[reason] += 1
            return
        await asyncio.to_thread(queue.fail, Kind.QUERY, [(key, reason)])
        self._tally.reasons[reason] += 1
        self._tally.trouble([Problem(f"query {key}", told)])


def hit_of(provider: Provider, label: str, found: Found) -> Hit:
    """A found item as the catalog keeps it, under its provider's terms.

    An item's own class wins over the query's. A `file:` URL is never released.
    """
    terms: Terms = provider.terms
    licence = found.licence
    return Hit(
        provider=found.provider,
        id=found.id,
        label=found.label or label,
        url=found.url,
        page_url=found.page_url,
        title=found.title,
        creator=found.creator,
        credit=found.credit,
        licence_text=licence.text,
        licence_url=licence.url,
        spdx=licence.spdx,
        may_store=terms.may_store_bytes and provider.config.media,
        may_release_url=terms.may_release_url and not found.url.startswith("file:"),
        id_only=terms.id_only,
        sensitive=found.sensitive,
        width=found.width,
        height=found.height,
        size_bytes=found.size_bytes,
        frames=found.frames,
        digest=found.digest,
    )
