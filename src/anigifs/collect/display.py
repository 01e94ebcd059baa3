"""How a collect job looks while it runs: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from anigifs.collect.tally import Row, Tally
from anigifs.core.progress import LINE_EVERY_S
from anigifs.net.reasons import LATER

if TYPE_CHECKING:
    from rich.table import Table

FAILURES_SHOWN = 6


@contextmanager
def shown(tally: Tally) -> Iterator[None]:
    """Show `tally` on standard error as long as the block runs."""
    with _live(tally) if sys.stderr.isatty() else _lines(tally):
        yield


def table(tally: Tally) -> Table:
    """One line a provider, their sum, and below it how far the files are."""
    from rich.table import Table

    grid = Table(box=None, padding=(0, 2), show_footer=True, caption=pace_line(tally))
    grid.caption_justify, grid.caption_style = "left", ""
    total = _cells("all", tally.total)
    for place, head in enumerate(["", "queries", "found", "fetched", "failed", "waiting"]):
        justify: Any = "right" if place else "left"
        grid.add_column(head, total[place], justify=justify, header_style="dim")
    for provider, row in sorted(tally.rows.items()):
        grid.add_row(*_cells(provider, row))
    return grid


def pace_line(tally: Tally) -> str:
    """How many files are through, how fast it goes, what is left."""
    total = tally.total
    through = total.fetched + total.failed
    rate = through / max(tally.took_s, 1e-3)
    left = f"about {_time(tally.to_do / rate)} left" if rate and tally.to_do else ""
    put_off = sum(tally.postponed.values())
    parts = [
        f"{_time(tally.took_s)}",
        f"{tally.bytes / 1e6:,.1f} MB",
        f"{rate:,.1f} files/s",
        f"{tally.to_do:,} to fetch" if tally.to_do else "",
        f"{put_off:,} put off" if put_off else "",
        left,
    ]
    return "  " + " · ".join(filter(None, parts))


def plain_line(tally: Tally) -> str:
    """The sum of everything in one line."""
    total = tally.total
    return (
        f"collect: {total.done:,}/{total.asked:,} queries, {total.found:,} found, "
        f"{total.fetched:,} fetched, {total.failed:,} failed, {total.waiting:,} waiting;"
        f"{pace_line(tally)[1:]}"
    )


def summary(tally: Tally) -> str:
    """The last word: what failed and why, what was put off, what was odd."""
    lines = []
    if tally.reasons:
        told = ", ".join(f"{why} {n:,}" for why, n in ranked(tally.reasons)[:FAILURES_SHOWN])
        lines.append(f"failed: {told}")
        later = [why for why, _ in ranked(tally.reasons) if why in LATER]
        if later:
            lines.append(f"some of that may go better later: --retry {later[0]}")
    if tally.postponed:
        told = ", ".join(f"{why} {n:,}" for why, n in ranked(tally.postponed))
        lines.append(f"put off, as the hosts asked for: {told}  (run it again later)")
    total = tally.total
    if total.odd:
        lines.append(f"{total.odd:,} results were no use (no id, no URL, wrong types)")
    if total.listed:
        lines.append(f"{total.listed:,} items are listed by id only, as their provider's terms ask")
    return "".join(f"{line}\n" for line in lines)


def ranked(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    """Reasons by how often they were, equals by name: the same however downloads raced."""
    return sorted(reasons.items(), key=lambda item: (-item[1], item[0]))


def _cells(name: str, row: Row) -> list[str]:
    queries = f"{row.done:,}/{row.asked:,}" if row.asked else ""
    fetched = "ids only" if row.listed and not row.fetched else f"{row.fetched:,}"
    return [name, queries, f"{row.found:,}", fetched, f"{row.failed:,}", f"{row.waiting:,}"]


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def _live(tally: Tally) -> Iterator[None]:
    from rich.console import Console
    from rich.live import Live

    with Live(
        get_renderable=lambda: table(tally), console=Console(stderr=True), refresh_per_second=4
    ):
        yield


@contextmanager
def _lines(tally: Tally) -> Iterator[None]:
    stopped = threading.Event()

    def tell() -> None:
        while not stopped.wait(LINE_EVERY_S):
            print(plain_line(tally), file=sys.stderr, flush=True)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    start = time.monotonic()
    try:
        yield
    finally:
        stopped.set()
        teller.join()
        if time.monotonic() - start >= 1:
            print(plain_line(tally), file=sys.stderr, flush=True)
