"""How fast files are screened. Run: python -m benchmarks.screen

Answers one question: how many small GIFs a second go through all checks, each decoded in a
sandbox and its facts and fingerprint written, with one worker and with one a core? 10,000 made
GIFs (96 px, 8 frames, 16 colours); the peer is a loop that decodes every frame with Pillow,
without a sandbox, checks, fingerprints or a catalog. Progress goes to standard error.
"""

from __future__ import annotations

import argparse
import io
import json
import platform
import resource
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from PIL import Image

from anigifs.catalog import OK, Hit, NewQuery, Outcome, Then, Workspace
from anigifs.core.parallel import cores
from anigifs.core.progress import track
from anigifs.curate.screen.config import ScreenConfig
from anigifs.curate.screen.run import screen
from anigifs.media.encode import encode_gif

SIDE, FRAMES, BATCH = 96, 8, 500
DELAYS = np.full(FRAMES, 80.0)


def drawing(number: int) -> bytes:
    """A GIF of two discs that cross a flat ground."""
    rng = np.random.default_rng(number)
    y, x = np.mgrid[:SIDE, :SIDE]
    frames = np.empty((FRAMES, SIDE, SIDE, 3), np.uint8)
    frames[:] = rng.integers(0, 256, 3)
    for colour in rng.integers(0, 256, (2, 3)):
        at, to, radius = rng.uniform(10, 86, 2), rng.uniform(10, 86, 2), rng.uniform(6, 20)
        for k, frame in enumerate(frames):
            middle = at + (to - at) * k / FRAMES
            frame[(y - middle[0]) ** 2 + (x - middle[1]) ** 2 < radius**2] = colour
    return encode_gif(frames, DELAYS, colours=16)


def fill(workspace: Workspace, files: list[bytes]) -> None:
    """The files, as if they had been found and fetched."""
    workspace.queries.add([NewQuery("local", "made", "made")])
    for first in range(0, len(files), BATCH):
        part = files[first : first + BATCH]
        urls = [f"http://h{n % 100}.test/{first + n}.gif" for n in range(len(part))]
        found = [Hit(provider="local", id=u, label="made", url=u, may_store=True) for u in urls]
        workspace.hits.add(1, found)
        shas = workspace.blobs.put_all(part)
        workspace.fetches.record([
            Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)
            for url, sha in zip(urls, shas, strict=True)
        ])  # fmt: skip


def used_s() -> float:
    """Processor seconds of this process and of all children that ended."""
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    return total


def screened(files: list[bytes], workers: int) -> dict[str, Any]:
    """Screen the files in a new workspace; the rate, and how many cores were busy."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Workspace.create(Path(folder) / "work") as workspace,
    ):
        fill(workspace, files)
        start, before = perf_counter(), used_s()
        done = screen(workspace, ScreenConfig(), workers)
        took, used = perf_counter() - start, used_s() - before
    return {
        "files": len(files),
        "workers": workers,
        "passed": done.passed,
        "wall_s": round(took, 1),
        "cpu_s": round(used, 1),
        "files_per_s": round(len(files) / took, 1),
        "files_per_cpu_s": round(len(files) / used, 1),
        "cores_busy": round(used / took, 2),
    }


def pillow(files: list[bytes]) -> dict[str, Any]:
    """Decode every frame, nothing else."""
    start = process_time()
    for data in files:
        with Image.open(io.BytesIO(data)) as image:
            for k in range(image.n_frames):
                image.seek(k)
                np.asarray(image.convert("RGB"))
    used = process_time() - start
    return {"files": len(files), "files_per_cpu_s": round(len(files) / used, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    given = parser.parse_args()
    files = [drawing(number) for number in track(range(given.files), "make")]
    few = files[: max(1, given.files // 10)]
    screened(few[:50], 1)  # compile
    report = {
        "benchmark": "screening of small GIFs, every check, sandboxed",
        "one_worker": screened(few, 1),
        "all_cores": screened(files, cores()),
        "pillow_decodes_only": pillow(few),
        "cores": cores(),
        "python": platform.python_version(),
        "pillow": version("pillow"),
    }
    json.dump(report, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
