"""How fast GIFs become RGB. Run: ANIGIFS_TEST_DATA=folder python -m benchmarks.gif_decode

Answers one question: on one core, how does our decoder compare with PyAV (FFmpeg) and Pillow,
for all frames and for 40 of them? Real animations when ANIGIFS_TEST_DATA names the test data,
and three kinds of made ones. Every peer skips what its interface lets it skip: PyAV and Pillow
convert only the chosen frames to RGB, but have to decode all of them.
"""

from __future__ import annotations

import io
import json
import os
import platform
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from time import process_time

import av
import numpy as np
from PIL import Image

from anigifs.media.encode import encode_gif
from anigifs.media.gif import decode_gif
from anigifs.media.sampling import SamplingConfig, chooser, spread

CHOSEN = 40
ROUNDS = 5
Decode = Callable[[bytes, bool], int]


def ours(data: bytes, all_frames: bool) -> int:
    if all_frames:
        return len(decode_gif(data).pixels)
    return len(decode_gif(data, chooser(SamplingConfig(frames=CHOSEN))).pixels)


def pyav(data: bytes, all_frames: bool) -> int:
    with av.open(io.BytesIO(data), format="gif") as container:
        container.streams.video[0].codec_context.thread_count = 1
        frames = list(container.decode(video=0))
    chosen = range(len(frames)) if all_frames else np.unique(spread(len(frames), CHOSEN))
    pictures = {int(k): frames[k].to_ndarray(format="rgb24") for k in chosen}
    return len(pictures if all_frames else stacked(pictures, len(frames)))


def pillow(data: bytes, all_frames: bool) -> int:
    with Image.open(io.BytesIO(data)) as image:
        count = image.n_frames
        chosen = range(count) if all_frames else np.unique(spread(count, CHOSEN))
        pictures = {}
        for k in chosen:
            image.seek(int(k))
            pictures[int(k)] = np.asarray(image.convert("RGB"))
    return len(pictures if all_frames else stacked(pictures, count))


def stacked(pictures: dict[int, np.ndarray], count: int) -> np.ndarray:
    """The clip that a model gets: 40 frames, repeated where there are fewer."""
    return np.stack([pictures[int(k)] for k in spread(count, CHOSEN)])


def made() -> Iterator[tuple[str, bytes]]:
    """Flat shapes, the same 400 frames long, and camera-like noise."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:300, :400]
    for name, count, noise in (("flat", 60, 0), ("flat, long", 400, 0), ("noisy", 60, 12)):
        frames = np.full((count, 300, 400, 3), 235, np.uint8)
        for k in range(count):
            for shape in range(6):
                at_y, at_x = 150 + 90 * np.sin(k / 9 + shape), 200 + 140 * np.cos(k / 7 + 2 * shape)
                colour = rng.integers(0, 256, 3) if k == 0 else (40 * shape, 90, 255 - 40 * shape)
                frames[k][(y - at_y) ** 2 + (x - at_x) ** 2 < 900] = colour
            if noise:
                grain = rng.normal(0, noise, frames[k].shape)
                frames[k] = np.clip(frames[k] + grain, 0, 255).astype(np.uint8)
        yield f"made: {name}", encode_gif(frames, np.full(count, 40.0))


def real(root: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted((root / "animated").rglob("*.gif")):
        yield f"real: {file.stem.partition('_')[0]}", file.read_bytes()


def rates(decode: Decode, files: list[bytes], all_frames: bool, mpx: float) -> dict[str, float]:
    """Median and worst of some rounds, in million canvas pixels of the files a CPU second."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        for data in files:
            decode(data, all_frames)
        times.append(process_time() - start)
    return {
        "median_mpx_s": round(mpx / statistics.median(times), 1),
        "worst_mpx_s": round(mpx / max(times), 1),
    }


def measure(files: list[bytes]) -> dict[str, object]:
    shapes = [decode_gif(data).pixels.shape for data in files]
    mpx = sum(frames * height * width for frames, height, width, _ in shapes) / 1e6
    result: dict[str, object] = {
        "files": len(files),
        "frames": sum(shape[0] for shape in shapes),
        "mpx": round(mpx, 1),
    }
    for what, all_frames in (("all_frames", True), (f"{CHOSEN}_frames", False)):
        speeds = {d.__name__: rates(d, files, all_frames, mpx) for d in (ours, pyav, pillow)}
        mine = speeds["ours"]["median_mpx_s"]
        ratios = {
            f"times_{peer}": round(mine / speeds[peer]["median_mpx_s"], 2)
            for peer in ("pyav", "pillow")
        }
        result[what] = speeds | ratios
    return result


def main() -> None:
    groups: dict[str, list[bytes]] = defaultdict(list)
    root = os.environ.get("ANIGIFS_TEST_DATA")
    for name, data in [*made(), *(real(Path(root)) if root else ())]:
        groups[name].append(data)
    ours(groups["made: flat"][0], True)  # compile
    report = {
        "benchmark": "GIF to RGB, one core, million pixels of all frames per CPU second",
        "groups": {name: measure(files) for name, files in groups.items()},
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("av", "pillow", "numba", "numpy")},
        "machine": platform.machine(),
    }
    json.dump(report, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
