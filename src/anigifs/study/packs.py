"""Clips for training and evaluation: decoded each time, or once into a pack that runs share."""

from __future__ import annotations

import os
from pathlib import Path

from anigifs.core.records import ClipSet
from anigifs.loader.clips import ClipDataset
from anigifs.loader.pack import ensure_pack
from anigifs.loader.packed import PackedDataset
from anigifs.study.config import ExperimentConfig


def training_clips(
    config: ExperimentConfig, clips: ClipSet, classes: tuple[str, ...]
) -> ClipDataset | PackedDataset:
    """The training set with random crops: from a pack below `data.packs`, when that is set."""
    seed = config.train.seed
    if not config.data.packs:
        return ClipDataset(clips, classes, config.view, train=True, seed=seed)
    root = ensure_pack(clips, Path(config.data.packs), config.view, workers=os.cpu_count() or 1)
    return PackedDataset(root, clips, classes, config.view, train=True, seed=seed)
