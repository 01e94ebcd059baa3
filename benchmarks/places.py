"""Do models lean on the place? Run: python -m benchmarks.places --out DIR RUNS [RUNS ...]

Answers one question, of runs of `sim-bias`: how much oftener is a run right where the place behind
the person is the one that its training clips gave to the class? RUNS are finished run folders, or
folders of them. For each data seed two test sets are made that share all but the place: `own` has
the class's place of that seed in every clip, `any` a place of the clip's own. What the second is
below the first, clip by clip, is what the place gives away; 0 for a model that does not look at it.
It holds what any familiar place gives, too: places of other classes are not shown. Means over runs
and clips with 95 % intervals (two-level bootstrap, clip n of every seed drawn together), for every
method, and for every method against the first, on their common seeds. Nothing is written into the
run folders.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from anigifs.core.runs import RunFolder, find_runs
from anigifs.evaluate.forward import PredictConfig, Subject
from anigifs.evaluate.metrics import credits
from anigifs.evaluate.predict import predict
from anigifs.evaluate.resample import Floats, estimate
from anigifs.simulate.config import SimConfig
from anigifs.simulate.dataset import simulate
from anigifs.study.load import load_run_model
from benchmarks.frame_order import rounded

SIDE_PX = 96
"""Of the clips of the simulated studies."""


def right(subject: Subject, out: Path, per_class: int, bias: int) -> Floats:
    """1 where the run is right, (N,), on clips of its data seed, a share `bias` in own places."""
    values = {
        "seed": subject.seed,
        "side_px": SIDE_PX,
        "classes": subject.classes,
        "scene_bias": bias,
        "real": {"test": per_class},
        "animated": {},
    }
    folder = out / f"seed{subject.seed}-bias{bias}"
    clips = simulate(folder, SimConfig.model_validate(values))["real"]
    found = predict(subject, clips, PredictConfig(batch_size=16))
    return credits(found.logits, found.label_index).astype(np.float64)


def reliance(runs: list[RunFolder], out: Path, per_class: int) -> dict[str, dict[int, Floats]]:
    """Of each method and seed, (2, N): right in the class's own place, and in any."""
    found: dict[str, dict[int, Floats]] = defaultdict(dict)
    for run in runs:
        subject = load_run_model(run)
        seed = int(subject.seed or 0)
        if seed in found[subject.method]:
            raise SystemExit(
                f"{run.path}: another run of {subject.method} has seed {seed}; drop one"
            )
        pair = [right(subject, out, per_class, bias) for bias in (1, 0)]
        found[subject.method][seed] = np.stack(pair)
    return found


def rows(found: dict[str, dict[int, Floats]]) -> list[dict[str, object]]:
    """A row a method; `against` the first, where seeds are common."""
    made: list[dict[str, object]] = []
    first, base = next(iter(found.items()))
    for method, seeds in found.items():
        both = np.stack([*seeds.values()])
        groups = np.arange(both.shape[2])
        row: dict[str, object] = {
            "method": method,
            "seeds": len(seeds),
            "clips": len(groups),
            "own": rounded(estimate(both[:, 0], groups, None, "own")),
            "any": rounded(estimate(both[:, 1], groups, None, "any")),
            "place": rounded(estimate(both[:, 0] - both[:, 1], groups, None, "place")),
        }
        if method != first and (shared := [seed for seed in seeds if seed in base]):
            gaps = np.stack([seeds[s][0] - seeds[s][1] - base[s][0] + base[s][1] for s in shared])
            row[f"against {first}"] = rounded(estimate(gaps, groups, None, "against"))
        made.append(row)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the clips")
    parser.add_argument("--per-class", type=int, default=25)
    arguments = parser.parse_args()
    runs = [run for path in arguments.runs for run in find_runs(path)]
    json.dump(rows(reliance(runs, arguments.out, arguments.per_class)), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
