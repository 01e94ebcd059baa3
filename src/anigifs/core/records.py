"""The nouns that flow through every stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path


class Domain(StrEnum):
    """Where a clip's pixels come from."""

    REAL_VIDEO = "real-video"
    REAL_GIF = "real-gif"
    ANIMATED_GIF = "animated-gif"


@dataclass(frozen=True, slots=True)
class Box:
    """A person's box at one moment: ms from the clip's start, corners in [0, 1] of the frame."""

    time_ms: float
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One moving picture and what is known of it. Stages add facts; none rewrites one.

    group: clips that share a source (video, drawing, motion) share it; splits and
        bootstrap clusters never cut through a group. Empty means: a group of its own.
    span_s: the part of the file that is the clip, in seconds; None is all of it.
    """

    id: str
    path: Path
    domain: Domain
    label: str
    split: str = ""
    group: str = ""
    span_s: tuple[float, float] | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One item that a source or a batch job could not use, and why."""

    item: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSet:
    """A named list of clips over a list of classes: what every source yields.

    classes: all names a clip of this set may carry, in the order of the dataset's own list.
    problems: what was listed but could not be used (missing files, broken rows).
    simulated: made by a program; every table that shows it says so.
    """

    name: str
    classes: tuple[str, ...]
    clips: tuple[Clip, ...]
    problems: tuple[Problem, ...] = field(default=())
    simulated: bool = False

    def split(self, name: str) -> ClipSet:
        """The clips of one split; the classes stay."""
        return self.where(lambda clip: clip.split == name)

    def where(self, keep: Callable[[Clip], bool]) -> ClipSet:
        """The clips that `keep` accepts, in order; the classes stay."""
        return replace(self, clips=tuple(clip for clip in self.clips if keep(clip)))

    def only_classes(self, names: Iterable[str]) -> ClipSet:
        """The clips of these classes, with these classes in this order."""
        kept = tuple(names)
        allowed = frozenset(kept)
        return replace(self.where(lambda clip: clip.label in allowed), classes=kept)
