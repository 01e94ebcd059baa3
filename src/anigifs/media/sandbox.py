"""Decode untrusted files in a process that may die: limits on memory, processor and wall time.

The worker starts once and takes one item after another; a killed worker is an error of its item,
and the next item gets a new one. What comes back is plain data (`wire`), never a pickle.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from types import TracebackType
from typing import Any

from pydantic import Field

from anigifs.core import errors
from anigifs.core.config import Config
from anigifs.core.errors import AnigifsError, LimitExceeded, MediaError, NotDecodable
from anigifs.media import wire

PIPE_BYTES = 2**20
"""Room in the pipes: with the usual 64 KiB, pictures cross at half the speed."""
CHILD = "from anigifs.media.sandbox_child import serve; serve()"
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class SandboxConfig(Config):
    """What one item may use. The defaults are our choice."""

    memory_bytes: int = Field(3 * 2**30, ge=2**20)
    """Address space above what the idle worker has."""
    cpu_s: int = Field(60, ge=1)
    """Processor seconds, in whole seconds as the system counts them."""
    wall_s: float = Field(120.0, gt=0)
    """Seconds on the clock."""


class Sandbox:
    """One worker process. Not for use by several threads at once: give each its own.

    with Sandbox() as sandbox:
        frames = sandbox.run("anigifs.media.decode:decode", path)
    """

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self._worker: subprocess.Popen[bytes] | None = None

    def run(self, function: str, *args: Any, **named: Any) -> Any:
        """Call `function` ("module:name") with these arguments in the worker.

        Arguments are pickled (they are ours); the result must be what `wire` can carry.

        Raises:
            LimitExceeded: too much memory, processor or wall time.
            NotDecodable: the worker died, or the call raised what no decoder should.
            AnigifsError: whatever the call raised on purpose, with its message.
        """
        worker = self._started()
        request = pickle.dumps((function, args, named, self.config.model_dump()))
        try:
            _send(worker, request)
            answer = self._answer(worker)
        except (_Died, OSError):
            raise self._obituary() from None
        except ValueError as error:
            self.close()
            raise NotDecodable(f"the worker sent what it must not: {error}") from None
        except BaseException:
            self.close()
            raise
        return _unwrap(answer, self.config)

    def close(self) -> None:
        """End the worker; the next `run` starts another."""
        worker, self._worker = self._worker, None
        if worker:
            worker.kill()
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                with contextlib.suppress(OSError):
                    pipe and pipe.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self.close()
            places = os.pathsep.join(place for place in sys.path if place)
            self._worker = subprocess.Popen(
                [sys.executable, "-P", "-c", CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pipesize=PIPE_BYTES,
                start_new_session=True,
                env={**os.environ, **_ONE_THREAD, "PYTHONPATH": places},
            )
        return self._worker

    def _answer(self, worker: subprocess.Popen[bytes]) -> Any:
        assert worker.stdout
        handle, deadline = worker.stdout.fileno(), time.monotonic() + self.config.wall_s

        def pull(memory: memoryview) -> None:
            while memory:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([handle], [], [], left)[0]:
                    raise LimitExceeded(
                        f"decoding took longer than {self.config.wall_s:g} s; "
                        "raise `wall_s` if the file is trusted"
                    )
                count = os.readv(handle, [memory])
                if not count:
                    raise _Died
                memory = memory[count:]

        answer = wire.unpack(pull, self.config.memory_bytes)
        sizes = {"value": 2, "error": 3}
        if not (isinstance(answer, list) and answer and len(answer) == sizes.get(str(answer[0]))):
            raise ValueError("an answer that is neither a value nor an error")
        return answer

    def _obituary(self) -> MediaError:
        """The error for a worker that is gone, and its end."""
        worker = self._worker
        code = worker.wait() if worker else 0
        self.close()
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if code == -signal.SIGXCPU:
            return LimitExceeded(
                f"decoding took more than {self.config.cpu_s} s of processor time; "
                "raise `cpu_s` if the file is trusted"
            )
        return NotDecodable(f"decoding ended its worker process ({name})")


class _Died(Exception):
    """The worker closed its pipe."""


def _send(worker: subprocess.Popen[bytes], request: bytes) -> None:
    assert worker.stdin
    worker.stdin.write(len(request).to_bytes(wire.LENGTH_BYTES, "little") + request)
    worker.stdin.flush()


def _unwrap(answer: Any, config: SandboxConfig) -> Any:
    """The value in an answer, or its error raised."""
    kind, *inside = answer
    if kind == "value":
        return inside[0]
    name, message = inside
    if name == "MemoryError":
        raise LimitExceeded(
            f"decoding needs more than {config.memory_bytes:,} bytes of memory; "
            "raise `memory_bytes` if the file is trusted"
        )
    raised = getattr(errors, str(name), None)
    if isinstance(raised, type) and issubclass(raised, AnigifsError):
        failure = raised.__new__(raised)
        Exception.__init__(failure, message)
        raise failure
    raise NotDecodable(f"decoding failed: {name}: {message}")
