"""Run a plan: several runs at once, each in a process of its own, resumable at any moment.

A run folder's lock goes with the process that trains it. Runs that outlive a killed study are
waited for by the next, never started twice.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import tomli_w

from anigifs.core import files
from anigifs.core.errors import TrainingError
from anigifs.core.parallel import cores
from anigifs.core.runs import RunFolder
from anigifs.study.alone import taken
from anigifs.study.plan import Job
from anigifs.study.progress import Display, Watch, shown
from anigifs.train.config import as_plain

POLL_S = 0.5
STOP_S = 60
ERROR = "anigifs: "


def execute(
    jobs: Sequence[Job], out: Path, processes: int, clips: Mapping[Path, int] | None = None
) -> None:
    """Bring every job to its end; what is done is passed over.

    clips: the size of each run's training set, for the time that is shown.

    Each run's output goes to `out/logs/<run>.log`. Ctrl-C and SIGTERM stop the runs, each at a
    checkpoint of its own; the same call goes on from there.

    Raises:
        TrainingError: runs failed; the others were finished first. Says why each did.
    """
    work = _Work(list(jobs), out, processes)
    with shown(Watch(jobs, clips or {}, processes)) as display, _stoppable():
        try:
            while work.go_on():
                _wait(work, display)
        except BaseException:
            work.stop()
            raise
    work.raise_failures()


def _wait(work: _Work, display: Display) -> None:
    display.update([*work.running, *work.elsewhere])
    time.sleep(POLL_S)


@dataclass
class _Work:
    """The state of a plan in the making.

    running: runs that this process started, with their slot. elsewhere: runs that another
    process is at work on.
    """

    jobs: list[Job]
    out: Path
    processes: int
    running: dict[Path, tuple[subprocess.Popen[bytes], int]] = field(default_factory=dict)
    elsewhere: list[Path] = field(default_factory=list)
    failed: list[Path] = field(default_factory=list)

    def go_on(self) -> bool:
        """Start what can be started; whether anything is under way."""
        self._reap()
        open_ = [job for job in self.jobs if not job.finished and job.folder not in self.failed]
        idle = [job for job in open_ if job.folder not in self.running]
        self.elsewhere = [job.folder for job in idle if taken(job.folder)]
        ready = [
            job
            for job in idle
            if job.folder not in self.elsewhere and (job.after is None or RunFolder(job.after).done)
        ]
        busy = len(self.running) + len(self.elsewhere)
        for job in ready[: max(self.processes - busy, 0)]:
            slot = min({*range(self.processes)} - {slot for _, slot in self.running.values()})
            self.running[job.folder] = (self._start(job, slot), slot)
        return bool(self.running or self.elsewhere)

    def stop(self) -> None:
        """Ask the runs to save and end, and wait for them."""
        for process, _ in self.running.values():
            process.send_signal(signal.SIGINT)
        for process, _ in self.running.values():
            try:
                process.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def raise_failures(self) -> None:
        """Raise if a run failed, or waits for one that did."""
        if not self.failed:
            return
        told = "".join(f"\n  {run.name}: {_reason(self._log(run))}" for run in self.failed)
        left = sum(not job.finished for job in self.jobs)
        raise TrainingError(
            f"{len(self.failed)} of {len(self.jobs)} runs failed, {left} are not done:{told}\n"
            f"The whole output is in {self.out / 'logs'}. The same command goes on"
        )

    def _start(self, job: Job, slot: int) -> subprocess.Popen[bytes]:
        config = self.out / "configs" / f"{job.folder.name}.toml"
        files.write_text(config, tomli_w.dumps(as_plain(job.config)))
        log = self._log(job.folder)
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "anigifs", "train", str(config), "--out", str(job.folder)]
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(slot, self.processes),
                start_new_session=True,  # a Ctrl-C reaches it once, through `stop`
            )

    def _reap(self) -> None:
        for folder, (process, _) in list(self.running.items()):
            if process.poll() is None:
                continue
            del self.running[folder]
            if process.returncode or not self._job(folder).finished:
                self.failed.append(folder)

    def _job(self, folder: Path) -> Job:
        return next(job for job in self.jobs if job.folder == folder)

    def _log(self, folder: Path) -> Path:
        return self.out / "logs" / f"{folder.name}.log"


def _environment(slot: int, processes: int) -> dict[str, str]:
    """Each run's share of the cores and, where there are several, a graphics card in turn."""
    own = {"OMP_NUM_THREADS": str(max(cores() // processes, 1))}
    cards = _cards()
    if len(cards) > 1:
        own["CUDA_VISIBLE_DEVICES"] = cards[slot % len(cards)]
    return {**os.environ, **own}


def _cards() -> list[str]:
    import torch

    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return [name for name in named.split(",") if name.strip()]
    return [str(number) for number in range(torch.cuda.device_count())]


def _reason(log: Path) -> str:
    """The first line of the error that a run ended with, else its last line of all."""
    lines = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
    errors = [line for line in lines if line.startswith(ERROR)]
    return (errors or lines or ["no output"])[-1].removeprefix(ERROR).strip()


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends a study as Ctrl-C does: batch systems send it when the time is up."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield  # Python takes signals in the main thread alone
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
