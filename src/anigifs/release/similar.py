"""Whether a file that came in a clip's place shows the same animation.

Our rule: of the clip's key frames that show something, at least 9 in 10 have a frame within
31 of 256 bits among the file's, and the other way round at least 6 in 10. 31 bits is what PDQ's
authors advise for "the same picture"; the shares leave room for other ends of a loop.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anigifs.media.fingerprint import CONTENT, Fingerprint
from anigifs.media.fingerprint.pdq import distances

BITS = 31
SHARE, SHARE_BACK = 0.9, 0.6
LEAST_QUALITY = 10
"""Frames that show less than this (0 is flat) look like each other and say nothing."""


def similar(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether `other` shows what `one` shows. Equal pixels are similar, whatever they show."""
    if one.pixels_sha256 == other.pixels_sha256 != "":
        return True
    return _covered(one, other) >= SHARE and _covered(other, one) >= SHARE_BACK


def _covered(one: Fingerprint, other: Fingerprint) -> float:
    """The share of the key frames of `one` that `other` has, too; 0 where there is none."""
    keys, frames = _shown(one, one.keys), _shown(other, np.arange(other.hashes.shape[1]))
    if not len(keys) or not len(frames):
        return 0.0
    return float((distances(keys, frames).min(1) <= BITS).mean())


def _shown(found: Fingerprint, at: NDArray[np.int64]) -> NDArray[np.uint8]:
    shows = found.quality[CONTENT][at] >= LEAST_QUALITY
    return np.asarray(found.hashes[CONTENT][at[shows]])
