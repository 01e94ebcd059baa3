"""A small copy of study 2's data in the formats of the real ones: AVA-Kinetics, GIFs, weights."""

from pathlib import Path

import numpy as np
import torch

from anigifs.core import files
from anigifs.core.taxonomy import class_list, load_map
from anigifs.media.encode import encode_gif, write_video
from anigifs.models.config import ModelConfig, build_model

WIDTH = 0.0625
FEW = "writing"
"""The class with a single training clip."""


def moving(colour: int, frames: int = 8) -> np.ndarray:
    """A bright square that moves over a plain ground, uint8 (frames, 32, 40, 3)."""
    pixels = np.full((frames, 32, 40, 3), (20 * colour % 256, 60, 255 - 20 * colour), np.uint8)
    for at in range(frames):
        pixels[at, 8:24, 2 * at : 2 * at + 16] = 255 - 15 * colour
    return pixels


def make_world(root: Path) -> Path:
    """`ava-kinetics`, `ani-gifs` and `weights` as `study-2` wants them below `--data`."""
    actions = load_map("ava-80_to_kinetics-600").pairs
    rows: dict[str, list[str]] = {"train": [], "val": []}
    for number, (action, label) in enumerate(actions.items()):
        code = class_list("ava-80").index(action) + 1
        for split, count in (("train", 1 if label == FEW else 2), ("val", 1)):
            for at in range(count):
                video = f"{split}{number:02d}{at:02d}".ljust(11, "x")
                rows[split].append(f"{video},12.0,0.1,0.1,0.9,0.9,{code}")
                folder = root / "ava-kinetics" / split
                folder.mkdir(parents=True, exist_ok=True)
                write_video(folder / f"{video}_000010_000020.mp4", moving(number), 8)
        for at in range(2):
            gif = encode_gif(moving(number, 5), np.full(5, 80.0))
            files.write_bytes(
                root / "ani-gifs" / label.replace(" ", "_").title() / f"{at}.gif", gif
            )
    other = encode_gif(moving(3, 4), np.full(4, 80.0))
    files.write_bytes(root / "ani-gifs" / "Push up" / "x.gif", other)
    for split, lines in rows.items():
        name = root / "ava-kinetics" / f"kinetics_{split}_v1.0.csv"
        files.write_text(name, "\n".join([*lines, "nobody00000,3.0,,,,,"]) + "\n")
    torch.manual_seed(0)
    model = build_model(ModelConfig(width=WIDTH), class_list("kinetics-400"))
    (root / "weights").mkdir()
    torch.save(model.state_dict(), root / "weights" / "rgb_imagenet.pt")
    return root


TINY = (
    "seeds=[0]",
    "base.view.side_px=32",
    "base.view.short_side_px=32",
    "base.view.sampling.frames=8",
    f"base.model.width={WIDTH}",
    "base.model.output_stride=16",
    "base.data.per_class=3",
    "base.train.batch_size=4",
    "base.train.steps=6",
    "base.train.checkpoint_every=1",
    "base.train.log_every=1",
    "base.train.workers=0",
    "methods.worst-case.train.algorithm.every=3",
    "methods.worst-case.train.algorithm.trials=2",
    "methods.rada.train.algorithm.every=3",
    "methods.rada.train.algorithm.steps=2",
    "methods.rada.train.algorithm.hidden=16",
    "methods.rada.train.algorithm.segments=3",
    "methods.saliency.train.algorithm.every=2",
)
"""`--set` texts that make study-2 a matter of seconds."""
