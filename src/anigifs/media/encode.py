"""Write moving pictures: true GIF89a files with exact delays, and plain video files.

Source: GIF89a specification; the loop count is Netscape's application extension. Pillow is not
used to write GIFs because it merges equal consecutive frames, which moves delays and boxes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anigifs.core import files
from anigifs.core.errors import InputError
from anigifs.media.compress import compress
from anigifs.media.palette import Indexer, choose_palette

Pixels = NDArray[np.uint8]
PaletteUse = Literal["global", "local"]

LONGEST_CS = 65_535
SIDE_LIMIT = 65_535
CONTAINERS = {".mp4": "mp4", ".mkv": "matroska", ".avi": "avi", ".mov": "mov"}
"""FFmpeg's names of the containers that `write_video` writes."""


def encode_gif(
    frames: Pixels,
    delays_ms: ArrayLike,
    *,
    colours: int = 256,
    dither: bool = False,
    loop: int | None = 0,
    palette: PaletteUse = "global",
) -> bytes:
    """A GIF89a file of all frames, each a whole picture; equal frames are never merged.

    frames: uint8 (T, H, W, 3), RGB.
    delays_ms: (T,), 0 to 655,350. GIF counts in 10 ms: the *times* of the frames are rounded,
        so multiples of 10 are exact and others do not drift (our choice).
    colours: 2 to 256 in each palette. Pictures with no more colours than that are kept exactly.
    loop: 0 plays for ever, n repeats n times, None writes no loop block (plays once).
    palette: one for the file, or one for each frame.

    Raises:
        InputError: a shape, delay or number outside these ranges.
    """
    delays_cs = _centiseconds(delays_ms)
    _check(frames, delays_cs, colours, loop)
    shared = choose_palette(frames, colours) if palette == "global" else None
    parts = [_header(frames.shape[2], frames.shape[1], shared), _loop(loop)]
    pictures = _pictures(frames, shared, colours, dither)
    parts.extend(
        _control(int(cs)) + picture for cs, picture in zip(delays_cs, pictures, strict=True)
    )
    return b"".join([*parts, b"\x3b"])


def write_video(path: Path, frames: Pixels, fps: float) -> None:
    """Write frames uint8 (T, H, W, 3) as H.264 (MPEG-4 part 2 without libx264), atomically.

    4:2:0 needs even sides: an odd last row or column is repeated once. One thread, bit-exact
    flags and no macroblock tree (x264's reads beyond small frames, so bytes varied from call to
    call), so the same frames give the same bytes with the same library. The container follows
    the suffix of `path`.

    Raises:
        InputError: frames of another shape, none at all, `fps` not positive, or another suffix.
    """
    import av

    _check_frames(frames)
    if not fps > 0:
        raise InputError(f"fps must be positive; got {fps!r}")
    kind = CONTAINERS.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"a video's name ends in {', '.join(CONTAINERS)}; got {path.name!r}")
    bitexact = {"fflags": "+bitexact"}
    with (
        files.atomic(path) as part,
        av.open(str(part), "w", format=kind, container_options=bitexact) as container,
    ):
        stream = _video_stream(container, frames, fps)
        for frame in _even_sides(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))


def _video_stream(container: Any, frames: Pixels, fps: float) -> Any:
    import av

    name = "libx264" if "libx264" in av.codec.codecs_available else "mpeg4"
    quality = {"crf": "18", "preset": "veryfast"} if name == "libx264" else {"qscale": "2"}
    options = {**quality, "flags": "+bitexact", "threads": "1"}
    if name == "libx264":
        options["x264-params"] = "mbtree=0"
    rate = Fraction(fps).limit_denominator(1001)
    stream = container.add_stream(name, rate=rate, options=options)
    stream.height, stream.width = (side + side % 2 for side in frames.shape[1:3])
    stream.pix_fmt = "yuv420p"
    stream.codec_context.thread_count = 1
    return stream


def _even_sides(frames: Pixels) -> Iterator[Pixels]:
    bottom, right = frames.shape[1] % 2, frames.shape[2] % 2
    for frame in frames:
        padded = np.pad(frame, ((0, bottom), (0, right), (0, 0)), mode="edge")
        yield np.ascontiguousarray(padded)


def _centiseconds(delays_ms: ArrayLike) -> NDArray[np.int64]:
    delays = np.asarray(delays_ms, np.float64)
    if delays.ndim != 1 or not (np.isfinite(delays) & (delays >= 0)).all():
        raise InputError(f"delays_ms must be numbers of 0 or more, shape (T,); got {delays_ms!r}")
    ends = np.floor(np.cumsum(delays) / 10 + 0.5).astype(np.int64)
    return np.diff(ends, prepend=0)


def _check(frames: Pixels, delays_cs: NDArray[np.int64], colours: int, loop: int | None) -> None:
    _check_frames(frames)
    if len(delays_cs) != len(frames):
        raise InputError(f"{len(frames)} frames need as many delays; got {len(delays_cs)}")
    if delays_cs.max() > LONGEST_CS:
        raise InputError(f"a GIF delay is at most {LONGEST_CS}0 ms; got {delays_cs.max()}0 ms")
    if not 2 <= colours <= 256:
        raise InputError(f"colours must be 2 to 256; got {colours!r}")
    if loop is not None and not 0 <= loop <= 65_535:
        raise InputError(f"loop must be None or 0 to 65535; got {loop!r}")


def _check_frames(frames: Pixels) -> None:
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or not frames.size:
        raise InputError(
            f"frames must be uint8 (T, H, W, 3) with T, H, W of 1 or more; "
            f"got {frames.dtype} {frames.shape}"
        )
    if max(frames.shape[1:3]) > SIDE_LIMIT:
        raise InputError(f"a picture's side is at most {SIDE_LIMIT}; got {frames.shape[1:3]}")


def _pictures(frames: Pixels, shared: Pixels | None, colours: int, dither: bool) -> Iterator[bytes]:
    indexer = None if shared is None else Indexer(shared)
    for frame in frames:
        if indexer is not None:
            yield _picture(indexer(frame, dither=dither), len(indexer.palette), b"")
        else:
            own = choose_palette(frame, colours)
            indices = Indexer(own)(frame, dither=dither)
            yield _picture(indices, len(own), _table(own))


def _header(width: int, height: int, palette: Pixels | None) -> bytes:
    flags = 0x70 if palette is None else 0xF0 | _depth(len(palette)) - 1
    screen = struct.pack("<HHBBB", width, height, flags, 0, 0)
    return b"GIF89a" + screen + (b"" if palette is None else _table(palette))


def _loop(count: int | None) -> bytes:
    if count is None:
        return b""
    return b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", count) + b"\x00"


def _control(delay_cs: int) -> bytes:
    return b"\x21\xf9\x04" + struct.pack("<BHB", 1 << 2, delay_cs, 0) + b"\x00"


def _picture(indices: Pixels, colours: int, table: bytes) -> bytes:
    height, width = indices.shape
    flags = 0x80 | _depth(colours) - 1 if table else 0
    place = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, flags)
    code_bits = max(2, _depth(colours))
    return place + table + bytes([code_bits]) + _sub_blocks(compress(indices.ravel(), code_bits))


def _sub_blocks(data: bytes) -> bytes:
    pieces = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\x00"


def _depth(colours: int) -> int:
    return max(1, (colours - 1).bit_length())


def _table(palette: Pixels) -> bytes:
    return palette.tobytes().ljust(3 << _depth(len(palette)), b"\x00")
