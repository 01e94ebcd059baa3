"""Everything that screening wants to know of one untrusted file; runs in the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from anigifs.core.errors import MediaError
from anigifs.core.files import sha256
from anigifs.curate.screen.guess import guess
from anigifs.media.decode import decode
from anigifs.media.encode import encode_gif
from anigifs.media.fingerprint.make import frames_to_look_at, of_frames
from anigifs.media.limits import Limits
from anigifs.media.looks import moving_share
from anigifs.media.walker import GifFacts, walk

HEAD_BYTES = 64
_HEADS = (
    (b"GIF8", "gif"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x1aE\xdf\xa3", "webm or mkv"),
    (b"BM", "bmp"),
)


def look(path: Path, convert: bool, limits: Limits) -> dict[str, Any]:
    """What is known of a file, as far as it got.

    kind: by its first bytes. If it is to be decoded: structure (of GIFs), width, height, frames,
    distinct, duration_ms, moving (share of pixels that change visibly), fingerprint, the guess
    `drawn`, and converted (the bytes of a GIF, for WebP and APNG).

    Raises:
        LimitExceeded, NotDecodable: as `media.decode.decode`.
    """
    data = _head(path)
    found: dict[str, Any] = {"kind": kind_of(data, path)}
    if found["kind"] != "gif" and not (convert and found["kind"] in ("webp", "apng")):
        return found
    if found["kind"] == "gif":
        limits.check("max_bytes", path.stat().st_size)
        found["structure"] = _structure(walk(path.read_bytes(), limits))
    frames = decode(path, frames_to_look_at(path, None, limits), limits=limits)
    print_ = of_frames(frames, sha256(path))
    return found | {
        "width": print_.width,
        "height": print_.height,
        "frames": print_.frames,
        "distinct": print_.distinct,
        "duration_ms": print_.duration_ms,
        "moving": moving_share(frames.pixels),
        "drawn": guess(frames.pixels),
        "fingerprint": print_,
        "converted": b"" if found["kind"] == "gif" else _converted(frames),
    }


def kind_of(head: bytes, path: Path | None = None) -> str:
    """What the first bytes say: "gif", "webp", "apng", or in words what else it seems to be."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp" if head[12:16] == b"VP8X" and head[20:21] and head[20] & 2 else "still webp"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "apng" if path and b"acTL" in _head(path, 4096) else "still png"
    if head[4:8] == b"ftyp":
        return "mp4"
    if head.lstrip()[:1] == b"<":
        return "a web page"
    return next((kind for magic, kind in _HEADS if head.startswith(magic)), "unknown")


def _head(path: Path, count: int = HEAD_BYTES) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


def _structure(facts: GifFacts) -> dict[str, Any]:
    return {
        "version": facts.version,
        "images": len(facts.images),
        "loops": facts.loops,
        "ending": str(facts.ending),
        "trailing_bytes": facts.trailing_bytes,
    }


def _converted(frames: Any) -> bytes:
    if len(frames.pixels) != len(frames.timing):
        raise MediaError("too many pixels to convert; lower the frames or raise max_output_px")
    return encode_gif(frames.pixels, np.minimum(frames.timing.delays_ms, 655_350), palette="local")
