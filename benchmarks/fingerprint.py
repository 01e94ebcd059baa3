"""How fast animations get fingerprints.

Run: ANIGIFS_TEST_DATA=folder python -m benchmarks.fingerprint

Answers one question: on one core, how many animations a second does our fingerprint take (decode,
exact keys, up to 96 frames under three views, crops), beside imagehash's dHash of the first frame
and pdqhash of 8 frames, which decode what they need with our decoder? Real animations from the test
data; without it, made ones. Peers are left out where they are not installed.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np

from anigifs.media.encode import encode_gif
from anigifs.media.fingerprint import fingerprint
from anigifs.media.gif import decode_gif
from anigifs.media.sampling import spread

ROUNDS = 3
EVERY = 4
"""Only every fourth of the real files, to keep a round short."""


def ours(path: Path) -> None:
    fingerprint(path)


def decode_only(path: Path) -> None:
    decode_gif(path.read_bytes())


def first_dhash(path: Path) -> None:
    import imagehash
    from PIL import Image

    found = decode_gif(path.read_bytes(), lambda timing: np.zeros(1, np.int64))
    imagehash.dhash(Image.fromarray(found.pixels[0]))


def eight_pdq(path: Path) -> None:
    import pdqhash

    found = decode_gif(path.read_bytes(), lambda timing: spread(len(timing), 8))
    for frame in found.pixels:
        pdqhash.compute(frame)


def files(folder: Path) -> list[Path]:
    root = os.environ.get("ANIGIFS_TEST_DATA")
    if root:
        return sorted((Path(root) / "animated").rglob("*.gif"))[::EVERY]
    rng = np.random.default_rng(0)
    for number in range(8):
        frames = np.kron(rng.integers(0, 256, (30, 30, 40, 3), np.uint8), np.ones((1, 10, 10, 1)))
        data = encode_gif(frames.astype(np.uint8), np.full(30, 50.0))
        (folder / f"{number}.gif").write_bytes(data)
    return sorted(folder.iterdir())


def rate(call: Callable[[Path], None], paths: list[Path]) -> dict[str, float] | None:
    """Median and worst of some rounds, in animations a CPU second; None if it is not installed."""
    try:
        call(paths[0])
    except ImportError:
        return None
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        for path in paths:
            call(path)
        times.append(process_time() - start)
    count = len(paths)
    return {
        "median_per_s": round(count / statistics.median(times), 2),
        "worst_per_s": round(count / max(times), 2),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = files(Path(folder))
        frames = [len(decode_gif(path.read_bytes()).timing) for path in paths]
        calls = (ours, decode_only, first_dhash, eight_pdq)
        report = {
            "benchmark": "fingerprints of animations, one core, animations a CPU second",
            "files": len(paths),
            "frames": sum(frames),
            "rates": {call.__name__: rate(call, paths) for call in calls},
            "python": platform.python_version(),
            "numpy": np.__version__,
        }
    json.dump(report, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
