"""How much a plan amounts to: runs, updates, and time as far as finished runs tell it."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.core.runs import RunFolder
from anigifs.study.plan import Job

TAIL_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Amount:
    """What is left of one job.

    updates: optimiser steps of the whole run, None while its data is unknown.
    done: of them, those that are done.
    rate: clips a second that runs of the same method and size train, None before any did.
    guessed: the rate comes from no such run.
    """

    job: Job
    updates: int | None
    done: int
    rate: float | None
    guessed: bool = False

    @property
    def seconds(self) -> float | None:
        """Time that the training still takes; None where it is unknown."""
        if self.job.run.done:
            return 0.0
        if self.updates is None or not self.rate:
            return None
        return (self.updates - self.done) * self.job.config.train.batch_size / self.rate


def amounts(
    jobs: Sequence[Job], clips: Mapping[Path, int], guess: Callable[[Job], float] | None = None
) -> list[Amount]:
    """What is left of every job.

    clips: the size of its training set, where known. guess: asked for the clips a second of a
        network and size of which no run has logged any; methods of one size share the answer.
    """
    rates = _rates(jobs)
    unknown = [job for job in jobs if _kind(job) not in rates and not job.run.done]
    sizes = {_size(job): job for job in reversed(unknown)}
    guesses = {size: guess(job) for size, job in sizes.items()} if guess else {}
    return [_amount(job, clips, rates, guesses) for job in jobs]


def _amount(
    job: Job, clips: Mapping[Path, int], rates: Mapping[str, float], guesses: Mapping[str, float]
) -> Amount:
    rate, guess = rates.get(_kind(job)), guesses.get(_size(job))
    guessed = rate is None and guess is not None and not job.run.done
    return Amount(job, _updates(job, clips), last_step(job.run), rate or guess, guessed)


def describe(found: Sequence[Amount], processes: int) -> str:
    """The plan as text: the sum, then a line a method."""
    todo = sum(not one.job.finished for one in found)
    updates = [one.updates for one in found if not one.job.run.done]
    known = [count for count in updates if count is not None]
    more = " and more" if len(known) < len(updates) else ""
    methods: dict[str, list[Amount]] = {}
    for one in found:
        methods.setdefault(_method(one.job), []).append(one)
    width = max(map(len, methods))
    return "\n".join(
        [
            f"{len(found)} runs, {len(found) - todo} done; {sum(known):,} updates to do{more}; "
            f"training time: {time_left(found, processes)}",
            *(f"  {name:{width}}  {_line(own)}" for name, own in methods.items()),
        ]
    )


def time_left(found: Sequence[Amount], processes: int) -> str:
    """Such as `about 3 h`, and for which methods nothing is known yet."""
    unknown = dict.fromkeys(_method(one.job) for one in found if one.seconds is None)
    seconds = sum(one.seconds or 0.0 for one in found) / processes
    if not unknown:
        rough = ", guessed from plain steps" if any(one.guessed for one in found) else ""
        return f"about {span(seconds)}{rough}"
    if not seconds:
        return "unknown until the first run"
    return f"about {span(seconds)}, and unknown until the first run of {', '.join(unknown)}"


def span(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`, `2.1 days`."""
    for size, unit, digits in ((86_400 * 2, "days", 1), (5_400, "h", 1), (90, "min", 0)):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3_600, 'min': 60}[unit]:.{digits}f} {unit}"
    return f"{seconds:.0f} s"


def last_record(run: RunFolder) -> dict[str, Any]:
    """The latest whole training line of a run's metrics, read from the end; empty without one."""
    file = run.path / "metrics.jsonl"
    if not file.exists():
        return {}
    with file.open("rb") as opened:
        opened.seek(max(file.stat().st_size - TAIL_BYTES, 0))
        lines = opened.read().decode("utf-8", "replace").split("\n")
    for line in reversed(lines):
        try:
            record: dict[str, Any] = json.loads(line)
        except ValueError:
            continue
        if record.get("kind") == "train":
            return record
    return {}


def last_step(run: RunFolder) -> int:
    """Steps that a run has logged; 0 before any."""
    return int(last_record(run).get("step", 0))


def _updates(job: Job, clips: Mapping[Path, int]) -> int | None:
    train = job.config.train
    if train.steps:
        return train.steps
    return train.total_steps(clips[job.folder]) if job.folder in clips else None


def _rates(jobs: Sequence[Job]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for job in jobs:
        found.setdefault(_kind(job), []).extend(_seen(job.run))
    return {kind: statistics.median(rates) for kind, rates in found.items() if rates}


def _seen(run: RunFolder) -> Iterator[float]:
    """Clips a second that a run logged, without its first line, which holds the start."""
    rates = [one["clips_per_s"] for one in run.metrics("train") if one.get("clips_per_s")]
    yield from rates[1:]


def _kind(job: Job) -> str:
    """What decides how fast a run is: the same text for runs of one speed."""
    return _size(job) + json.dumps(job.config.train.algorithm.model_dump(mode="json"))


def _size(job: Job) -> str:
    """What decides how fast plain training is."""
    config, train = job.config, job.config.train
    shown = [part.model_dump(mode="json") for part in (config.view, config.model)]
    return json.dumps([*shown, train.batch_size, train.precision, train.devices], sort_keys=True)


def _method(job: Job) -> str:
    return job.config.method or job.config.train.algorithm.name


def _line(runs: Sequence[Amount]) -> str:
    """Runs of one method: seeds, length, start, and how far they are."""
    job = runs[0].job
    seeds = ", ".join(str(one.job.config.train.seed) for one in runs)
    length = f"{runs[0].updates:,} updates" if runs[0].updates else _epochs(job)
    start = f", from {job.after.name.rpartition('-seed')[0]}" if job.after else ""
    done = sum(one.job.finished for one in runs)
    begun = sum(bool(one.done) and not one.job.run.done for one in runs)
    trained = sum(one.job.run.done and not one.job.finished for one in runs)
    more = (f", {begun} begun" if begun else "") + (f", {trained} to measure" if trained else "")
    return f"{length}{start}; seeds {seeds}: {done} of {len(runs)} done{more}"


def _epochs(job: Job) -> str:
    return f"{job.config.train.epochs or 60} epochs"
