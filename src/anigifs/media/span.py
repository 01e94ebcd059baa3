"""The part of a file that is the clip."""

from __future__ import annotations

import numpy as np

from anigifs.core.errors import InputError, NotDecodable
from anigifs.media.frames import Choose, Frames, Timing

Span = tuple[float, float] | None
"""Start and end in seconds from the file's first frame; None is all of it."""

TOLERANCE_MS = 0.5
"""Time stamps in files are rounded, commonly to a millisecond."""


def inside(timing: Timing, span_s: Span) -> tuple[int, Timing]:
    """The number of the first frame that appears in [start, end), and those frames' times.

    Raises:
        InputError: the span ends before it starts.
        NotDecodable: no frame appears within it.
    """
    if span_s is None:
        return 0, timing
    start_ms, end_ms = (1000 * second - TOLERANCE_MS for second in span_s)
    if not start_ms < end_ms:
        raise InputError(f"a span is (start, end) in seconds with start < end; got {span_s}")
    starts = timing.starts_ms
    first, end = np.searchsorted(starts, [start_ms, end_ms], side="left")
    if first == end:
        raise NotDecodable(
            f"no frame appears from {span_s[0]:g} s to {span_s[1]:g} s; "
            f"the file lasts {timing.duration_ms / 1000:g} s"
        )
    part = slice(int(first), int(end))
    return int(first), Timing(timing.raw_delays_ms[part], timing.delays_ms[part])


def shifted(choose: Choose, span_s: Span) -> Choose:
    """`choose` for a decoder that knows nothing of spans: it sees only the clip's frames."""

    def chosen(timing: Timing) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        first, part = inside(timing, span_s)
        return np.asarray(choose(part), np.int64) + first

    return chosen


def cut(frames: Frames, span_s: Span) -> Frames:
    """Frames chosen through `shifted`, numbered and timed within the span."""
    first, part = inside(frames.timing, span_s)
    return Frames(frames.pixels, frames.indices - first, part)
