"""Run a plan: several runs at once, each in a process of its own, resumable at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import tomli_w

from anigifs.core import files
from anigifs.core.errors import TrainingError
from anigifs.core.runs import RunFolder
from anigifs.study.plan import Job

POLL_S = 0.5
LINE_EVERY_S = 15.0


def execute(jobs: list[Job], out: Path, processes: int) -> None:
    """Bring every job to its `done` marker; what is done is passed over.

    Each run's output goes to `out/logs/<run>.log`. Ctrl-C stops the runs, each at a
    checkpoint of its own; the same call goes on from there.

    Raises:
        TrainingError: runs failed; the others were finished first. Names the logs.
    """
    running: dict[Path, subprocess.Popen[bytes]] = {}
    failed: set[Path] = set()
    shown = _Progress(jobs)
    try:
        while True:
            _reap(running, failed)
            ready = _ready(jobs, running, failed)
            for job in ready[: max(processes - len(running), 0)]:
                running[job.folder] = _start(job, out, max((os.cpu_count() or 1) // processes, 1))
            if not running:
                break
            shown.update(list(running))
            time.sleep(POLL_S)
    except BaseException:
        _stop(running)
        raise
    if failed:
        logs = ", ".join(str(_log(out, folder)) for folder in sorted(failed))
        raise TrainingError(f"{len(failed)} of {len(jobs)} runs failed; see {logs}")


def describe(jobs: list[Job]) -> str:
    """The plan as text: one line per run with what it starts from and whether it is done."""
    lines = [f"{len(jobs)} runs:"]
    for job in jobs:
        state = "done" if RunFolder(job.folder).done else "to do"
        start = f", from {job.after.name}" if job.after else ""
        lines.append(f"  {job.folder.name}: {job.config.train.algorithm.name}{start} ({state})")
    return "\n".join(lines)


def _ready(
    jobs: list[Job], running: dict[Path, subprocess.Popen[bytes]], failed: set[Path]
) -> list[Job]:
    return [
        job
        for job in jobs
        if job.folder not in running
        and job.folder not in failed
        and not RunFolder(job.folder).done
        and (job.after is None or RunFolder(job.after).done)
    ]


def _start(job: Job, out: Path, threads: int) -> subprocess.Popen[bytes]:
    config = out / "configs" / f"{job.folder.name}.toml"
    files.write_text(config, tomli_w.dumps(job.config.model_dump(mode="json", exclude_none=True)))
    log = _log(out, job.folder)
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "anigifs", "train", str(config), "--out", str(job.folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    with log.open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)


def _reap(running: dict[Path, subprocess.Popen[bytes]], failed: set[Path]) -> None:
    for folder, process in list(running.items()):
        if process.poll() is None:
            continue
        del running[folder]
        if process.returncode or not RunFolder(folder).done:
            failed.add(folder)


def _stop(running: dict[Path, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        process.send_signal(signal.SIGINT)
    for process in running.values():
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def _log(out: Path, folder: Path) -> Path:
    return out / "logs" / f"{folder.name}.log"


class _Progress:
    """One line per running experiment, at most every few seconds."""

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        self.last = time.monotonic()

    def update(self, running: list[Path]) -> None:
        if time.monotonic() - self.last < LINE_EVERY_S:
            return
        self.last = time.monotonic()
        done = sum(RunFolder(job.folder).done for job in self.jobs)
        now = "; ".join(_state(RunFolder(folder)) for folder in running)
        print(f"runs: {done}/{len(self.jobs)} done; now {now}", file=sys.stderr, flush=True)


def _state(run: RunFolder) -> str:
    records = list(run.metrics("train"))
    if not records:
        return f"{run.name} starting"
    last = records[-1]
    loss = f", loss {last['loss']:.3f}" if "loss" in last else ""
    return f"{run.name} step {last['step']}{loss}"
