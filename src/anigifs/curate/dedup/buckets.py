"""Which hashes are near each other, without comparing all of them.

Hashes that agree in some 16 of their 256 bits, drawn at random, meet in a bucket; many such draws
make it unlikely that near ones never meet. Flat drawings fill some buckets with thousands of
hashes: each then meets only its neighbours in an order by 48 further bits, so that the work grows
with the number of hashes and not with its square. Near copies end up in one cluster all the same,
through those between them.

Source: locality-sensitive hashing by bit sampling (Indyk & Motwani 1998); the window is our choice.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anigifs.core.parallel import cores
from anigifs.core.seeds import stream
from anigifs.media.jit import jit

Hashes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]

TABLES = 32
"""Random draws of bits; each finds a pair that differs in 48 of 256 bits with 3.6 %, so that one
of 8 frames is found with 99.99 %, one of 2 with 90 %."""
BUCKET_BITS = 16
WINDOW = 512
"""Neighbours that a hash meets in one bucket."""
MOST_HITS = 64
"""Pairs that one hash may contribute in one bucket."""
ALL_PAIRS = 20_000
"""Up to this many hashes, all are compared with all: a fifth of a second."""
CHUNK = 1 << 17


class Pool(NamedTuple):
    """Hashes and what they belong to.

    hashes: uint8 (n, 32). owners: int64 (n,), which animation each is of.
    sides: uint8 (n,): only hashes of different sides are compared, unless theirs is 0.
    probes: bool (n,): where any is set, only probes and others are compared with each other.
    """

    hashes: Hashes
    owners: Numbers
    sides: NDArray[np.uint8]
    probes: NDArray[np.bool_]


ANY_SIDE = 0


def near_owners(pool: Pool, bits: int, *, tables: int = TABLES, seed: int = 0) -> Numbers:
    """Pairs of owners with hashes at most `bits` apart: int64 (p, 2), the smaller first, sorted.

    A pair may be missed (see TABLES); none is reported wrongly.
    """
    found = np.empty(0, np.int64)
    words = np.ascontiguousarray(pool.hashes).view(np.uint64)
    if len(words) <= ALL_PAIRS:
        nothing = np.zeros(len(words), np.uint64)
        found = _all_meet(pool, words, nothing, (bits, len(words), len(words)))
    else:
        for table in range(tables):
            drawn = stream(seed, "dedup", table).permutation(256)[:64]
            found = _distinct(np.concatenate([found, _table(pool, words, drawn, bits)]))
    return np.stack([found >> 32, found & 0xFFFFFFFF], axis=1)


def _table(pool: Pool, words: Words, drawn: Numbers, bits: int) -> Numbers:
    """The pairs that one draw of bits finds, packed into one number each."""
    keys = _gather(words, drawn)
    order = np.argsort(keys)
    ordered = Pool(pool.hashes, pool.owners[order], pool.sides[order], pool.probes[order])
    buckets = keys[order] >> np.uint64(64 - BUCKET_BITS)
    return _all_meet(ordered, words[order], buckets, (bits, WINDOW, MOST_HITS))


def _all_meet(pool: Pool, words: Words, buckets: Words, limits: tuple[int, int, int]) -> Numbers:
    """Every hash with those behind it in its bucket, on all cores: pairs, packed and sorted."""
    across = bool(pool.probes.any())

    def meet(start: int) -> Numbers:
        span = (start, min(start + CHUNK, len(words)))
        whose = (pool.owners, pool.sides, pool.probes, across)
        return _distinct(_meet(words, whose, buckets, span, limits))

    with ThreadPoolExecutor(cores()) as threads:
        parts = list(threads.map(meet, range(0, len(words), CHUNK)))
    return _distinct(np.concatenate([np.empty(0, np.int64), *parts]))


def _distinct(packed: Numbers) -> Numbers:
    """Sorted, each once; numpy's own `unique` hashes packed pairs into few places."""
    packed = np.sort(packed)
    return packed[np.append(True, packed[1:] != packed[:-1])] if len(packed) else packed


@jit
def _gather(words: Words, drawn: Numbers) -> Words:
    """64 chosen bits of each hash as one number, the first drawn highest."""
    keys = np.zeros(len(words), np.uint64)
    for bit in drawn:
        word, place = bit // 64, np.uint64(bit % 64)
        for row in range(len(words)):
            keys[row] = keys[row] << np.uint64(1) | (words[row, word] >> place & np.uint64(1))
    return keys


@jit
def _ones(word: np.uint64) -> int:
    """How many bits are set."""
    word = word - (word >> np.uint64(1) & np.uint64(0x5555555555555555))
    low = np.uint64(0x3333333333333333)
    word = (word & low) + (word >> np.uint64(2) & low)
    word = word + (word >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(word * np.uint64(0x0101010101010101) >> np.uint64(56))


@jit
def _meet(
    words: Words,
    whose: tuple[Numbers, NDArray[np.uint8], NDArray[np.bool_], bool],
    buckets: Words,
    span: tuple[int, int],
    limits: tuple[int, int, int],
) -> Numbers:
    """Pairs of owners for the hashes in `span`; limits: bits, window, hits."""
    (start, end), (most, window, most_hits) = span, limits
    owners, sides, probes, across = whose
    found = np.empty(1024, np.int64)
    count = 0
    for one in range(start, end):
        hits, last = 0, min(one + 1 + window, len(buckets))
        for other in range(one + 1, last):
            if buckets[other] != buckets[one] or hits >= most_hits:
                break
            if owners[one] == owners[other] or (sides[one] == sides[other] != ANY_SIDE):
                continue
            if across and probes[one] == probes[other]:
                continue
            apart = _ones(words[one, 0] ^ words[other, 0]) + _ones(words[one, 1] ^ words[other, 1])
            if apart > most:
                continue
            apart += _ones(words[one, 2] ^ words[other, 2]) + _ones(words[one, 3] ^ words[other, 3])
            if apart <= most:
                if count == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                a, b = min(owners[one], owners[other]), max(owners[one], owners[other])
                found[count] = a << 32 | b
                count += 1
                hits += 1
    return found[:count]
