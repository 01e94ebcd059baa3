"""Clips that play inside a page: small GIFs and their first frames, as data URLs."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anigifs.core.errors import MediaError
from anigifs.core.records import Problem
from anigifs.media.decode import decode
from anigifs.media.encode import encode_gif
from anigifs.media.frames import Frames
from anigifs.media.resize import resize_short
from anigifs.media.sampling import SamplingConfig, chooser

MOST_BYTES = 150_000
SHRINKS = ((144, 24, 128), (128, 16, 64), (96, 12, 32), (64, 8, 16))
"""Short side, frames and colours to try in turn for what is not a small GIF already."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip to show: its class, its domain or set, and its file."""

    label: str
    domain: str
    path: Path


@dataclass(frozen=True, slots=True)
class Playing:
    """A sample as data URLs: a GIF of at most about 150 kB, and its first frame as JPEG."""

    label: str
    domain: str
    gif: str
    still: str


def play(samples: Sequence[Sample]) -> tuple[list[Playing], list[Problem]]:
    """Every sample that can be shown, in order, and those that cannot."""
    shown, problems = [], []
    for sample in samples:
        try:
            shown.append(_play(sample))
        except (MediaError, OSError) as error:
            problems.append(Problem(str(sample.path), f"not shown: {error}"))
    return shown, problems


def as_gif(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """The file itself if it is a small GIF, else a smaller GIF of it.

    Raises:
        MediaError: it cannot be decoded.
    """
    if path.stat().st_size <= most_bytes:
        data = path.read_bytes()
        if data.startswith((b"GIF87a", b"GIF89a")):
            return data
    for side_px, frames, colours in SHRINKS:
        found = decode(path, chooser(SamplingConfig(frames=frames, time="delays")))
        data = _encode(found, side_px, colours)
        if len(data) <= most_bytes:
            break
    return data


def _encode(found: Frames, side_px: int, colours: int) -> bytes:
    pixels = found.pixels
    if min(pixels.shape[1:3]) > side_px:
        pixels = resize_short(pixels, side_px)
    delay_ms = max(found.timing.duration_ms / len(pixels), 20.0)
    return encode_gif(pixels, np.full(len(pixels), delay_ms), colours=colours)


def _play(sample: Sample) -> Playing:
    gif = as_gif(sample.path)
    first = decode(sample.path, lambda timing: np.zeros(1, np.int64)).pixels[0]
    return Playing(
        sample.label, sample.domain, _url("image/gif", gif), _url("image/jpeg", _jpeg(first))
    )


def _jpeg(pixels: np.ndarray) -> bytes:
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((320, 320))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
