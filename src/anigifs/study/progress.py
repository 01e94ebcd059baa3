"""How a study shows what it is doing: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from anigifs.study.estimate import Amount, amounts, last_record, span, time_left
from anigifs.study.plan import Job

LINE_EVERY_S = 15.0


class Display(Protocol):
    """What is told of the runs at work."""

    def update(self, running: Sequence[Path]) -> None:
        """Show these runs' latest numbers."""
        ...


class Watch:
    """A plan's amounts as they stand, read again as runs get on."""

    def __init__(self, jobs: Sequence[Job], clips: Mapping[Path, int], processes: int) -> None:
        self.jobs, self.clips, self.processes = jobs, clips, processes
        self._found, self._done = amounts(jobs, clips), -1

    def now(self, running: Sequence[Path]) -> list[Amount]:
        """Every job; what the runs at work log also tells how fast they are."""
        done = sum(job.run.done for job in self.jobs)
        if done != self._done:
            self._found, self._done = amounts(self.jobs, self.clips), done
        return [_fresh(one) if one.job.folder in running else one for one in self._found]


@contextmanager
def shown(watch: Watch) -> Iterator[Display]:
    """The display that suits standard error."""
    if not sys.stderr.isatty():
        yield Lines(watch)
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), refresh_per_second=2) as live:
        yield LiveTable(live, watch)


class Lines:
    """A line every few seconds."""

    def __init__(self, watch: Watch) -> None:
        self.watch, self.last = watch, time.monotonic()

    def update(self, running: Sequence[Path]) -> None:
        """Print a line, unless the last is fresh."""
        if time.monotonic() - self.last < LINE_EVERY_S:
            return
        self.last = time.monotonic()
        now = self.watch.now(running)
        at_work = "; ".join(_text(one) for one in now if one.job.folder in running)
        told = f"{headline(now, self.watch.processes)}; now {at_work}"
        print(told, file=sys.stderr, flush=True)


class LiveTable:
    """A table that is drawn again and again."""

    def __init__(self, live: Any, watch: Watch) -> None:
        self.live, self.watch = live, watch

    def update(self, running: Sequence[Path]) -> None:
        """Draw the runs at work."""
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        now = self.watch.now(running)
        title = headline(now, self.watch.processes)
        drawn = Table(title=title, title_justify="left", box=None)
        for name in ("run", "", "step", "loss", "clips/s", "left"):
            drawn.add_column(name, justify="left" if name == "run" else "right")
        for one in now:
            if one.job.folder in running:
                bar = ProgressBar(total=one.updates, completed=one.done, width=30)
                drawn.add_row(one.job.folder.name, bar, *_numbers(one))
        self.live.update(drawn)


def headline(found: Sequence[Amount], processes: int) -> str:
    """`3/12 runs done, about 2 h of training left`."""
    done = sum(one.job.finished for one in found)
    return f"{done}/{len(found)} runs done, training left: {time_left(found, processes)}"


def _fresh(one: Amount) -> Amount:
    last = last_record(one.job.run)
    rate = one.rate or last.get("clips_per_s")
    return replace(one, done=int(last.get("step", one.done)), rate=rate)


def _numbers(one: Amount) -> tuple[str, str, str, str]:
    last = last_record(one.job.run)
    if one.job.run.done or one.done == one.updates:
        return "measuring", "", "", ""
    if not last:
        return "starting", "", "", ""
    loss = f"{last['loss']:.3f}" if "loss" in last else ""
    left = "" if one.seconds is None else span(one.seconds)
    return f"{one.done:,}/{one.updates or '?'}", loss, f"{last.get('clips_per_s', 0):.0f}", left


def _text(one: Amount) -> str:
    step, loss, _, _ = _numbers(one)
    return f"{one.job.folder.name} {step}{f' loss {loss}' if loss else ''}"
