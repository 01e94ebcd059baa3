"""The same work on many items, over processes: results in the items' order, a few in flight."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

from anigifs.core.errors import AnigifsError, InputError

A = TypeVar("A")
R = TypeVar("R")

AHEAD = 2
"""Items that wait per worker, so that none idles and the results of few fill the memory."""


def ordered_map(work: Callable[[A], R], items: Iterable[A], workers: int) -> Iterator[R]:
    """Yield `work(item)` for each item in order, made by `workers` processes.

    With one worker everything runs in this process. Else `work`, items and results must be
    picklable; processes are spawned, so they share no state. Stopping early stops them.

    Raises:
        InputError: `workers` is below 1.
        AnigifsError: a worker process died (commonly: killed for its memory).
    """
    if workers < 1:
        raise InputError(f"workers must be 1 or more; got {workers}")
    if workers == 1:
        yield from map(work, items)
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_ignore_interrupts)
    try:
        yield from _in_order(pool, work, iter(items), AHEAD * workers)
    except BrokenProcessPool:
        raise AnigifsError(
            "a worker process died, perhaps for lack of memory; what was finished is kept: "
            "run again with fewer workers"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_order(
    pool: ProcessPoolExecutor, work: Callable[[A], R], items: Iterator[A], ahead: int
) -> Iterator[R]:
    waiting: deque[Future[R]] = deque(pool.submit(work, item) for item in islice(items, ahead))
    while waiting:
        result = waiting.popleft().result()
        waiting.extend(pool.submit(work, item) for item in islice(items, 1))
        yield result


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
