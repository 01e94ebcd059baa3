"""Fetch what a release does not ship, and say how much of it is gone.

OUT/media/…         the clips, under the paths that the release names
OUT/hydrated.csv    what is there; `open_clips("RELEASE?media=OUT")` reads it
OUT/hydrate.jsonl   each attempt; a run that is stopped is gone on with by the same call
OUT/hydrate.json    the report: link rot by provider and by year of the first fetch
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from anigifs.catalog import Workspace
from anigifs.core import files
from anigifs.core.errors import InputError, MediaError
from anigifs.core.progress import track
from anigifs.datasets.release import read_manifest, reader
from anigifs.datasets.release.hydrated import Hydrated, write_hydrated
from anigifs.datasets.release.tables import Row
from anigifs.media.fingerprint import from_bytes
from anigifs.media.sandbox import Sandbox
from anigifs.net.fetcher import Fetched
from anigifs.net.reasons import LATER, FetchFailed
from anigifs.release.beside import read_prints
from anigifs.release.rot import CHANGED, EXACT, SIMILAR, Attempt, Report, report
from anigifs.release.similar import similar

JOURNAL, REPORT = "hydrate.jsonl", "hydrate.json"
FINGERPRINT = "anigifs.media.fingerprint.make:fingerprint"
AT_ONCE = 32
Get = Callable[[str], Awaitable[Fetched]]
Web = Callable[[], AbstractAsyncContextManager[Any]]
"""Opens something with `get`: `lambda: Fetcher(config)`."""


def hydrate(
    root: Path, out: Path, web: Web, *, accept_similar: bool = False,
    own: Workspace | None = None,
) -> Report:  # fmt: skip
    """Fetch the clips that the release at `root` only names by URL.

    What is there already, and what failed for good, is not asked for again; what failed for a
    reason of the day (`net.reasons.LATER`) is.

    Args:
        root: the release, which is not touched.
        out: the folder to fill; new, or that of an earlier call.
        web: opens a `Fetcher`, or something in its manner; not called where nothing is to fetch.
        accept_similar: keep other bytes that show the same pictures.
        own: a workspace whose bytes are taken where it has them; also for clips that are known
            by an id alone.

    Raises:
        InputError: `out` holds something else.
        IntegrityError: the release is damaged.
    """
    rows = {row["clip_id"]: row for row in _absent(root)}
    log = _Log(root, out)
    todo = [row for name, row in rows.items() if log.open(name, accept_similar)]
    if own is not None:
        todo = [row for row in todo if not _from_own(own, row, out, log)]
    todo = [row for row in todo if row["media"] == "url"]
    prints = _prints(root, todo) if accept_similar else {}
    try:
        if todo:
            with Sandbox() as sandbox:
                asyncio.run(_online(todo, web, _Keeper(out, log, prints, sandbox)))
    finally:
        kept = [(rows[each.clip_id], each) for each in log.last.values() if each.clip_id in rows]
        write_hydrated(out, [_kept(row, each) for row, each in kept if each.bytes])
        found = report(read_manifest(root), rows.values(), log.last)
        files.write_json(out / REPORT, asdict(found))
    return found


class _Log:
    """Attempts, appended as they end; the newest of a clip counts."""

    def __init__(self, root: Path, out: Path) -> None:
        self.path = out / JOURNAL
        about = {"release": read_manifest(root).facts.get("rows_sha256", str(root.name))}
        lines = list(_lines(self.path))
        if (lines and lines[0] != about) or (not lines and out.is_dir() and any(out.iterdir())):
            raise InputError(f"{out} was filled for another release, or holds other files")
        self.last = {each["clip_id"]: Attempt(**each) for each in lines[1:]}
        out.mkdir(parents=True, exist_ok=True)
        text = [about, *(asdict(each) for each in self.last.values())]
        files.write_text(self.path, "".join(json.dumps(line) + "\n" for line in text))

    def open(self, clip_id: str, accept_similar: bool) -> bool:
        """Whether this clip is still to be asked for."""
        last = self.last.get(clip_id)
        if last is None or last.outcome in LATER:
            return True
        return accept_similar and last.outcome == CHANGED

    def add(self, attempt: Attempt) -> None:
        """Note an attempt whose bytes, if any are kept, are on the disk."""
        self.last[attempt.clip_id] = attempt
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(attempt)) + "\n")


class _Keeper:
    """Judges what came and keeps what is good. For one thread."""

    def __init__(self, out: Path, log: _Log, prints: Mapping[str, bytes], sandbox: Sandbox) -> None:
        self._out, self._log, self._prints, self._sandbox = out, log, prints, sandbox

    def came(self, row: Row, data: bytes) -> None:
        """Bytes came from the clip's URL."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._out / row["path"]
        files.write_bytes(path, data)
        outcome = EXACT if digest == row["sha256"] else self._other(row, path)
        if outcome == CHANGED:
            path.unlink()
            self._log.add(Attempt(row["clip_id"], CHANGED))
        else:
            self._log.add(Attempt(row["clip_id"], outcome, digest, len(data)))

    def failed(self, row: Row, failure: FetchFailed) -> None:
        """Nothing came."""
        self._log.add(Attempt(row["clip_id"], str(failure.reason)))

    def _other(self, row: Row, path: Path) -> str:
        known = self._prints.get(row["clip_id"])
        if known is None:
            return CHANGED
        try:
            found = self._sandbox.run(FINGERPRINT, path)
        except MediaError:
            return CHANGED
        return SIMILAR if similar(from_bytes(known), found) else CHANGED


async def _online(rows: list[Row], web: Web, keeper: _Keeper) -> None:
    async with web() as opened:
        await _fetch_all(rows, opened.get, keeper)


async def _fetch_all(rows: list[Row], get: Get, keeper: _Keeper) -> None:
    """So many at once; what is under way when the job is stopped is asked for again."""
    waiting = iter(track(rows, "hydrate", len(rows)))
    loop = asyncio.get_running_loop()

    async def work(writer: ThreadPoolExecutor) -> None:
        for row in waiting:
            try:
                got = await get(row["url"])
            except FetchFailed as failure:
                await loop.run_in_executor(writer, keeper.failed, row, failure)
            else:
                await loop.run_in_executor(writer, keeper.came, row, got.data)

    with ThreadPoolExecutor(1) as writer:
        await asyncio.gather(*(work(writer) for _ in range(AT_ONCE)))


def _absent(root: Path) -> list[Row]:
    rows = reader.read_rows(root, read_manifest(root))
    return [row for row in rows if row.get("media") in ("url", "id")]


def _from_own(own: Workspace, row: Row, out: Path, log: _Log) -> bool:
    if row["sha256"] not in own.blobs:
        return False
    data = own.blobs.read(row["sha256"])
    files.write_bytes(out / row["path"], data)
    log.add(Attempt(row["clip_id"], EXACT, row["sha256"], len(data)))
    return True


def _prints(root: Path, rows: Iterable[Row]) -> dict[str, bytes]:
    wanted = {row["clip_id"] for row in rows}
    return {each.clip_id: each.data for each in read_prints(root) if each.clip_id in wanted}


def _kept(row: Row, attempt: Attempt) -> Hydrated:
    return Hydrated(row["clip_id"], row["path"], attempt.sha256, attempt.bytes, attempt.outcome)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """What the journal holds; a line that was cut off ends it."""
    if not path.is_file():
        return
    for text in path.read_text("utf-8", "replace").split("\n"):
        try:
            yield json.loads(text)
        except ValueError:
            return
