"""The worker's side of the sandbox: take a call, set its limits, run it, send plain data back."""

from __future__ import annotations

import os
import pickle
import resource
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from anigifs.media import wire


def serve() -> None:
    """Answer calls from standard input until it closes.

    Standard output carries the answers, so whatever else prints goes to standard error.
    Requests come from our own parent and are pickled; answers never are.
    """
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    calls = sys.stdin.buffer
    while head := calls.read(wire.LENGTH_BYTES):
        request = calls.read(int.from_bytes(head, "little"))
        call = pickle.loads(request)  # noqa: S301 - written by our own parent
        for piece in _answer(*call):
            _write(answers, piece)


def _answer(
    function: str, args: tuple[Any, ...], named: dict[str, Any], limits: dict[str, Any]
) -> list[memoryview]:
    try:
        found = _function(function)
        _limit(limits["memory_bytes"], limits["cpu_s"])
        return wire.pack(["value", found(*args, **named)])
    except BaseException as error:
        return wire.pack(["error", type(error).__name__, str(error)])


def _function(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def _limit(memory_bytes: int, cpu_s: int) -> None:
    """Allow this much on top of what is used now; the next item starts anew."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = _address_space() + memory_bytes
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()


def _write(pipe: BinaryIO, piece: memoryview) -> None:
    while piece:
        piece = piece[pipe.write(piece) :]
