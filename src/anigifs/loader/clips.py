"""Clips from their files: decoded, scaled and cropped when they are asked for."""

from __future__ import annotations

from torch.utils.data import Dataset

from anigifs.core.errors import LimitExceeded, MediaError, NotDecodable
from anigifs.core.records import ClipSet
from anigifs.loader.items import Cutter, Item, labels_of
from anigifs.media.view import ViewConfig, load_stills


class ClipDataset(Dataset[Item]):
    """A torch dataset over a set of clips.

    A clip that cannot be decoded is an error that names it: training on silently fewer clips
    is not what was asked for (our choice). Sources list absent and empty files beforehand, and
    `anigifs pack` finds every clip that does not decode.

    Args:
        clips: what to read; items come in its order.
        classes: the names of the labels, in the order of the model's head.
        view: frames, scale and crop.
        train: crop at a place drawn from (seed, epoch, index) alone, so that a resumed run
            sees what the uninterrupted one would; else in the middle.
        seed: of these draws.

    Raises:
        UnknownName: a clip carries a label outside `classes`.
    """

    def __init__(
        self,
        clips: ClipSet,
        classes: tuple[str, ...],
        view: ViewConfig,
        train: bool = False,
        seed: int = 0,
    ) -> None:
        self.clips, self.classes, self.view = clips, classes, view
        self._labels = labels_of(clips, classes)
        self._cut = Cutter(view, train, seed)

    def __len__(self) -> int:
        return len(self.clips.clips)

    def set_epoch(self, epoch: int) -> None:
        """From now on, the draws of this epoch."""
        self._cut.epoch = epoch

    def __getitem__(self, index: int) -> Item:
        """One clip. Raises `MediaError`, naming it, when its file cannot be decoded."""
        clip = self.clips.clips[index]
        try:
            stills = load_stills(clip, self.view)
        except MediaError as error:
            kind = LimitExceeded if isinstance(error, LimitExceeded) else NotDecodable
            raise kind(
                f"clip {clip.id!r} of {self.clips.name} cannot be used: {error}. Take it out of "
                "the dataset, or make a pack: `anigifs pack` lists every such clip"
            ) from None
        return self._cut(clip, int(self._labels[index]), stills, index)
