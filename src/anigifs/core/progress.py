"""Progress of long work: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")

LINE_EVERY_S = 10.0


def track(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """Yield `items` while showing `label`, count, rate and time left on standard error."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    yield from (_bar if sys.stderr.isatty() else _lines)(items, label, total)


def _bar(items: Iterable[T], label: str, total: int | None) -> Iterator[T]:
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeRemainingColumn(),
    )
    start = time.monotonic()
    with progress.Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(label, total=total, rate="")
        for count, item in enumerate(items, 1):
            yield item
            rate = count / max(time.monotonic() - start, 1e-6)
            shown.update(task, advance=1, rate=f"{rate:,.1f}/s")


def _lines(items: Iterable[T], label: str, total: int | None) -> Iterator[T]:
    start = last = time.monotonic()
    count = 0
    for count, item in enumerate(items, 1):
        yield item
        now = time.monotonic()
        if now - last >= LINE_EVERY_S:
            last = now
            print(_line(label, count, total, now - start), file=sys.stderr, flush=True)
    took = time.monotonic() - start
    if took >= 1:
        print(_line(label, count, total, took), file=sys.stderr, flush=True)


def _line(label: str, count: int, total: int | None, took_s: float) -> str:
    rate = count / max(took_s, 1e-6)
    done = f"{count}/{total}" if total is not None else str(count)
    left = f", {(total - count) / rate:.0f} s left" if total and 0 < count < total else ""
    return f"{label}: {done}, {rate:,.1f}/s{left}"
