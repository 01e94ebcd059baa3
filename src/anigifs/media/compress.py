"""LZW as GIF writes it: palette indices to a code stream.

Source: GIF89a specification, appendix F. Our choices: the table is cleared as soon as it is
full, and a hash table of 2^14 slots with linear probing finds the strings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anigifs.media.jit import jit

SLOTS = 1 << 14
FULL = 4096
"""Codes are at most 12 bits wide."""


def compress(indices: NDArray[np.uint8], code_bits: int) -> bytes:
    """The LZW stream (not yet cut into sub-blocks) of indices (n,), each below 2**code_bits.

    code_bits: GIF's "minimum code size", 2 to 8.
    """
    # The widest code is 12 bits, a clear follows 4,000 of them; 64 covers the frame of the stream.
    room = np.empty(len(indices) * 3 // 2 + len(indices) // 1024 + 64, np.uint8)
    return bytes(room[: _compress(indices, code_bits, room)])


@jit
def _put(out: NDArray[np.uint8], state: NDArray[np.int64], code: int | np.int64, bits: int) -> None:
    # state: accumulated bits, how many, bytes written.
    state[0] |= np.int64(code) << state[1]
    state[1] += bits
    while state[1] >= 8:
        out[state[2]] = state[0] & 255
        state[0] >>= 8
        state[1] -= 8
        state[2] += 1


@jit
def _find(keys: NDArray[np.int32], key: int | np.int64) -> int | np.int64:
    slot = (key * 40503 >> 4) & (SLOTS - 1)
    while keys[slot] != -1 and keys[slot] != key:
        slot = (slot + 1) & (SLOTS - 1)
    return slot


@jit
def _compress(indices: NDArray[np.uint8], code_bits: int, out: NDArray[np.uint8]) -> int:
    clear = 1 << code_bits
    keys, codes = np.full(SLOTS, -1, np.int32), np.empty(SLOTS, np.int16)
    state = np.zeros(3, np.int64)
    bits, fresh = code_bits + 1, clear + 2
    _put(out, state, clear, bits)
    prefix = np.int64(indices[0]) if len(indices) else np.int64(-1)
    for i in range(1, len(indices)):
        key = prefix << 8 | np.int64(indices[i])
        slot = _find(keys, key)
        if keys[slot] == key:
            prefix = np.int64(codes[slot])
            continue
        _put(out, state, prefix, bits)
        prefix = np.int64(indices[i])
        if fresh == FULL:
            _put(out, state, clear, bits)
            keys[:] = -1
            bits, fresh = code_bits + 1, clear + 2
            continue
        keys[slot], codes[slot] = key, fresh
        if fresh == 1 << bits:
            bits += 1
        fresh += 1
    if prefix >= 0:
        _put(out, state, prefix, bits)
        if fresh == 1 << bits and bits < 12:
            bits += 1
    _put(out, state, clear + 1, bits)
    _put(out, state, 0, (8 - state[1]) & 7)
    return state[2]  # type: ignore[no-any-return]
