"""Decode animated WebP with Pillow (libwebp's own animation decoder; FFmpeg has none).

Delays are read from the container's `ANMF` chunks before any pixel is decoded.
Source: the WebP container specification.
"""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features

from anigifs.core.errors import NotDecodable
from anigifs.media.frames import Choose, Frames, Timing, all_frames, normalise_delays
from anigifs.media.limits import DEFAULT, Limits


def decode_webp(data: bytes, choose: Choose = all_frames, limits: Limits = DEFAULT) -> Frames:
    """The chosen frames of an animated WebP, over white.

    Raises:
        NotDecodable: broken, still, or Pillow was built without WebP.
        LimitExceeded: beyond `limits`.
    """
    width, height, timing = probe_webp(data, limits)
    chosen = np.asarray(choose(timing), np.int64)
    limits.check("max_output_px", len(chosen) * width * height)
    wanted, back = np.unique(chosen, return_inverse=True)
    return Frames(_pixels(data, wanted)[back], chosen, timing)


def probe_webp(data: bytes, limits: Limits = DEFAULT) -> tuple[int, int, Timing]:
    """Width, height and times of an animated WebP. Raises as `decode_webp`."""
    width, height, delays = _walk(data)
    raw = np.array(delays, np.float64)
    timing = Timing(raw, normalise_delays(raw))
    limits.check("max_bytes", len(data))
    limits.check("max_side_px", max(width, height))
    limits.check("max_canvas_px", width * height)
    limits.check("max_frames", len(raw))
    limits.check("max_total_px", len(raw) * width * height)
    limits.check("max_duration_s", timing.duration_ms / 1000)
    return width, height, timing


def _walk(data: bytes) -> tuple[int, int, list[int]]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise NotDecodable("not a WebP file")
    if data[12:16] != b"VP8X" or len(data) < 30 or not data[20] & 2:
        raise NotDecodable("a still WebP picture, not an animation")
    width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    at, delays = 12, []
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        if kind == b"ANMF" and at + 24 <= len(data):
            delays.append(int.from_bytes(data[at + 20 : at + 23], "little"))
        at += 8 + length + length % 2
    if not delays:
        raise NotDecodable("an animated WebP without frames")
    return width, height, delays


def _pixels(data: bytes, wanted: NDArray[np.int64]) -> NDArray[np.uint8]:
    if not features.check("webp"):
        raise NotDecodable("this Pillow was built without WebP; install another build of it")
    pictures = []
    try:
        with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
            for number in wanted.tolist():
                image.seek(number)
                ground = Image.new("RGBA", image.size, "white")
                pictures.append(np.array(Image.alpha_composite(ground, image.convert("RGBA"))))
    except (OSError, EOFError, ValueError, SyntaxError) as error:
        raise NotDecodable(f"a WebP that libwebp cannot read: {error}") from None
    return np.ascontiguousarray(np.stack(pictures)[..., :3])
