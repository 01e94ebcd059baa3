"""Near hashes: all of them for few, nearly all of them for many, never a wrong one."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from anigifs.curate.dedup.buckets import ALL_PAIRS, Pool, near_owners
from anigifs.media.fingerprint.pdq import distances


def pool(hashes, owners=None, sides=None, probes=None):
    count = len(hashes)
    return Pool(
        np.ascontiguousarray(hashes),
        np.arange(count) if owners is None else np.asarray(owners, np.int64),
        np.zeros(count, np.uint8) if sides is None else np.asarray(sides, np.uint8),
        np.zeros(count, bool) if probes is None else np.asarray(probes, bool),
    )


def random_hashes(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 32), np.uint8)


def flipped(hashes, bits, seed=0):
    """The same hashes with `bits` other bits each."""
    rng = np.random.default_rng(seed)
    loose = np.unpackbits(hashes, axis=1)
    for row in loose:
        row[rng.choice(256, bits, replace=False)] ^= 1
    return np.packbits(loose, axis=1)


def pairs(found):
    return set(map(tuple, found.tolist()))


def test_few_hashes_are_compared_with_all():
    base = random_hashes(200)
    hashes = np.concatenate([base, flipped(base, 48)])
    apart = distances(hashes, hashes)
    expected = {(i, j) for i, j in zip(*np.nonzero(apart <= 48), strict=True) if i < j}
    assert pairs(near_owners(pool(hashes), 48)) == expected
    assert len(expected) == 200


def test_one_bit_more_than_allowed_is_not_near():
    one = random_hashes(1)
    assert not len(near_owners(pool(np.concatenate([one, flipped(one, 49)])), 48))


@pytest.mark.parametrize(("bits", "least"), [(0, 1.0), (16, 1.0), (32, 0.99), (48, 0.98)])
def test_among_many_animations_of_8_frames_nearly_all_pairs_are_found(bits, least):
    owners = 1 + ALL_PAIRS // 8
    base = random_hashes(8 * owners)
    copies = flipped(base[:1600], bits)
    whose = np.concatenate([np.arange(8 * owners) // 8, owners + np.arange(1600) // 8])
    found = near_owners(pool(np.concatenate([base, copies]), whose), 48)
    expected = {(number, owners + number) for number in range(200)}
    assert pairs(found) <= expected
    assert len(pairs(found)) >= least * len(expected)


def test_thousands_of_equal_hashes_stay_connected_and_cheap():
    hashes = np.repeat(random_hashes(1), ALL_PAIRS + 1, axis=0)
    found = near_owners(pool(hashes), 48, tables=2)
    assert len(found) < 200 * len(hashes)
    graph = coo_array((np.ones(len(found)), found.T), shape=(len(hashes), len(hashes)))
    assert connected_components(graph, directed=False)[0] == 1


def test_hashes_of_one_animation_and_of_one_side_are_not_compared():
    hashes = np.repeat(random_hashes(1), 4, axis=0)
    assert not len(near_owners(pool(hashes, owners=[5, 5, 5, 5]), 48))
    assert pairs(near_owners(pool(hashes, sides=[1, 1, 2, 0]), 48)) == {
        (0, 2), (1, 2), (0, 3), (1, 3), (2, 3),
    }  # fmt: skip


def test_probes_meet_only_what_is_no_probe():
    hashes = np.repeat(random_hashes(1), 4, axis=0)
    found = near_owners(pool(hashes, probes=[False, False, True, True]), 48)
    assert pairs(found) == {(0, 2), (0, 3), (1, 2), (1, 3)}


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_have_no_pairs(count):
    assert near_owners(pool(random_hashes(count)), 48).shape == (0, 2)
