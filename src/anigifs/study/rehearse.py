"""How fast training will be, before any run has told: a few plain steps on clips of zeros.

A rough figure and said to be one: a method's own passes, reading clips and validations come on top.
"""

from __future__ import annotations

import statistics
import time

import torch
from torch.nn.functional import cross_entropy

from anigifs.core.parallel import cores
from anigifs.models.config import build_new
from anigifs.study.load import pick_device
from anigifs.study.plan import Job
from anigifs.train.devices import to_channels_last_3d

STEPS = 3
PIXELS = {"cpu": 4_000_000, "cuda": 64_000_000}
"""In one step, so that it takes seconds: two million are a clip of 40 x 224 x 224."""


def rehearse(job: Job, processes: int) -> float:
    """Clips a second of plain training of this job's network at its size.

    On a CPU with the cores that a run has when `processes` of them share it. The first of the
    steps warms up; weights and the global random stream are left as they were.
    """
    train, threads = job.config.train, torch.get_num_threads()
    device = pick_device("auto" if train.accelerator == "auto" else train.accelerator)
    torch.set_num_threads(max(1, cores() // processes))
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            seconds = _steps(job, device)
    finally:
        torch.set_num_threads(threads)
    return _count(job, device) / statistics.median(seconds[1:])


def _steps(job: Job, device: torch.device) -> list[float]:
    """Seconds of every step."""
    model = build_new(job.config.model, ("a", "b")).to(device)
    if job.config.train.channels_last_3d:
        to_channels_last_3d(model)
    clips, labels = (
        _clips(job, device),
        torch.zeros(_count(job, device), dtype=torch.int64, device=device),
    )
    return [_step(model, clips, labels) for _ in range(STEPS)]


def _count(job: Job, device: torch.device) -> int:
    view = job.config.view
    most = PIXELS[device.type] // (view.sampling.frames * view.side_px**2)
    return min(job.config.train.micro_batch, max(most, 1))


def _clips(job: Job, device: torch.device) -> torch.Tensor:
    view = job.config.view
    shape = (_count(job, device), 3, view.sampling.frames, view.side_px, view.side_px)
    last = job.config.train.channels_last_3d
    layout = torch.channels_last_3d if last else torch.contiguous_format
    return torch.zeros(shape, device=device).contiguous(memory_format=layout)


def _step(model: torch.nn.Module, clips: torch.Tensor, labels: torch.Tensor) -> float:
    start = time.perf_counter()
    model.train()
    loss = cross_entropy(model(clips), labels)
    torch.autograd.backward(loss)
    model.zero_grad()
    if clips.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - start
