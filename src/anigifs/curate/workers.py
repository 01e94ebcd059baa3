"""Work on untrusted files: one after another in processes that may die, several at a time."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

from anigifs.core.errors import MediaError
from anigifs.core.parallel import AHEAD, cores
from anigifs.media.sandbox import Sandbox, SandboxConfig

T = TypeVar("T")


def in_sandboxes(
    function: str,
    items: Iterable[T],
    arguments: Callable[[T], tuple[Any, ...]],
    config: SandboxConfig,
    workers: int = 0,
) -> Iterator[tuple[T, Any]]:
    """Yield each item with what `function` ("module:name") returns, in the items' order.

    Each call runs in a sandbox (`media.sandbox`), `workers` of them at a time (0: one a core).
    What goes wrong with one item, its worker's death included, comes as a `MediaError` in place
    of its result; the others never notice.
    """
    count = workers or cores()
    idle: queue.SimpleQueue[Sandbox] = queue.SimpleQueue()
    boxes = [Sandbox(config) for _ in range(count)]
    for box in boxes:
        idle.put(box)

    def call(item: T) -> Any:
        box = idle.get()
        try:
            return box.run(function, *arguments(item))
        except MediaError as error:
            return error
        finally:
            idle.put(box)

    pool = ThreadPoolExecutor(count)
    try:
        yield from _in_order(pool, call, iter(items), (1 + AHEAD) * count)
    finally:
        for box in boxes:
            box.close()
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ThreadPoolExecutor, call: Callable[[T], Any], items: Iterator[T], ahead: int
) -> Iterator[tuple[T, Any]]:
    waiting: deque[tuple[T, Future[Any]]] = deque()
    for item in islice(items, ahead):
        waiting.append((item, pool.submit(call, item)))
    while waiting:
        item, result = waiting.popleft()
        yield item, result.result()
        waiting.extend((each, pool.submit(call, each)) for each in islice(items, 1))
