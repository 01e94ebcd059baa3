"""A tiny untrained run and tiny clips of one colour each."""

from pathlib import Path

import numpy as np
import tomli_w
import torch

from anigifs.core import files
from anigifs.core.config import build
from anigifs.core.runs import RunFolder
from anigifs.media.encode import encode_gif
from anigifs.models.config import build_model
from anigifs.study.config import ExperimentConfig
from anigifs.train import checkpoint

COLOURS = {"squat": (255, 0, 0), "lunge": (0, 255, 0), "clapping": (0, 0, 255)}


def write_clips(root: Path, per_class=3, names=COLOURS) -> Path:
    """Class folders of GIFs, one colour a class, with noise."""
    rng = np.random.default_rng(0)
    for name in names:
        for at in range(per_class):
            noise = rng.normal(0, 30, (4, 34, 40, 3))
            pixels = np.clip(np.array(COLOURS[name]) + noise, 0, 255).astype(np.uint8)
            files.write_bytes(root / name / f"{at}.gif", encode_gif(pixels, np.full(4, 100.0)))
    return root


def write_run(path: Path, data: Path, seed=0, selection="source-val") -> RunFolder:
    """A run folder as training would leave it, with new weights and no predictions."""
    values = {
        "data": {"train": str(data), "test": {"real": str(data)}},
        "view": {"side_px": 32, "short_side_px": 32, "sampling": {"frames": 8}},
        "model": {"width": 0.0625, "output_stride": 16},
        "train": {"seed": seed, "steps": 1, "selection": selection},
    }
    run = RunFolder(path)
    files.write_text(run.config_file, tomli_w.dumps(values))
    config = build(ExperimentConfig, values, "the test")
    torch.manual_seed(seed)
    model = build_model(config.model, tuple(COLOURS))
    saved = {"step": 1, "classes": list(COLOURS), "model": model.state_dict(), "best": None}
    name = "last.pt" if selection == "last" else "best.pt"
    checkpoint.write(run.checkpoints / name, saved)
    run.finish()
    return run
