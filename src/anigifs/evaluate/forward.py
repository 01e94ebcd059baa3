"""Clips through a model: in batches, in eval mode, with broken files as problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import nn
from torch.utils.data import DataLoader, Dataset

from anigifs.core.config import Config
from anigifs.core.errors import MediaError
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.loader.batch import collate
from anigifs.loader.clips import ClipDataset
from anigifs.loader.items import Item
from anigifs.loader.photometric import from_levels
from anigifs.media.view import ViewConfig

Logits = NDArray[np.float32]
Items = Dataset[Item]
Reader = Callable[[ClipSet, tuple[str, ...], ViewConfig], Items]


class PredictConfig(Config):
    """How clips go through a model."""

    batch_size: int = Field(8, ge=1)
    """Clips at once."""
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    """Of the forward pass; logits are kept as float32."""
    workers: int = Field(0, ge=0)
    """Processes that decode; 0 decodes in this one."""
    views: int = Field(1, ge=1, le=64)
    """Test-time views a clip: each takes every n-th of n times as many frames, so that all
    cover the whole clip; their logits are averaged. Our addition; the paper uses one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A model to measure, and which row of a table it is.

    model: clips (B, 3, T, H, W) in [-1, 1] to logits (B, K). It predicts on the device that its
        weights are on, in eval mode, and is then back in the mode it was in.
    classes: the K names of its outputs, in order.
    reader: how clips become items: called with (clips, classes, view) as `ClipDataset` is; the
        packed dataset is another.
    checkpoint: SHA-256 of the weights; without it nothing is resumed or reused.
    method, run, seed, selection: as in `Predictions`.
    """

    model: nn.Module
    classes: tuple[str, ...]
    view: ViewConfig
    reader: Reader = ClipDataset
    checkpoint: str = ""
    method: str = ""
    run: str = ""
    seed: int | None = None
    selection: str = "given"


def logits_of(
    subject: Subject, clips: Sequence[Clip], config: PredictConfig, label: str
) -> Iterator[tuple[Clip, Logits | Problem]]:
    """Each clip with its logits (K,) or its problem, in order, batch by batch."""
    parts = batches(subject, clips, config)
    with _evaluating(subject.model):
        for first, items in track(parts, label, -(-len(clips) // config.batch_size)):
            good = [item for item in items if not isinstance(item, Problem)]
            logits = iter(_logits(subject.model, good, config) if good else ())
            for clip, item in zip(clips[first : first + len(items)], items, strict=True):
                yield clip, item if isinstance(item, Problem) else next(logits)


def _logits(model: nn.Module, items: Sequence[Item], config: PredictConfig) -> Logits:
    """Logits (B, K) of items, averaged over views; uint8 crosses to the device."""
    device = next((weight.device for weight in model.parameters()), torch.device("cpu"))
    pixels = collate(items).pixels.to(device).permute(0, 4, 1, 2, 3)
    kind = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[config.precision]
    found = []
    with torch.inference_mode(), torch.autocast(device.type, kind, enabled=kind != torch.float32):
        for view in range(config.views):
            found.append(model(from_levels(pixels[:, :, view :: config.views])).float())
        mean: Logits = torch.stack(found).mean(dim=0).cpu().numpy()
    return mean


class _Tolerant(Dataset[Item | Problem]):
    """A dataset whose broken items are problems instead of errors."""

    def __init__(self, inner: Items, clips: Sequence[Clip]) -> None:
        self.inner, self.clips = inner, clips

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> Item | Problem:
        try:
            return self.inner[index]
        except (MediaError, OSError) as error:
            return Problem(self.clips[index].id, str(error.__context__ or error))


def batches(
    subject: Subject, clips: Sequence[Clip], config: PredictConfig
) -> Iterator[tuple[int, list[Item | Problem]]]:
    """Items in order, `batch_size` at a time, each list with the index of its first."""
    classes = subject.classes
    known = [clip if clip.label in classes else replace(clip, label=classes[0]) for clip in clips]
    group = ClipSet(name="these clips", classes=classes, clips=tuple(known))
    inner = subject.reader(group, classes, _widened(subject.view, config.views))
    loader = DataLoader(
        _Tolerant(inner, clips),
        batch_size=config.batch_size,
        num_workers=config.workers,
        collate_fn=list,
    )
    for number, items in enumerate(loader):
        yield number * config.batch_size, items


def _widened(view: ViewConfig, views: int) -> ViewConfig:
    """The view with `views` times as many frames: view v takes frames v, v + views, ..."""
    frames = view.sampling.frames * views
    return view.model_copy(update={"sampling": view.sampling.model_copy(update={"frames": frames})})


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """Eval mode; afterwards every module is in the mode it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
