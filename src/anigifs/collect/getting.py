"""What the download job gets its bytes from: the web, or this disk for what was imported."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from time import monotonic

from multidict import CIMultiDict, CIMultiDictProxy

from anigifs.catalog import Hit, Outcome, Then, Workspace
from anigifs.collect.localfiles import path_of, read_file
from anigifs.collect.tally import Tally
from anigifs.collect.web import Web
from anigifs.core.errors import LimitExceeded, SourceError
from anigifs.core.records import Problem
from anigifs.net.fetcher import Fetched
from anigifs.net.reasons import FetchFailed, Reason


class Getter:
    """Gets one URL, and counts it for the provider that found it."""

    def __init__(self, workspace: Workspace, web: Web, tally: Tally) -> None:
        self._workspace, self._web, self._tally = workspace, web, tally
        self._providers: dict[str, str] = {}

    async def get(self, url: str) -> Fetched:
        """The bytes, which are those that the provider declared. Raises `FetchFailed`."""
        hits = await asyncio.to_thread(self._workspace.hits.at, url)
        provider = hits[0].provider if hits else ""
        self._providers[url] = provider
        with self._tally.opened(provider, url):
            if url.startswith("file:"):
                return await self._from_disk(url, provider)
            got = await self._web.fetch(url)
        await asyncio.to_thread(_as_declared, got, hits)
        return got

    def notify(self, outcome: Outcome) -> None:
        """Count what was recorded."""
        row = self._tally.row(self._providers.pop(outcome.url, ""))
        if outcome.then is Then.DONE:
            row.fetched += 1
            self._tally.bytes += outcome.size_bytes or 0
        elif outcome.then is Then.WAITING:
            self._tally.postponed[outcome.reason] += 1
        else:
            row.failed += 1
            self._tally.reasons[outcome.reason] += 1
            told = f"{outcome.reason}: {outcome.detail}".rstrip(": ")
            self._tally.trouble([Problem(outcome.url, told)])

    async def _from_disk(self, url: str, provider: str) -> Fetched:
        """Only what an import named is read from the disk."""
        if provider != "local":
            raise FetchFailed(Reason.BAD_URL, url, "a file of this disk, named from outside")
        start, most = monotonic(), self._workspace.settings.net.max_bytes
        try:
            data = await asyncio.to_thread(read_file, path_of(url), most)
        except LimitExceeded as error:
            raise FetchFailed(Reason.TOO_LARGE, url, str(error)) from None
        except SourceError as error:
            raise FetchFailed(Reason.GONE, url, str(error)) from None
        if not data:
            raise FetchFailed(Reason.EMPTY, url, "the file is empty")
        return Fetched(
            url=url, final_url=url, status=0, headers=CIMultiDictProxy(CIMultiDict()),
            data=data, took_s=monotonic() - start,
        )  # fmt: skip


def _as_declared(got: Fetched, hits: Sequence[Hit]) -> None:
    """Raises `FetchFailed` where digests were declared and the bytes have none of them."""
    declared = {hit.digest for hit in hits if hit.digest}
    names = {digest.partition(":")[0] for digest in declared}
    found = {f"{name}:{_digest(name, got.data)}" for name in names}
    if declared and not declared & found:
        told = f"declared {', '.join(sorted(declared))}, came {', '.join(sorted(found))}"
        raise FetchFailed(Reason.OTHER_BYTES, got.url, told, status=got.status)


def _digest(name: str, data: bytes) -> str:
    return hashlib.new(name, data, usedforsecurity=False).hexdigest()
