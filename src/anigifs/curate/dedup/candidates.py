"""Pairs of animations that may be one: exact keys, then near hashes under every view and turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anigifs.curate.dedup.buckets import ANY_SIDE, Pool, near_owners
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.match import usable
from anigifs.media.fingerprint import CONTENT, VIEWS, Fingerprint
from anigifs.media.fingerprint.pdq import HASH_BYTES, turned

Numbers = NDArray[np.int64]
Pairs = set[tuple[int, int]]
OLD = 1
"""The side of what was compared before, or of the other dataset: not compared with itself."""


def candidates(
    found: Sequence[Fingerprint], sides: Sequence[int], config: DedupConfig
) -> list[tuple[int, int]]:
    """Pairs of places in `found` that share an exact key or a near frame, sorted.

    sides: 0 is compared with all; two of the same other side are never compared.
    """
    pairs = _same_keys(found, sides)
    side = np.array(sides, np.uint8)
    for view in range(len(VIEWS)):
        plain = _keys(found, view, config)
        pairs |= _near(plain, _stacked([]), side, config)
        for turn in config.turns:
            if turn != "none":
                probes = (turned(plain[0], turn), plain[1])
                pairs |= _near(plain, probes, side, config)
    if config.crops:
        plain = _keys(found, CONTENT, config)
        for probes in _crops(found):
            pairs |= _near(plain, probes, side, config)
    return sorted(pairs)


Hashed = tuple[NDArray[np.uint8], Numbers]


def _near(plain: Hashed, probes: Hashed, side: NDArray[np.uint8], config: DedupConfig) -> Pairs:
    """Pairs of owners with near hashes: within `plain`, or between it and the probes, if any."""
    owners = np.concatenate([plain[1], probes[1]])
    pool = Pool(
        hashes=np.concatenate([plain[0], probes[0]]),
        owners=owners,
        sides=side[owners],
        probes=np.arange(len(owners)) >= len(plain[1]),
    )
    return set(map(tuple, near_owners(pool, config.bits).tolist()))


def _keys(found: Sequence[Fingerprint], view: int, config: DedupConfig) -> Hashed:
    return _stacked([usable(each, view, config.quality)[0] for each in found])


def _crops(found: Sequence[Fingerprint]) -> list[Hashed]:
    """The crops' hashes: the first crop of each, then the second of each, …"""
    most = max((len(each.crops) for each in found), default=0)
    empty = np.empty((0, HASH_BYTES), np.uint8)
    return [
        _stacked([each.crops[at] if at < len(each.crops) else empty for each in found])
        for at in range(most)
    ]


def _stacked(parts: list[NDArray[np.uint8]]) -> Hashed:
    if not parts:
        return np.empty((0, HASH_BYTES), np.uint8), np.empty(0, np.int64)
    owners = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return np.concatenate(parts), owners


def _same_keys(found: Sequence[Fingerprint], sides: Sequence[int]) -> Pairs:
    """Pairs with equal bytes or pixels: each with the first of its kind that it may meet."""
    pairs: Pairs = set()
    for key in ("sha256", "pixels_sha256"):
        groups: dict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(found):
            if getattr(each, key):
                groups[getattr(each, key)].append(at)
        for group in groups.values():
            pairs |= _linked(group, sides)
    return pairs


def _linked(group: list[int], sides: Sequence[int]) -> Pairs:
    """Enough pairs to join all of a group that may be joined."""
    pairs: Pairs = set()
    for at in group[1:]:
        for first in group:
            if first < at and (sides[first] != sides[at] or sides[at] == ANY_SIDE):
                pairs.add((first, at))
                break
    return pairs
