"""Ctrl-C and SIGTERM while training: finish the step, then stop with everything saved."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether somebody asked to stop."""

    asked = False


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Turn the first SIGINT or SIGTERM into `Stop.asked`; the second acts as it always did.

    A signal in the middle of an optimiser step would leave weights half updated. Outside the
    main thread, where Python takes no signals, nothing is changed. SLURM sends SIGTERM when
    a job's time is up.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def first(number: int, frame: FrameType | None) -> None:
        stop.asked = True
        signal.signal(number, before[signal.Signals(number)])

    try:
        for number in before:
            signal.signal(number, first)
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
