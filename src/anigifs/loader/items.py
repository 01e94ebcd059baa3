"""What a dataset of clips gives for one index, made the same way from files and from a pack."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import UnknownName
from anigifs.core.records import Clip, ClipSet
from anigifs.core.seeds import stream
from anigifs.media.view import (
    Offset,
    Stills,
    ViewConfig,
    boxes_at,
    center_offset,
    crop,
    crop_boxes,
    random_offset,
)


class Item(TypedDict):
    """One clip.

    pixels: uint8 (T, side, side, 3), RGB, contiguous and writable.
    label: its number in the list of classes.
    boxes: float32 (T, 4), corners in [0, 1] of the crop, NaN but at key frames (`boxes_at`).
    id: the clip's id.
    """

    pixels: NDArray[np.uint8]
    label: int
    boxes: NDArray[np.float32]
    id: str


class Cutter:
    """Crops clips: in the middle, or in training at a place drawn from (seed, epoch, index)."""

    def __init__(self, view: ViewConfig, train: bool, seed: int) -> None:
        self.view, self.train, self.seed, self.epoch = view, train, seed, 0

    def offset(self, height: int, width: int, index: int) -> Offset:
        """Where the crop of clip number `index` lies in this epoch."""
        side = self.view.side_px
        if not self.train:
            return center_offset(height, width, side)
        return random_offset(height, width, side, stream(self.seed, "crop", self.epoch, index))

    def __call__(self, clip: Clip, label: int, stills: Stills, index: int) -> Item:
        """The item of a clip whose chosen frames are `stills`."""
        size, side = stills.pixels.shape[1:3], self.view.side_px
        offset = self.offset(size[0], size[1], index)
        boxes = boxes_at(clip.boxes, stills.times_ms)
        return Item(
            pixels=_spread(crop(stills.pixels, *offset, side), stills.indices),
            label=label,
            boxes=crop_boxes(boxes, (size[0], size[1]), offset, side),
            id=clip.id,
        )


def _spread(distinct: NDArray[np.uint8], indices: NDArray[np.int64]) -> NDArray[np.uint8]:
    """`distinct[indices]`, several times as fast for a crop, whose rows lie apart."""
    out = np.empty((len(indices), *distinct.shape[1:]), np.uint8)
    before = -1
    for step, number in enumerate(indices.tolist()):
        out[step] = out[step - 1] if number == before else distinct[number]
        before = number
    return out


def labels_of(clips: ClipSet, classes: tuple[str, ...]) -> NDArray[np.int64]:
    """The class number of each clip, int64 (N,).

    Raises:
        UnknownName: a clip carries a label outside `classes`.
    """
    numbers = {name: number for number, name in enumerate(classes)}
    for clip in clips.clips:
        if clip.label not in numbers:
            advice = f"Clip {clip.id!r} of {clips.name} carries it."
            raise UnknownName("class of the model", clip.label, classes, advice)
    return np.array([numbers[clip.label] for clip in clips.clips], np.int64)
