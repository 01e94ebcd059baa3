"""GIF's LZW: every code is a slice of what was already written, so nothing is stacked or chained.

Between two clears, the n-th code defines the table entry that starts where code n started and
ends with the first byte of code n + 1. The table is therefore only the list of start positions,
and the entry that is being defined when it is used (the classic special case) is not special.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anigifs.media.jit import jit
from anigifs.media.wide import WIDE, load8, store8

MAX_MIN_BITS = 11
"""Browsers take minimum code sizes of 0 to 11; the specification has 2 to 8."""
_TABLE = 4096


def scratch(size: int) -> NDArray[np.uint8]:
    """A uint8 array for `size` bytes of codes or pixels, with the spare end the loops need."""
    return np.empty(size + WIDE, np.uint8)


@jit
def join_blocks(data: NDArray[np.uint8], start: int, end: int, out: NDArray[np.uint8]) -> int:
    """Copy the sub-blocks in data[start:end] into `out` (a `scratch`), without their lengths.

    Returns how many bytes were written. A block that reaches beyond `end` is cut there.
    """
    pos, count, room = start, 0, out.size - WIDE
    last = min(end, data.size)
    while 0 <= pos < last:
        size = min(int(data[pos]), last - pos - 1)
        if size <= 0 or size > room - count:
            break
        for i in range(size):
            out[count + i] = data[pos + 1 + i]
        count += size
        pos += size + 1
    return count


@jit
def unpack(codes: NDArray[np.uint8], count: int, min_bits: int, out: NDArray[np.uint8]) -> int:
    """Unpack codes into palette indices until `out` is full or the codes end or break.

    codes, out: each a `scratch`; `count` bytes of `codes` hold codes, and all of `out` but its
    spare end is filled. min_bits: the minimum code size. Literals of 256 and more (min_bits
    above 8) wrap, as in browsers. Returns how many pixels were written: fewer than asked for
    when the stream is damaged, none when the code size is one that browsers refuse.
    """
    pixels, end_bit = out.size - WIDE, 8 * min(count, codes.size - WIDE)
    if not 0 <= min_bits <= MAX_MIN_BITS:
        return 0
    clear = 1 << min_bits
    starts = np.zeros(_TABLE + 2, np.int64)
    size, entry = min_bits + 1, clear + 1
    bit = written = 0
    while written < pixels and bit + size <= end_bit:
        word = load8(codes, bit >> 3) >> np.uint64(bit & 7)
        code = np.int64(word & np.uint64((1 << size) - 1))
        bit += size
        if code == clear:
            size, entry = min_bits + 1, clear + 1
            continue
        starts[entry + 1] = written
        if code < clear:
            out[written] = code & 255
            written += 1
        elif clear + 1 < code <= entry:
            length = min(starts[code + 1] - starts[code] + 1, pixels - written)
            _repeat(out, starts[code], written, length)
            written += length
        else:
            break
        if entry < _TABLE:
            entry += 1
            size += _table_outgrew(entry, size, clear)
    return written


@jit
def _table_outgrew(entry: int, size: int, clear: int) -> bool:
    """Whether codes need one bit more from the table entry `entry` on (the browsers' rule)."""
    return entry & ((1 << size) - 1) == 0 and clear + 2 < entry < _TABLE


@jit
def _repeat(out: NDArray[np.uint8], source: int, target: int, length: int) -> None:
    """Copy `length` bytes that start before `target` and reach at most its first byte.

    Eight at a time: up to seven bytes behind the slice are written too, which the next code or
    nothing overwrites. The last byte is copied again, because it may be the first one written.
    """
    for i in range(0, length, WIDE):
        store8(out, target + i, load8(out, source + i))
    out[target + length - 1] = out[source + length - 1]
