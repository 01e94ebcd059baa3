"""How fast clips reach a model. Run: ANIGIFS_TEST_DATA=folder python -m benchmarks.loader

Answers one question: how many clips of 40 x 224 x 224 a second come from GIFs (a) by the Pillow
loop that papers use (seek to, convert and scale every frame, then take 40), (b) by our online path,
(c) from a pack? On one core, in clips per second of processor time, and through torch's DataLoader
with two workers, in clips per second of the clock. Real animations when ANIGIFS_TEST_DATA names the
test data, and simulated ones of 400 px: drawn GIFs, and filmed videos turned into GIFs.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from anigifs.core.parallel import cores
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.loader.batch import collate
from anigifs.loader.clips import ClipDataset
from anigifs.loader.items import Item
from anigifs.loader.pack import pack
from anigifs.loader.packed import PackedDataset
from anigifs.media.sampling import spread
from anigifs.media.view import ViewConfig
from anigifs.release.gifify import gifify
from anigifs.simulate.config import Counts, SimConfig
from anigifs.simulate.dataset import simulate

ROUNDS = 3
VIEW = ViewConfig()
SIDE = VIEW.side_px


class NaiveDataset(Dataset[Item]):
    """What such papers' code does for each clip."""

    def __init__(self, clips: ClipSet) -> None:
        self.clips = clips

    def __len__(self) -> int:
        return len(self.clips.clips)

    def __getitem__(self, index: int) -> Item:
        frames = []
        with Image.open(self.clips.clips[index].path) as image:
            for number in range(image.n_frames):
                image.seek(number)
                frames.append(np.asarray(cropped(image.convert("RGB"))))
        pixels = np.stack(frames)[spread(len(frames), VIEW.sampling.frames)]
        return Item(pixels=pixels, label=0, boxes=np.zeros((len(pixels), 4), np.float32), id="")


def cropped(picture: Image.Image) -> Image.Image:
    scale = SIDE / min(picture.size)
    width, height = (round(side * scale) for side in picture.size)
    scaled = picture.resize((width, height), Image.Resampling.BILINEAR)
    left, top = (width - SIDE) // 2, (height - SIDE) // 2
    return scaled.crop((left, top, left + SIDE, top + SIDE))


def sets(folder: Path) -> Iterator[tuple[str, ClipSet]]:
    if data := os.environ.get("ANIGIFS_TEST_DATA"):
        paths = sorted((Path(data) / "animated").glob("[!_]*/*.gif"))
        yield (
            "real animations",
            ClipSet(
                name="real",
                classes=("x",),
                clips=tuple(
                    Clip(id=str(n), path=path, domain=Domain.ANIMATED_GIF, label="x")
                    for n, path in enumerate(paths)
                ),
            ),
        )
    counts = Counts(train=0, val=0, test=1)
    config = SimConfig(side_px=400, real=counts, animated=counts)
    made = simulate(folder / "sim", config, cores())
    yield "simulated animations, 400 px", made["animated"]
    yield "simulated videos as GIFs, 400 px", gifify(made["real"], folder / "gif", None, cores())


def rate(work: Callable[[], int], clock: Callable[[], float]) -> list[float]:
    """Items a second in each round, after one to warm up."""
    work()
    found = []
    for _ in range(ROUNDS):
        start = clock()
        found.append(work() / (clock() - start))
    return found


def one_core(dataset: Dataset[Item]) -> list[float]:
    def work() -> int:
        for index in range(len(dataset)):  # type: ignore[arg-type]
            dataset[index]
        return len(dataset)  # type: ignore[arg-type]

    return rate(work, process_time)


def two_workers(dataset: Dataset[Item]) -> list[float]:
    loader: Any = DataLoader(dataset, 8, num_workers=2, collate_fn=collate, persistent_workers=True)
    return rate(lambda: sum(len(batch.labels) for batch in loader), perf_counter)


def summary(rates: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(rates), 1),
        "lowest": round(min(rates), 1),
        "highest": round(max(rates), 1),
    }


def compare(clips: ClipSet, root: Path) -> dict[str, Any]:
    manifest = pack(clips, root, VIEW, cores())
    classes = clips.classes
    rows: dict[str, Dataset[Item]] = {
        "a naive": NaiveDataset(clips),
        "b online": ClipDataset(clips, classes, VIEW),
        "c packed": PackedDataset(root, clips, classes, VIEW),
    }
    found: dict[str, Any] = {
        "clips": len(clips.clips),
        "pack_mb_per_clip": round(manifest.data_bytes / 1e6 / manifest.clips, 2),
    }
    for kind, measure in (("one core", one_core), ("two workers", two_workers)):
        rates = {name: measure(dataset) for name, dataset in rows.items()}
        base = statistics.median(rates["a naive"])
        found[kind] = {name: summary(values) for name, values in rates.items()} | {
            f"{name[0]} over a": round(statistics.median(rates[name]) / base, 1)
            for name in ("b online", "c packed")
        }
    return found


def main() -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    result: dict[str, Any] = {
        "benchmark": "clips/s of 40 x 224 x 224",
        "machine": f"{platform.machine()}, {cores()} cores",
        "versions": {name: version(name) for name in ("pillow", "numba", "torch", "pyarrow")},
    }
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, clips) in enumerate(sets(Path(folder))):
            result[name] = compare(clips, Path(folder) / f"pack{number}")
            print(json.dumps({name: result[name]}), file=sys.stderr)
    json.dump(result, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
