"""Clips for training and evaluation: decoded each time, or once into a pack that runs share."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from anigifs.core.parallel import cores
from anigifs.core.records import ClipSet
from anigifs.evaluate.forward import Reader
from anigifs.loader.clips import ClipDataset
from anigifs.loader.pack import ensure_pack
from anigifs.loader.packed import PackedDataset
from anigifs.study.config import ExperimentConfig


def training_clips(
    config: ExperimentConfig, clips: ClipSet, classes: tuple[str, ...]
) -> ClipDataset | PackedDataset:
    """The training set with random crops: from a pack below `data.packs`, when that is set."""
    kind = reader(config, clips)
    return kind(clips, classes, config.view, train=True, seed=config.train.seed)  # type: ignore


def reader(config: ExperimentConfig, clips: ClipSet) -> Reader:
    """What reads `clips`, and any part of them, as `ClipDataset` does."""
    if not config.data.packs:
        return ClipDataset
    root = ensure_pack(clips, Path(config.data.packs), config.view, workers=cores())
    return partial(PackedDataset, root)
