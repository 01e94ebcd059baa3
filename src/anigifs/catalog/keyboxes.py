"""Boxes that people drew on key frames, carried over the frames between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from anigifs.catalog.annotation import KeyBox, Vote
from anigifs.core.records import Box


def drawn(votes: Iterable[Vote]) -> tuple[KeyBox, ...]:
    """The boxes of an item: of the one who drew on most frames, the earliest among equals.

    Of one person and not of several: the means of boxes around two characters hold neither.
    """
    return max((vote.boxes for vote in votes), key=len, default=())


def between(keys: Sequence[KeyBox], starts_ms: Sequence[float]) -> tuple[Box, ...]:
    """A box for each frame from the first key frame to the last: linear in time between keys.

    Frames before the first key and after the last have none, for nobody said that the character
    is there. Of two keys on one frame the later in `keys` counts; one beyond the end is left out.

    Args:
        keys: in any order; `frame` counts from 0 and decides, not `time_ms`.
        starts_ms: when each frame of the animation appears.
    """
    by_frame = {key.frame: key for key in keys if 0 <= key.frame < len(starts_ms)}
    if not by_frame:
        return ()
    frames = sorted(by_frame)
    at = [starts_ms[frame] for frame in frames]
    times = [starts_ms[frame] for frame in range(frames[0], frames[-1] + 1)]
    sides = [
        np.interp(times, at, [getattr(by_frame[frame], side) for frame in frames])
        for side in ("x1", "y1", "x2", "y2")
    ]
    return tuple(
        Box(float(time), *map(float, corners)) for time, *corners in zip(times, *sides, strict=True)
    )
