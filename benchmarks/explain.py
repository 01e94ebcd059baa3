"""Clips a second of evaluation and explanation. Run: python -m benchmarks.explain [--threads 2]

Answers one question: beside predicting a clip from its file, what does it cost to say where the
model looked? Measured from GIF files, decoding included: predictions; scores of maps (peak and
energy in the tube); the same with deletion and insertion in ten steps. And from tensors: a
forward pass, our Grad-CAM, and captum's LayerGradCam on the same layer, where it is installed.
The tasks take turns in one process. On one thread the clock is that of the process, so other
programs disturb less. With a CUDA device: the published I3D on clips of 40x224x224.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import torch

from anigifs.core.records import Box, Clip, ClipSet, Domain
from anigifs.evaluate.forward import PredictConfig, Subject
from anigifs.evaluate.predict import predict
from anigifs.evaluate.saliency import LookConfig, look
from anigifs.explain.gradcam import grad_cam
from anigifs.media.encode import encode_gif
from anigifs.media.sampling import SamplingConfig
from anigifs.media.view import ViewConfig
from anigifs.models.i3d import I3D, Shape

CLASSES = tuple(f"class {n}" for n in range(8))
BATCH = 8


def clip_set(folder: Path, count: int, frames: int, side: int) -> ClipSet:
    """GIFs of a square that moves over a flat ground, each with its box."""
    made = []
    for number in range(count):
        pixels = np.full((frames, side, side, 3), 30 + number, np.uint8)
        for at in range(frames):
            left = at * (side // 2) // frames
            pixels[at, side // 4 : side // 2, left : left + side // 4] = (250, 90, number)
        path = folder / f"{number}.gif"
        path.write_bytes(encode_gif(pixels, np.full(frames, 80.0)))
        boxes = (Box(0, 0.0, 0.25, 0.25, 0.5),)
        label = CLASSES[number % len(CLASSES)]
        made.append(
            Clip(id=str(number), path=path, domain=Domain.ANIMATED_GIF, label=label, boxes=boxes)
        )
    return ClipSet(name="squares", classes=CLASSES, clips=tuple(made))


def subject(cuda: bool) -> Subject:
    torch.manual_seed(0)
    shape, frames, side = (Shape(), 40, 224) if cuda else (Shape(0.25, 8), 16, 64)
    model = I3D(CLASSES, shape).eval().to("cuda" if cuda else "cpu")
    view = ViewConfig(sampling=SamplingConfig(frames=frames), side_px=side, short_side_px=side)
    return Subject(model=model, classes=CLASSES, view=view)


def tasks(one: Subject, clips: ClipSet) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """Name, clips, and what to do."""
    count = len(clips.clips)
    yield "predict files", count, lambda: predict(one, clips, PredictConfig(batch_size=BATCH))
    for steps, name in ((0, "maps of files"), (10, "maps, deletion and insertion of files")):
        config = LookConfig(steps=steps, batch_size=BATCH)
        yield name, count, lambda config=config: look(one, clips, config)
    device = next(one.model.parameters()).device
    frames, side = one.view.sampling.frames, one.view.side_px
    batch = torch.rand(BATCH, 3, frames, side, side, device=device) * 2 - 1
    batch = batch.contiguous(memory_format=torch.channels_last_3d)
    labels = torch.arange(BATCH, device=device) % len(CLASSES)
    yield "forward of tensors", BATCH, lambda: forward(one, batch)
    yield "maps of tensors", BATCH, lambda: grad_cam(one.model, batch, labels)
    try:
        from captum.attr import LayerGradCam
    except ImportError:
        return
    captum = LayerGradCam(one.model, one.model.last_block)
    yield "captum's maps of tensors", BATCH, lambda: captum.attribute(batch, target=labels)


def forward(one: Subject, batch: torch.Tensor) -> None:
    with torch.no_grad():
        one.model(batch)


def rates(one: Subject, clips: ClipSet, rounds: int) -> list[dict[str, object]]:
    """Clips a second of each task: the median over rounds, and the slowest and fastest."""
    cuda = next(one.model.parameters()).is_cuda
    clock = process_time if torch.get_num_threads() == 1 and not cuda else perf_counter
    todo = list(tasks(one, clips))
    found: dict[str, list[float]] = {name: [] for name, _, _ in todo}
    for number in range(rounds + 1):  # the first round warms up
        for name, count, do in todo:
            start = clock()
            do()
            if cuda:
                torch.cuda.synchronize()
            if number:
                found[name].append(count / (clock() - start))
    return [
        {
            "task": name,
            "clips_per_s": round(statistics.median(values), 2),
            "spread": [round(min(values), 2), round(max(values), 2)],
        }
        for name, values in found.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clips", type=int, default=16)
    parser.add_argument("--cpu", action="store_true", help="leave a CUDA device alone")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cuda = torch.cuda.is_available() and not arguments.cpu
    one = subject(cuda)
    with tempfile.TemporaryDirectory() as folder:
        side = 240 if cuda else 96
        rows = rates(one, clip_set(Path(folder), arguments.clips, 40, side), arguments.rounds)
    result = {
        "benchmark": "evaluation and explanation",
        "model": "I3D, 40x224x224" if cuda else "I3D of width 0.25 and stride 8, 16x64x64",
        "rows": rows,
        "device": torch.cuda.get_device_name() if cuda else f"CPU, {arguments.threads} thread(s)",
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
