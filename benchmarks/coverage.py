"""How often does a 95 % interval hold the truth? Run: python -m benchmarks.coverage [--sets 1000]

Answers one question: with few seeds, how often do the two-level bootstrap, the paired t over seeds
and the wider of both hold the true difference of two methods? Truth is known here: seeds of a
made-up study differ by `SEED_SD`, clips share effects of `CLIP_SD`, and a seed on a clip has luck
of `LUCK_SD`, about what the three methods with five seeds show against erm in `results/sim-small`.
The truth is the mean over all seeds and all clips that might be drawn.
"""

from __future__ import annotations

import argparse
import json

import numpy as np

from anigifs.evaluate.resample import estimate
from anigifs.evaluate.student import paired_t

TRUTH, SEED_SD, CLIP_SD, LUCK_SD = 0.02, 0.039, 0.1, 0.43
CLIPS = 400
SEEDS = (3, 5, 10, 20)


def study(seeds: int, rng: np.random.Generator) -> np.ndarray:
    """Differences of credits, (seeds, CLIPS): not whole numbers, as only means matter."""
    clips = rng.normal(0, CLIP_SD, CLIPS)
    runs = rng.normal(0, SEED_SD, (seeds, 1))
    return TRUTH + runs + clips + rng.normal(0, LUCK_SD, (seeds, CLIPS))


def covered(seeds: int, sets: int) -> dict[str, float]:
    """Shares of `sets` made-up studies whose interval holds the truth, and mean half-widths."""
    rng = np.random.default_rng([7, seeds])
    rows = []
    for number in range(sets):
        found = study(seeds, rng)
        boot = estimate(found, np.arange(CLIPS), None, f"coverage {number}")
        half = paired_t(found.mean(axis=1))[0]
        assert boot.bounds is not None
        low, high = boot.bounds
        wide, off = max(half, (high - low) / 2), abs(boot.value - TRUTH)
        rows.append((low <= TRUTH <= high, off <= half, off <= wide, high - low, half))
    means = np.mean(rows, axis=0)
    names = ("bootstrap", "paired t", "wider of both")
    shares = {name: round(float(value), 3) for name, value in zip(names, means[:3], strict=True)}
    return shares | {
        "half-width, bootstrap": round(float(means[3]) / 2, 4),
        "half-width, t": round(float(means[4]), 4),
    }


def main() -> None:
    """Coverage by number of seeds, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=1000)
    sets = parser.parse_args().sets
    print(json.dumps({str(seeds): covered(seeds, sets) for seeds in SEEDS}, indent=2))


if __name__ == "__main__":
    main()
