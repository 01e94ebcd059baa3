"""Delays of an APNG as its control chunks say them.

Source: the APNG specification (W3C PNG, third edition, `fcTL`): numerator over denominator in
seconds, a denominator of 0 means 100. FFmpeg rewrites a delay of 0, so it is read here.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from anigifs.core.errors import NotDecodable

MAGIC = b"\x89PNG\r\n\x1a\n"


def apng_delays(data: bytes) -> NDArray[np.float64]:
    """The delay of each animation frame in ms, float64 (N,).

    Raises:
        NotDecodable: not a PNG, a still one, or one that ends inside a chunk header.
    """
    if not data.startswith(MAGIC):
        raise NotDecodable("not a PNG file")
    delays = [_delay_ms(body) for kind, body in _chunks(data) if kind == b"fcTL"]
    if not delays:
        raise NotDecodable("a still PNG, not an animation")
    return np.array(delays, np.float64)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    at, found = len(MAGIC), []
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        found.append((kind, data[at + 8 : at + 8 + min(length, 32)]))
        at += 12 + length
    return found


def _delay_ms(body: bytes) -> float:
    if len(body) < 26:
        raise NotDecodable("an APNG control chunk is cut short")
    numerator, denominator = struct.unpack_from(">HH", body, 20)
    return 1000.0 * int(numerator) / (int(denominator) or 100)
