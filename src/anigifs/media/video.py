"""Decode ordinary video and APNG with PyAV: times first, then only the chosen frames as RGB.

Our choices: a frame that the decoder drops shows as the one before it; an error in the stream
makes the file undecodable; rotation of the display matrix is applied, the sample aspect ratio is
not; transparent pixels are composed over white. Only container formats in FORMATS are opened, so
that a playlist cannot name other files or hosts.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import NotDecodable
from anigifs.media.frames import Choose, Frames, Timing, all_frames, normalise_delays
from anigifs.media.limits import DEFAULT, Limits
from anigifs.media.pngchunks import apng_delays
from anigifs.media.span import Span, inside

Pixels = NDArray[np.uint8]
Source = Path | bytes

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,flv,mpeg,mpegts,mpegvideo,"
    "ogg,m4v,h264,hevc,nut,apng"
)
NOT_READ = (
    "broken, or not a moving picture that we read: GIF, APNG, animated WebP, or video "
    "in an MP4, Matroska, WebM, AVI, ASF, FLV, MPEG or Ogg file"
)
FALLBACK_MS = 40.0
"""How long the last frame shows when the file gives no hint: 25 frames a second."""
SEEK_FROM_S = 2.0
"""Earlier starts are reached by decoding from the beginning, which is as fast."""


@dataclass(frozen=True, slots=True)
class Movie:
    """What a video says of itself before any frame is turned into RGB.

    width, height: as shown, in pixels, before rotation.
    stamps: int64 (N,), what identifies each frame, rising: its time stamp, or its number
        where the container has no reliable ones (AVI).
    numbered: stamps are numbers.
    timing: of all N frames.
    time_base: seconds in one unit of the stamps.
    """

    width: int
    height: int
    stamps: NDArray[np.int64]
    numbered: bool
    timing: Timing
    time_base: Fraction


def decode_video(
    source: Source,
    choose: Choose = all_frames,
    limits: Limits = DEFAULT,
    span_s: Span = None,
) -> Frames:
    """The chosen frames of a video file or its bytes.

    span_s: (start, end) in seconds from the first frame; frames that appear in [start, end)
        are the clip, and `choose` and the result know only them.

    Raises:
        NotDecodable: broken, empty, a still picture, or a format outside FORMATS.
        LimitExceeded: more frames, pixels or time than `limits` allow.
    """
    movie = probe_video(source, limits)
    first, timing = inside(movie.timing, span_s)
    limits.check("max_frames", len(timing))
    limits.check("max_duration_s", timing.duration_ms / 1000)
    chosen = np.asarray(choose(timing), np.int64)
    wanted, back = np.unique(chosen, return_inverse=True)
    limits.check("max_output_px", len(chosen) * movie.width * movie.height)
    return Frames(_pick(source, movie, first + wanted)[back], chosen, timing)


def probe_video(source: Source, limits: Limits = DEFAULT) -> Movie:
    """Size and times of a video file or its bytes, without turning a frame into RGB.

    Raises:
        NotDecodable, LimitExceeded: as `decode_video`.
    """
    with _opened(source) as (container, stream):
        width, height = stream.codec_context.width, stream.codec_context.height
        limits.check("max_side_px", max(width, height))
        limits.check("max_canvas_px", width * height)
        stamps, last = _stamps(container, stream)
        base = Fraction(stream.time_base or Fraction(1, 25))
        name, rate = container.format.name, stream.average_rate
    numbered = name == "avi" or len(stamps) == 0 or len(np.unique(stamps)) < len(stamps)
    if numbered:
        base = 1 / Fraction(rate or 25)
        stamps, last = np.arange(_count(source), dtype=np.int64), 1
    if not len(stamps):
        raise NotDecodable("the video holds no frame")
    timing = _timing(stamps, last, base) if name != "apng" else _apng_timing(source, len(stamps))
    return Movie(width, height, stamps, numbered, timing, base)


@contextmanager
def _opened(source: Source) -> Iterator[tuple[Any, Any]]:
    import av

    file = io.BytesIO(source) if isinstance(source, bytes) else f"file:{source}"
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        with av.open(file, options=options) as container:
            if not container.streams.video:
                raise NotDecodable("the file holds no video stream")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise NotDecodable("no decoder is known for the file's video stream")
            stream.codec_context.thread_count = 1
            yield container, stream
    except (av.error.FFmpegError, ValueError) as error:
        raise NotDecodable(f"{NOT_READ} ({getattr(error, 'strerror', error)})") from None


def _stamps(container: Any, stream: Any) -> tuple[NDArray[np.int64], int]:
    shown = [p for p in container.demux(stream) if p.size and not p.is_discard]
    if any(packet.pts is None for packet in shown):
        return np.empty(0, np.int64), 0
    shown.sort(key=lambda packet: packet.pts)
    last = int(shown[-1].duration or 0) if shown else 0
    return np.array([packet.pts for packet in shown], np.int64), last


def _count(source: Source) -> int:
    with _opened(source) as (container, stream):
        return sum(1 for _ in container.decode(stream))


def _timing(stamps: NDArray[np.int64], last: int, base: Fraction) -> Timing:
    gaps = np.diff(stamps) * (1000 * float(base))
    middle = float(np.median(gaps)) if len(gaps) else FALLBACK_MS
    final = last * 1000 * float(base) if last > 0 else middle
    delays = np.append(gaps, final).astype(np.float64)
    return Timing(delays, delays)


def _apng_timing(source: Source, count: int) -> Timing:
    raw = apng_delays(source if isinstance(source, bytes) else source.read_bytes())
    if len(raw) != count:
        raise NotDecodable(f"an APNG of {count} pictures has {len(raw)} delays")
    return Timing(raw, normalise_delays(raw))


def _pick(source: Source, movie: Movie, wanted: NDArray[np.int64]) -> Pixels:
    """RGB of the frames `wanted` (rising numbers of the movie's frames)."""
    stamps = movie.stamps[wanted].tolist()
    start_s = float((stamps[0] - movie.stamps[0]) * movie.time_base) if stamps else 0.0
    if start_s > SEEK_FROM_S and not movie.numbered:
        with _opened(source) as (container, stream):
            container.seek(stamps[0], stream=stream)
            pictures = _collect(_stamped(container, stream, movie), stamps, strict=True)
        if pictures:
            return _stacked(pictures)
    with _opened(source) as (container, stream):
        pictures = _collect(_stamped(container, stream, movie), stamps, strict=False)
    if len(pictures) != len(stamps):
        raise NotDecodable("the video holds packets but no frame that decodes")
    return _stacked(pictures)


def _stacked(pictures: list[Pixels]) -> Pixels:
    sizes = {picture.shape for picture in pictures}
    if len(sizes) > 1:
        raise NotDecodable(f"the pictures change size within the video: {sorted(sizes)}")
    return np.stack(pictures)


def _stamped(container: Any, stream: Any, movie: Movie) -> Iterator[tuple[int, Any]]:
    for number, frame in enumerate(container.decode(stream)):
        stamp = number if movie.numbered else frame.pts
        if stamp is not None:
            yield stamp, frame


def _collect(
    decoded: Iterator[tuple[int, Any]], stamps: list[int], *, strict: bool
) -> list[Pixels]:
    """The frames at `stamps`; for one that is missing the frame before it, or [] if strict."""
    pictures: list[Pixels] = []
    before = None
    for stamp, frame in decoded:
        while len(pictures) < len(stamps) and stamps[len(pictures)] < stamp:
            if strict:
                return []
            pictures.append(_rgb(before or frame))
        if len(pictures) == len(stamps):
            break
        if stamps[len(pictures)] == stamp:
            pictures.append(_rgb(frame))
        before = frame
    missing = len(stamps) - len(pictures)
    if missing and before is not None and not strict:
        pictures += [_rgb(before)] * missing
    return pictures if len(pictures) == len(stamps) else []


def _rgb(frame: Any) -> Pixels:
    if frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components):
        pixels = over_white(frame.to_ndarray(format="rgba"))
    else:
        pixels = frame.to_ndarray(format="rgb24")
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, turns))


def over_white(rgba: Pixels) -> Pixels:
    """RGB of RGBA pixels (..., 4) on a white ground, rounded to the nearest level."""
    alpha = rgba[..., 3:].astype(np.uint32)
    mixed = rgba[..., :3] * alpha + 255 * (255 - alpha) + 127
    return (mixed // 255).astype(np.uint8)
