"""Clips from a pack: the items of `ClipDataset`, bit for bit, without decoding."""

from __future__ import annotations

import mmap
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset

from anigifs.core.errors import DataAbsent, InputError, IntegrityError, shorten
from anigifs.core.records import ClipSet
from anigifs.loader import packfile
from anigifs.loader.items import Cutter, Item, labels_of
from anigifs.loader.packfile import PackView, Record
from anigifs.media.view import ViewConfig


class PackedDataset(Dataset[Item]):
    """A torch dataset over a pack.

    Labels, boxes, order and choice of clips come from `clips`, pixels and times from the pack,
    so one pack serves every subset and every list of classes.

    Args:
        root: the pack.
        clips, classes, view, train, seed: as `ClipDataset`.

    Raises:
        DataAbsent: no whole pack lies there, or it lacks some of the clips.
        InputError: the pack was made with other frames or another scale.
        IntegrityError: the pack is damaged, or its clips are other parts of their files.
        UnknownName: a clip carries a label outside `classes`.
    """

    def __init__(
        self,
        root: Path,
        clips: ClipSet,
        classes: tuple[str, ...],
        view: ViewConfig,
        train: bool = False,
        seed: int = 0,
    ) -> None:
        self.root, self.clips, self.classes, self.view = root, clips, classes, view
        self._labels = labels_of(clips, classes)
        self._cut = Cutter(view, train, seed)
        self._records = _records(root, clips, view)
        self._data: mmap.mmap | None = None

    def __len__(self) -> int:
        return len(self._records)

    def set_epoch(self, epoch: int) -> None:
        """From now on, the draws of this epoch."""
        self._cut.epoch = epoch

    def __getitem__(self, index: int) -> Item:
        """One clip. Raises `IntegrityError`, naming it, when its bytes are damaged."""
        record = self._records[index]
        block = memoryview(self._mapped())[record.offset : record.offset + record.size]
        stills = packfile.from_block(block, record)
        return self._cut(self.clips.clips[index], int(self._labels[index]), stills, index)

    def _mapped(self) -> mmap.mmap:
        if self._data is None:
            with (self.root / packfile.DATA).open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._data

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_data": None}  # each process maps the file itself


def usable(clips: ClipSet, root: Path) -> ClipSet:
    """`clips` without those that the pack could not decode; they join its problems."""
    bad = {problem.item: problem for problem in packfile.read_problems(root)}
    kept = tuple(clip for clip in clips.clips if clip.id not in bad)
    lost = tuple(bad[clip.id] for clip in clips.clips if clip.id in bad)
    return replace(clips, clips=kept, problems=(*clips.problems, *lost))


def _records(root: Path, clips: ClipSet, view: ViewConfig) -> list[Record]:
    manifest = packfile.read_manifest(root)
    asked = PackView.of(view)
    if manifest.view != asked:
        raise InputError(
            f"the pack {root} holds {_told(manifest.view)}; asked for {_told(asked)}. "
            "Make another pack, or use the view that this one was made with"
        )
    found = packfile.read_index(root, manifest)
    if lost := [clip.id for clip in clips.clips if clip.id not in found]:
        raise DataAbsent(
            f"the pack {root} lacks {len(lost)} of {len(clips.clips)} clips: {shorten(lost, 5)}. "
            f"Pack this set of clips; those in its {packfile.PROBLEMS} cannot be decoded and are "
            "left out by `anigifs.loader.packed.usable`"
        )
    for clip in clips.clips:
        span = None if clip.span_s is None else list(clip.span_s)
        if found[clip.id].span_s != span:
            raise IntegrityError(
                f"clip {clip.id!r} is {span or 'all'} of its file, in the pack {root} "
                f"{found[clip.id].span_s or 'all'}; make the pack anew"
            )
    return [found[clip.id] for clip in clips.clips]


def _told(view: PackView) -> str:
    sampling = ", ".join(f"{key}={value}" for key, value in view.sampling.model_dump().items())
    return f"clips with {sampling}, short_side_px={view.short_side_px}"
