"""From frames to a fingerprint: keys of the exact content, hashes under each view."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anigifs.core import files
from anigifs.media.decode import decode, probe
from anigifs.media.fingerprint import boxes, pdq
from anigifs.media.fingerprint.boxes import Box, Luma, Pixels
from anigifs.media.fingerprint.record import VIEWS, Fingerprint
from anigifs.media.frames import Choose, Frames, Timing, all_frames
from anigifs.media.limits import DEFAULT, Limits
from anigifs.media.sampling import spread
from anigifs.media.span import Span

FRAMES = 96
"""Frames that are hashed, equally spaced; all of a shorter animation."""
KEYS = 8
"""Of these, the frames by which candidates are searched."""
SIDE_PX = 256
"""Every picture is brought to this long side first: boxes are exact to half a per cent."""


def fingerprint(path: Path, span_s: Span = None, limits: Limits = DEFAULT) -> Fingerprint:
    """The fingerprint of a moving picture.

    Pictures with more pixels than `limits.max_output_px` are known by 96 of their frames, and
    their pixel key covers those.

    Raises:
        NotDecodable, LimitExceeded: as `media.decode.decode`.
    """
    found = decode(path, frames_to_look_at(path, span_s, limits), span_s=span_s, limits=limits)
    return of_frames(found, files.sha256(path))


def frames_to_look_at(path: Path, span_s: Span = None, limits: Limits = DEFAULT) -> Choose:
    """All frames, or 96 equally spaced ones where all of them are too many to hold."""
    known = probe(path, span_s=span_s, limits=limits)
    fits = len(known.timing) * known.width * known.height <= limits.max_output_px
    return all_frames if fits else _few


def of_frames(found: Frames, sha256: str = "") -> Fingerprint:
    """The fingerprint of decoded frames (all of the file, in order, or 96 of them)."""
    count = len(found.pixels)
    at = np.arange(count) if count <= FRAMES else spread(count, FRAMES)
    small = to_size([found.pixels[frame] for frame in at])
    low, high = small.min(0), small.max(0)
    content = boxes.content_box(low, high)
    lumas = pdq.luma(small)
    moving = boxes.motion_box(lumas, content)
    hashes, quality = _views(small, lumas, (content, moving))
    keys = np.arange(len(at)) if len(at) <= KEYS else spread(len(at), KEYS)
    key, distinct = exact(found)
    return Fingerprint(
        sha256=sha256,
        pixels_sha256=key,
        width=found.pixels.shape[2],
        height=found.pixels.shape[1],
        frames=len(found.timing),
        distinct=distinct,
        duration_ms=found.timing.duration_ms,
        colour=np.asarray(content.cut(small).mean((0, 1, 2)), np.float32),
        box=_share(content, lumas),
        moving=_share(moving or content, lumas),
        hashes=hashes,
        quality=quality,
        keys=keys.astype(np.int64),
        crops=_crops(lumas[keys], content),
    )


def exact(found: Frames) -> tuple[str, int]:
    """The key of size, delays and pixels, and how many of these frames are distinct."""
    whole = hashlib.sha256(repr((*found.pixels.shape, len(found.timing))).encode())
    whole.update(np.ascontiguousarray(found.timing.delays_ms, "<f8").tobytes())
    seen = set()
    for frame in found.pixels:
        digest = hashlib.sha256(np.ascontiguousarray(frame).data).digest()
        seen.add(digest)
        whole.update(digest)
    return whole.hexdigest(), len(seen)


def to_size(frames: Sequence[Pixels] | Pixels, side_px: int = SIDE_PX) -> Pixels:
    """Frames (H, W, 3) as (T, h, w, 3) with a long side of `side_px`: area averages, bilinear
    where they are enlarged."""
    import cv2

    height, width = frames[0].shape[:2]
    scale = side_px / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.empty((len(frames), size[1], size[0], 3), np.uint8)
    for frame, place in zip(frames, small, strict=True):
        cv2.resize(frame, size, dst=place, interpolation=how)
    return small


def _few(timing: Timing) -> NDArray[np.int64]:
    return spread(len(timing), min(len(timing), FRAMES))


def _share(box: Box, lumas: Luma) -> NDArray[np.float32]:
    """The box as shares of the canvas."""
    height, width = lumas.shape[1:]
    return np.asarray(np.array(box, np.float64) / (height, height, width, width), np.float32)


def _views(
    small: Pixels, lumas: Luma, shared: tuple[Box, Box | None]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    content, moving = shared
    own = [boxes.content_box(frame, frame) for frame in small]
    places: tuple[list[Box], ...] = (
        [content] * len(small),
        [moving] * len(small) if moving else [],
        own,
    )
    hashes = np.zeros((len(VIEWS), len(small), pdq.HASH_BYTES), np.uint8)
    quality = np.zeros((len(VIEWS), len(small)), np.uint8)
    for view, place in enumerate(places):
        if place:
            squares = _squares(lumas, place)
            hashes[view], quality[view] = pdq.hash_squares(squares), pdq.quality(squares)
    return hashes, quality


def _crops(lumas: Luma, content: Box) -> NDArray[np.uint8]:
    height, width = lumas.shape[1:]
    found = [
        pdq.hash_squares(_squares(lumas, [box] * len(lumas)))
        for box in boxes.crop_boxes(content, height, width)
    ]
    return np.array(found, np.uint8).reshape(-1, len(lumas), pdq.HASH_BYTES)


def _squares(lumas: Luma, places: list[Box]) -> Luma:
    return np.stack(
        [
            pdq.to_square(np.ascontiguousarray(each[box.top : box.bottom, box.left : box.right]))
            for each, box in zip(lumas, places, strict=True)
        ]
    )
