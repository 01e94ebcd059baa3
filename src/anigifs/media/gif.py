"""Decode GIFs: choose frames by their times, unpack what they depend on, compose, read.

Source: the GIF89a specification, and what browser engines do where it is silent or broken;
each case stands in docs/gif-conformance.md.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import InputError, NotDecodable
from anigifs.media import canvas, compose
from anigifs.media.frames import Choose, Frames, Timing, all_frames, normalise_delays
from anigifs.media.limits import DEFAULT, Limits
from anigifs.media.walker import GifFacts, walk


class Reading(StrEnum):
    """What counts as a frame.

    BROWSER: every image, as every browser plays it.
    SPECIFICATION: an image without a delay is a layer of the next image's frame, except in a
        looping file that has no delay at all; a file without images is one transparent frame.
        This is what the pygif suite expects; it makes one still picture of real animations
        that play once and whose delays are 0.
    """

    BROWSER = "browser"
    SPECIFICATION = "specification"


def frame_images(facts: GifFacts, reading: Reading = Reading.BROWSER) -> NDArray[np.int64]:
    """For each frame the last image drawn before it shows, int64 (frames,), ascending.

    -1 stands for the bare canvas, before any image.
    """
    count = len(facts.images)
    if reading is Reading.BROWSER:
        return np.arange(count, dtype=np.int64)
    delays = np.array([image.delay_cs for image in facts.images], np.int64)
    if count and facts.loops is not None and not delays.any():
        return np.arange(count, dtype=np.int64)
    layered = np.flatnonzero(delays).tolist()
    last = count - 1
    return np.array(layered if last in layered[-1:] else [*layered, last], np.int64)


def timing_of(facts: GifFacts, reading: Reading = Reading.BROWSER) -> Timing:
    """When the frames show; a delay of 10 ms or less plays as 100 ms."""
    delays_cs = [image.delay_cs for image in facts.images] or [0]
    raw_ms = 10.0 * np.array(delays_cs, np.float64)[frame_images(facts, reading)]
    return Timing(raw_delays_ms=raw_ms, delays_ms=normalise_delays(raw_ms))


def decode_gif(
    data: bytes,
    choose: Choose = all_frames,
    limits: Limits = DEFAULT,
    *,
    reading: Reading = Reading.BROWSER,
) -> Frames:
    """The chosen frames of a GIF, composed over white, uint8 (T, H, W, 3) RGB.

    Damaged files give what a browser would show: missing pixels leave the canvas as it was.

    Raises:
        NotDecodable: not a GIF, no image in it, or no pixel in any image that was unpacked.
        LimitExceeded: above `limits`, found before any pixel is unpacked.
        InputError: `choose` asks for a frame that is not there.
    """
    facts = _playable(walk(data, limits), reading)
    timing = timing_of(facts, reading)
    indices = _checked(choose(timing), len(timing))
    limits.check("max_output_px", len(indices) * facts.width * facts.height)
    wanted, places = np.unique(indices, return_inverse=True)
    lasts = frame_images(facts, reading)[wanted]
    pixels = np.empty((len(wanted), facts.height, facts.width, 3), np.uint8)
    compose.render(data, facts, lasts, pixels, canvas.read_rgb)
    if len(wanted) != len(indices) or not np.array_equal(wanted, indices):
        pixels = pixels[places]
    return Frames(pixels=pixels, indices=indices, timing=timing)


def decode_gif_rgba(
    data: bytes, limits: Limits = DEFAULT, *, reading: Reading = Reading.BROWSER
) -> NDArray[np.uint8]:
    """All frames with transparency, uint8 (T, H, W, 4); transparent pixels are (0, 0, 0, 0).

    Raises: as `decode_gif`.
    """
    facts = _playable(walk(data, limits), reading)
    lasts = frame_images(facts, reading)
    limits.check("max_output_px", len(lasts) * facts.width * facts.height)
    pixels = np.empty((len(lasts), facts.height, facts.width, 4), np.uint8)
    compose.render(data, facts, lasts, pixels, canvas.read_rgba)
    return pixels


def _playable(facts: GifFacts, reading: Reading) -> GifFacts:
    if not facts.images and reading is Reading.BROWSER:
        raise NotDecodable(f"the GIF holds no image (its structure ends with {facts.ending})")
    if facts.width == 0 or facts.height == 0:
        raise NotDecodable(f"the GIF's canvas is {facts.width} x {facts.height} pixels")
    return facts


def _checked(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    indices = np.asarray(indices, np.int64)
    if indices.ndim != 1 or (indices.size and not 0 <= indices.min() <= indices.max() < count):
        raise InputError(
            f"frame indices must be a list of numbers from 0 to {count - 1}; got {indices!r}"
        )
    return indices
