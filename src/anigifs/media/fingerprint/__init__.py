"""Fingerprints of animations: exact keys, and hashes that survive what copies go through."""

from anigifs.media.fingerprint.make import fingerprint, of_frames
from anigifs.media.fingerprint.record import (
    CONTENT,
    FRAME,
    MOTION,
    RECIPE,
    VIEWS,
    Fingerprint,
    from_bytes,
)

__all__ = [
    "CONTENT",
    "FRAME",
    "MOTION",
    "RECIPE",
    "VIEWS",
    "Fingerprint",
    "fingerprint",
    "from_bytes",
    "of_frames",
]
