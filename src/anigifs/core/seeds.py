"""Random streams: one seed, many independent streams, none that disturbs another.

A stream is named by integers and words, so adding a draw to one leaves the others alone,
and the same name gives the same numbers on any machine and with any number of workers.
"""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, *names: int | str) -> np.random.Generator:
    """An independent generator for (seed, names). Words are hashed with CRC-32, not `hash`."""
    return np.random.default_rng([seed, *(_number(name) for name in names)])


def derive(seed: int, *names: int | str) -> int:
    """A 63-bit seed for a library that wants a number, from (seed, names)."""
    return (
        int(np.random.SeedSequence([seed, *map(_number, names)]).generate_state(1, np.uint64)[0])
        >> 1
    )


def _number(name: int | str) -> int:
    return zlib.crc32(name.encode()) if isinstance(name, str) else name
