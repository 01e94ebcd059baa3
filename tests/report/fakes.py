"""Run folders full of made-up numbers, as training and evaluation would leave them."""

from pathlib import Path

import numpy as np

from anigifs.core import files
from anigifs.core.runs import RunFolder
from anigifs.evaluate.predictions import from_arrays, write_predictions

CLASSES = (
    "squat",
    "push up",
    "clapping",
    "hula hooping",
    "jumping jacks",
    "punching bag",
    "skipping rope",
    "somersaulting",
)
SETS = {"real": "real-video", "real-gif": "real-gif", "animated": "animated-gif"}
SHIFTS = {"real": 3.0, "real-gif": 2.4, "animated": 0.9}

CONFIG = """
method = "{method}"
[data]
train = "sim/real?split=train"
[data.test]
{tests}
[view]
side_px = 96
[train]
seed = {seed}
steps = 400
init_from = "runs/pretrain-seed{seed}/checkpoints/last.pt"
[train.algorithm]
name = "{method}"
"""


def predictions(name, method, seed, lift=0.0, **about):
    """120 clips of 40 sources; the same clips for every method and seed."""
    labels = np.repeat(np.arange(40) % len(CLASSES), 3)
    common = np.random.default_rng([9, *name.encode()]).normal(size=(120, len(CLASSES)))
    own = np.random.default_rng([seed, *method.encode()]).normal(size=common.shape)
    logits = common + 0.6 * own
    logits[np.arange(120), labels] += SHIFTS.get(name, 1.0) + lift
    logits[labels == 2, 5] += 1.5 if name == "animated" else 0
    return from_arrays(
        [f"{name}-{i}" for i in range(120)],
        [CLASSES[k] for k in labels],
        logits,
        CLASSES,
        **{
            "groups": [f"motion{i // 3}" for i in range(120)],
            "set_name": name,
            "domain": SETS.get(name, ""),
            "simulated": True,
            "selection": "source-val",
            "method": method,
            "run": f"{method}-seed{seed}",
            "seed": seed,
            **about,
        },
    )


def make_run(root: Path, method="erm", seed=0, lift=0.0, sets=SETS, extra="") -> RunFolder:
    """A finished run folder."""
    run = RunFolder(root / f"{method}-seed{seed}")
    tests = "\n".join(f'{name} = "sim/{name}?split=test"' for name in sets)
    files.write_text(run.config_file, CONFIG.format(method=method, seed=seed, tests=tests) + extra)
    files.write_json(run.path / "environment.json", {"torch": "2.13", "note": "<b>made up</b>"})
    for step in range(0, 401, 20):
        loss = 2.1 * np.exp(-step / 150) + 0.1 * np.cos(step + seed)
        run.log({"kind": "train", "step": step, "loss": float(loss)})
        if step and step % 100 == 0:
            run.log({"kind": "validate", "step": step, "top1": 0.9 - 0.7 * np.exp(-step / 120)})
    for name in sets:
        write_predictions(run.predictions(name), predictions(name, method, seed, lift))
    run.finish()
    return run


def make_study(root: Path, seeds=1) -> Path:
    """Two methods, the second a little better on the animated set."""
    for seed in range(seeds):
        make_run(root, "erm", seed)
        make_run(root, "random-augment", seed, lift=0.35)
    return root
