"""Clips for training and evaluation: decoded each time, or once into a pack that runs share."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from anigifs.core.parallel import cores
from anigifs.core.records import ClipSet
from anigifs.evaluate.forward import Reader
from anigifs.loader.clips import ClipDataset
from anigifs.loader.pack import ensure_pack
from anigifs.loader.packed import PackedDataset, usable
from anigifs.study.alone import alone
from anigifs.study.config import ExperimentConfig


def training_clips(
    config: ExperimentConfig, clips: ClipSet, classes: tuple[str, ...]
) -> ClipDataset | PackedDataset:
    """The training set with random crops.

    With `data.packs`, clips that do not decode are left out and said so; without, the first one
    met is an error.
    """
    seed = config.train.seed
    if not config.data.packs:
        return ClipDataset(clips, classes, config.view, train=True, seed=seed)
    root = _pack(config, clips)
    kept = usable(clips, root)
    if lost := len(clips.clips) - len(kept.clips):
        print(f"{lost} of {len(clips.clips)} clips do not decode: {root}", file=sys.stderr)
    return PackedDataset(root, kept, classes, config.view, train=True, seed=seed)


def reader(config: ExperimentConfig, clips: ClipSet) -> Reader:
    """What reads `clips`, and any part of them, as `ClipDataset` does."""
    return partial(PackedDataset, _pack(config, clips)) if config.data.packs else ClipDataset


def readable(config: ExperimentConfig, clips: ClipSet) -> ClipSet:
    """`clips` without those that their pack could not decode; all of them without a pack."""
    return usable(clips, _pack(config, clips)) if config.data.packs else clips


def _pack(config: ExperimentConfig, clips: ClipSet) -> Path:
    """The pack of these clips, each once; runs that want it at the same time wait for one."""
    folder = Path(config.data.packs)
    once = replace(clips, clips=tuple({clip.id: clip for clip in clips.clips}.values()))
    with alone(folder, wait=True):
        return ensure_pack(once, folder, config.view, workers=cores())
