"""Decode any moving picture: the first bytes say which decoder reads it, never the name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from anigifs.core.errors import LimitExceeded, NotDecodable
from anigifs.media.frames import Choose, Frames, Timing, all_frames
from anigifs.media.limits import DEFAULT, Limits
from anigifs.media.span import Span, cut, inside, shifted

HEAD_BYTES = 16


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of a moving picture before its pixels.

    kind: "gif", "webp" or "video" (APNG included).
    width, height: in pixels.
    timing: of the frames within the span.
    """

    kind: str
    width: int
    height: int
    timing: Timing


def decode(
    path: Path,
    choose: Choose = all_frames,
    *,
    span_s: Span = None,
    limits: Limits = DEFAULT,
) -> Frames:
    """The chosen frames of a GIF, APNG, animated WebP or video file.

    span_s: (start, end) in seconds; the clip is the frames that appear in [start, end).

    Raises:
        NotDecodable: absent, broken, empty, or not a moving picture that we read.
        LimitExceeded: more bytes, pixels, frames or time than `limits` allow.
        Both name the file.
    """
    with _naming(path):
        kind = _kind(path)
        if kind == "video":
            from anigifs.media.video import decode_video

            return decode_video(path, choose, limits, span_s)
        data = _read(path, limits)
        if kind == "gif":
            from anigifs.media.gif import decode_gif

            return cut(decode_gif(data, shifted(choose, span_s), limits), span_s)
        from anigifs.media.webp import decode_webp

        return cut(decode_webp(data, shifted(choose, span_s), limits), span_s)


def probe(path: Path, *, span_s: Span = None, limits: Limits = DEFAULT) -> Probe:
    """Kind, size and times of a moving picture, without its pixels. Raises as `decode`."""
    with _naming(path):
        kind = _kind(path)
        if kind == "video":
            from anigifs.media.video import probe_video

            movie = probe_video(path, limits)
            width, height, timing = movie.width, movie.height, movie.timing
        elif kind == "gif":
            from anigifs.media.gif import timing_of
            from anigifs.media.walker import walk

            facts = walk(_read(path, limits), limits)
            width, height, timing = facts.width, facts.height, timing_of(facts)
        else:
            from anigifs.media.webp import probe_webp

            width, height, timing = probe_webp(_read(path, limits), limits)
        return Probe(kind, width, height, inside(timing, span_s)[1])


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise NotDecodable("the file is empty")
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    return "webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else "video"


def _read(path: Path, limits: Limits) -> bytes:
    limits.check("max_bytes", path.stat().st_size)
    return path.read_bytes()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except NotDecodable as error:
        raise NotDecodable(f"{path}: {error}") from None
    except LimitExceeded as error:
        raise LimitExceeded(f"{path}: {error}") from None
    except OSError as error:
        raise NotDecodable(f"{path}: cannot be read: {error.strerror or error}") from None
