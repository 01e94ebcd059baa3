"""How the search for duplicates grows. Run: python -m benchmarks.dedup_scale 10000 100000

Answers one question: how long and how much memory does it take to cluster N animations of 8 frame
hashes each, and which planted copies are found, by distance? The hashes are made: successive frames
differ by some bits; a tenth are "flat cartoons", variations of a thousand templates that lie some
80 bits apart, so that some buckets are full; one in 25 has a copy in which a given number of bits
of every frame differ, half of them the same bits in all frames. The peer, FAISS's
`IndexBinaryMultiHash` (16 bands of 16 bits, the most that 256 bits allow), runs on the same hashes
up to 100,000 animations if it is installed.
"""

from __future__ import annotations

import json
import platform
import resource
import sys
from time import perf_counter, process_time
from typing import Any

import numpy as np

from anigifs.core.parallel import cores
from anigifs.curate.dedup.buckets import Pool, near_owners
from anigifs.curate.dedup.clusters import Link, joined
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.match import Match, distance

FRAMES = 8
DISTANCES = (0, 8, 16, 24, 32, 40, 48)
FLAT_SHARE, TEMPLATES, VARIATION = 0.1, 1000, 50
COPIED = 25
PEER_MOST = 100_000
CONFIG = DedupConfig()


def flips(count: int, bits: int | np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Masks uint8 (count, 32), each with about `bits` of 256 bits set."""
    share = np.broadcast_to(np.asarray(bits, np.float32) / 256, (count,))
    made = [
        np.packbits(rng.random((len(part), 256), np.float32) < part[:, None], axis=1)
        for part in np.array_split(share, max(1, count // 100_000))
    ]
    return np.concatenate(made)


def exact_flips(count: int, bits: int, rng: np.random.Generator) -> np.ndarray:
    """Masks uint8 (count, 32) with exactly `bits` bits set."""
    order = np.argsort(rng.random((count, 256), np.float32), axis=1)
    return np.packbits(order < bits, axis=1)


def originals(count: int, rng: np.random.Generator) -> np.ndarray:
    """Hashes uint8 (count, 8, 32)."""
    hashes = np.empty((count, FRAMES, 32), np.uint8)
    hashes[:, 0] = rng.integers(0, 256, (count, 32), np.uint8)
    flat = rng.random(count) < FLAT_SHARE
    templates = rng.integers(0, 256, (TEMPLATES, 32), np.uint8)
    chosen = templates[rng.integers(0, TEMPLATES, int(flat.sum()))]
    hashes[flat, 0] = chosen ^ flips(len(chosen), VARIATION, rng)
    step = rng.uniform(0, 40, count)
    for frame in range(1, FRAMES):
        hashes[:, frame] = hashes[:, frame - 1] ^ flips(count, step, rng)
    return hashes


def copies(hashes: np.ndarray, bits: int, rng: np.random.Generator) -> np.ndarray:
    """The same, with exactly `bits` bits of each frame changed, half of them in all frames."""
    shared = exact_flips(len(hashes), bits // 2, rng)
    made = np.empty_like(hashes)
    for frame in range(FRAMES):
        loose = exact_flips(len(hashes), bits, rng)
        both = np.unpackbits(shared, axis=1) + 0.5 * np.unpackbits(loose, axis=1)
        ranks = np.argsort(np.argsort(-both - 0.1 * rng.random(both.shape), axis=1), axis=1)
        made[:, frame] = hashes[:, frame] ^ np.packbits(ranks < bits, axis=1)
    return made


def dataset(count: int, seed: int = 0) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """Hashes (count, 8, 32) and for each distance the pairs (original, copy) that are planted."""
    rng = np.random.default_rng(seed)
    planted = count // COPIED // len(DISTANCES)
    base = originals(count - planted * len(DISTANCES), rng)
    parts, pairs, at = [base], {}, len(base)
    for place, bits in enumerate(DISTANCES):
        first = place * planted
        parts.append(copies(base[first : first + planted], bits, rng))
        pairs[bits] = np.stack([np.arange(first, first + planted), np.arange(at, at + planted)], 1)
        at += planted
    return np.concatenate(parts), pairs


def clustered(hashes: np.ndarray) -> dict[str, Any]:
    """Search, verify and join; the pairs, the roots, and the seconds of each."""
    start = perf_counter()
    owners = np.repeat(np.arange(len(hashes)), FRAMES)
    rows = hashes.reshape(-1, 32)
    pool = Pool(rows, owners, np.zeros(len(rows), np.uint8), np.zeros(len(rows), bool))
    pairs = near_owners(pool, CONFIG.bits)
    searched = perf_counter()
    links = []
    for one, other in pairs.tolist():
        a, b = hashes[one], hashes[other]
        bits = distance((a, a), (b, b), CONFIG)
        if bits <= CONFIG.bits:
            links.append(Link(one, other, Match(bits, "content", "none", ())))
    roots, _ = joined(len(hashes), links)
    ended = perf_counter()
    times = {"search_s": searched - start, "verify_and_join_s": ended - searched}
    return {"candidates": len(pairs), "links": links, "roots": np.array(roots), **times}


def peer(hashes: np.ndarray, pairs: dict[int, np.ndarray]) -> dict[str, Any] | None:
    """FAISS on the same hashes: candidates by any near frame, seconds, recall by distance."""
    try:
        import faiss
    except ImportError:
        return None
    faiss.omp_set_num_threads(cores())
    rows = np.ascontiguousarray(hashes.reshape(-1, 32))
    start = perf_counter()
    index = faiss.IndexBinaryMultiHash(256, 16, 16)
    index.add(rows)
    found: set[tuple[int, int]] = set()
    for first in range(0, len(rows), 100_000):
        part = rows[first : first + 100_000]
        limits, _, ids = index.range_search(part, CONFIG.bits + 1)
        mine = np.repeat(first + np.arange(len(part)), np.diff(limits.astype(np.int64))) // FRAMES
        yours = (ids // FRAMES).tolist()
        found |= {(a, b) for a, b in zip(mine.tolist(), yours, strict=True) if a < b}
    took = perf_counter() - start
    recall = {
        bits: np.mean([tuple(p) in found for p in planted.tolist()])
        for bits, planted in pairs.items()
    }
    return {"search_s": round(took, 2), "recall_of_candidates": rounded(recall)}


def rounded(values: dict[int, Any]) -> dict[str, float]:
    return {str(name): round(float(value), 4) for name, value in values.items()}


def measure(count: int) -> dict[str, Any]:
    hashes, pairs = dataset(count)
    start, used = perf_counter(), process_time()
    found = clustered(hashes)
    roots = found["roots"]
    planted = {tuple(pair) for each in pairs.values() for pair in each.tolist()}
    false = [link for link in found["links"] if (link.one, link.other) not in planted]
    return {
        "animations": count,
        "wall_s": round(perf_counter() - start, 2),
        "cpu_s": round(process_time() - used, 2),
        "search_s": round(found["search_s"], 2),
        "verify_and_join_s": round(found["verify_and_join_s"], 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "candidate_pairs": found["candidates"],
        "matches_not_planted": len(false),
        "recall": rounded({b: np.mean(roots[p[:, 0]] == roots[p[:, 1]]) for b, p in pairs.items()}),
        "peer": peer(hashes, pairs) if count <= PEER_MOST else None,
    }


def main() -> None:
    clustered(dataset(4000)[0])  # compile
    report = {
        "benchmark": "clustering N animations of 8 hashes, planted copies by distance in bits",
        "runs": [measure(int(count)) for count in sys.argv[1:] or ["10000", "100000"]],
        "cores": cores(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    json.dump(report, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
