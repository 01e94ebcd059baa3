"""Which copies are found, and what is merged wrongly. Run: python -m benchmarks.dedup_recall

Answers one question: of real animations (ANIGIFS_TEST_DATA=folder) and simulated ones, which copies
of `benchmarks.altered` does the whole search find, and which different animations does it take for
one? All originals and copies go into one search; a copy is found when it matches its own original.
Different are animations of another group in GROUPS.tsv (else each file is its own group).

Peers, where they are installed, on the same decoded frames: dHash and pHash of the first frame
(imagehash), PDQ of 8 frames (pdqhash) with vPDQ's rule (31 bits, 80 % both ways). Where it says
"tuned", the peer has the largest threshold that keeps false merges on this very suite at 0.1 % of
the pairs: as good as it can look. Originals are brought to 256 px first, to save time.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.run import within
from anigifs.media.encode import encode_gif
from anigifs.media.gif import decode_gif
from anigifs.media.sampling import spread
from anigifs.simulate.config import Counts, SimConfig
from anigifs.simulate.dataset import simulate
from benchmarks.altered import COPIES, copy_of, resized

SIDE_PX = 256
SIMULATED_A_CLASS, SIMULATED_PX = 2, 192
PEER_FRAMES = 8
FALSE_MOST = 0.001
ORIGINAL = "original"


class File(NamedTuple):
    """One file of the suite: which animation, its group, which copy, where."""

    name: str
    group: str
    copy: str
    path: Path
    real: bool


def originals(root: Path | None, folder: Path) -> Iterator[tuple[str, str, bytes, bool]]:
    """Name, group, bytes, and whether real."""
    if root:
        with (root / "GROUPS.tsv").open(encoding="utf-8") as file:
            groups = {row["path"]: row["group"] for row in csv.DictReader(file, delimiter="\t")}
        for path in sorted(root.rglob("*.gif")):
            name = path.relative_to(root).as_posix()
            yield name, groups.get(name, name), path.read_bytes(), True
    counts = Counts(test=SIMULATED_A_CLASS)
    config = SimConfig(real=Counts(), animated=counts, side_px=SIMULATED_PX)
    for clip in simulate(folder, config, 2)["animated"].clips:
        yield clip.id, clip.group, clip.path.read_bytes(), False


def suite(root: Path | None, folder: Path) -> Iterator[File]:
    """Write every original and copy below `folder`."""
    for number, (name, group, data, real) in enumerate(originals(root, folder / "sim")):
        found = decode_gif(data)
        frames, delays = found.pixels, found.timing.delays_ms
        if max(frames.shape[1:3]) > SIDE_PX:
            frames = resized(frames, SIDE_PX / max(frames.shape[1:3]))
        made = {ORIGINAL: encode_gif(frames, np.maximum(delays, 20.0))}
        made |= {copy: copy_of(copy, frames, delays, seed=number) for copy in COPIES}
        for at, (copy, copied) in enumerate(made.items()):
            if copied is not None:
                path = folder / f"{number:03d}-{at:02d}.gif"
                path.write_bytes(copied)
                yield File(name, group, copy, path, real)


def ours(files: list[File]) -> tuple[set[tuple[int, int]], dict[str, Any]]:
    """Pairs of places that our search calls one."""
    clips = [
        Clip(id=str(at), path=file.path, domain=Domain.ANIMATED_GIF, label="")
        for at, file in enumerate(files)
    ]
    found = within([ClipSet(name="suite", classes=(), clips=tuple(clips))], DedupConfig(), 2)
    places = [int(item.title) for item in found.items]
    pairs = {tuple(sorted((places[link.one], places[link.other]))) for link in found.links}
    bits = {
        tuple(sorted((places[link.one], places[link.other]))): link.match.bits
        for link in found.links
    }
    return pairs, {"candidates": found.compared, "bits": bits}


def first_frames(files: list[File]) -> Iterator[Any]:
    from PIL import Image

    for file in files:
        yield Image.fromarray(
            decode_gif(file.path.read_bytes(), lambda t: np.zeros(1, int)).pixels[0]
        )


def still(files: list[File]) -> dict[str, np.ndarray]:
    """Distances (n, n) of the first frames by dHash and pHash."""
    import imagehash

    pictures = list(first_frames(files))
    tables = {}
    for name in ("dhash", "phash"):
        bits = np.array([getattr(imagehash, name)(each).hash.ravel() for each in pictures])
        tables[name] = (bits[:, None] != bits[None]).sum(-1)
    return tables


def framewise(files: list[File]) -> np.ndarray:
    """Distances (n, n) by PDQ: the smallest at which 80 % of 8 frames match, both ways."""
    import pdqhash

    hashes = np.empty((len(files), PEER_FRAMES, 32), np.uint8)
    for at, file in enumerate(files):
        frames = decode_gif(file.path.read_bytes(), lambda t: spread(len(t), PEER_FRAMES)).pixels
        for number, frame in enumerate(frames):
            hashes[at, number] = np.packbits(pdqhash.compute(frame)[0])
    words = hashes.view(np.uint64).reshape(len(files), PEER_FRAMES, 4)
    table = np.empty((len(files), len(files)), np.int64)
    need = int(np.ceil(0.8 * PEER_FRAMES)) - 1
    for at, mine in enumerate(words):
        apart = np.bitwise_count(mine[None, :, None] ^ words[:, None]).sum(-1, dtype=np.int64)
        forth, back = np.sort(apart.min(2), 1)[:, need], np.sort(apart.min(1), 1)[:, need]
        table[at] = np.maximum(forth, back)
    return table


def score(files: list[File], near: Callable[[int, int], bool], false: list[list[str]]) -> dict:
    """Recall by copy for real and simulated originals, and the false merges."""
    home = {file.name: at for at, file in enumerate(files) if file.copy == ORIGINAL}
    hits: Counter[tuple[str, bool]] = Counter()
    counts: Counter[tuple[str, bool]] = Counter()
    for at, file in enumerate(files):
        if file.copy != ORIGINAL:
            counts[file.copy, file.real] += 1
            hits[file.copy, file.real] += near(home[file.name], at)
    recall = {
        copy: {
            "all": ratio(
                hits[copy, True] + hits[copy, False], counts[copy, True] + counts[copy, False]
            ),
            "real": ratio(hits[copy, True], counts[copy, True]),
            "n_real": counts[copy, True],
            "n_simulated": counts[copy, False],
        }
        for copy in COPIES
    }
    return {"recall": recall, "false_merges": false}


def ratio(hits: int, count: int) -> float | None:
    return round(hits / count, 3) if count else None


def different(files: list[File]) -> np.ndarray:
    groups = np.unique([file.group for file in files], return_inverse=True)[1]
    return np.triu(groups[:, None] != groups[None], 1)


def tuned(table: np.ndarray, apart: np.ndarray) -> int:
    """The largest threshold with at most 0.1 % of the different pairs merged."""
    counts = np.cumsum(np.bincount(table[apart], minlength=258))
    return int(np.searchsorted(counts, FALSE_MOST * apart.sum(), side="right")) - 1


def peer_report(files: list[File], table: np.ndarray, apart: np.ndarray, most: int) -> dict:
    merged = (table <= most) & apart
    shown = score(files, lambda one, other: bool(table[one, other] <= most), [])
    share = float(merged.sum() / apart.sum())
    return shown | {"threshold": most, "false_share": round(share, 6)}


def our_report(files: list[File], apart: np.ndarray) -> dict[str, Any]:
    pairs, facts = ours(files)
    wrong = [pair for pair in sorted(pairs) if apart[pair]]
    names = Counter(tuple(sorted((files[a].name, files[b].name))) for a, b in wrong)
    false = [[*pair, count] for pair, count in names.most_common()]
    both = [pair for pair in wrong if files[pair[0]].copy == files[pair[1]].copy == ORIGINAL]
    least = {file.name: file for file in files if file.copy == ORIGINAL}
    pair_count = int(different(list(least.values())).sum())
    return score(files, lambda a, b: (min(a, b), max(a, b)) in pairs, false) | {
        "false_share": round(len(wrong) / int(apart.sum()), 6),
        "false_among_originals": f"{len(both)} of {pair_count}",
        "candidate_pairs": facts["candidates"],
        "bits_of_found_copies": _spread(files, facts["bits"]),
    }


def _spread(files: list[File], bits: dict[tuple[int, int], int]) -> dict[str, list[int]]:
    """Median, 90th and 100th percentile of the distance by copy, of those found."""
    found: dict[str, list[int]] = {}
    for (one, other), value in bits.items():
        if files[one].name == files[other].name and files[one].copy == ORIGINAL:
            found.setdefault(files[other].copy, []).append(value)
    return {copy: [int(x) for x in np.percentile(v, [50, 90, 100])] for copy, v in found.items()}


def peers(files: list[File], apart: np.ndarray) -> dict[str, Any]:
    report: dict[str, Any] = {}
    try:
        for name, table in still(files).items():
            report[f"{name} of the first frame, tuned"] = peer_report(
                files, table, apart, tuned(table, apart)
            )
    except ImportError:
        report["imagehash"] = None
    try:
        table = framewise(files)
        report["pdq of 8 frames, 31 bits"] = peer_report(files, table, apart, 31)
        report["pdq of 8 frames, tuned"] = peer_report(files, table, apart, tuned(table, apart))
    except ImportError:
        report["pdqhash"] = None
    return report


def main() -> None:
    root = os.environ.get("ANIGIFS_TEST_DATA")
    with tempfile.TemporaryDirectory() as folder:
        files = list(suite(Path(root) / "animated" if root else None, Path(folder)))
        apart = different(files)
        report = {
            "benchmark": "copies found by the whole search, and different animations merged",
            "files": len(files),
            "originals_real": sum(f.copy == ORIGINAL and f.real for f in files),
            "originals_simulated": sum(f.copy == ORIGINAL and not f.real for f in files),
            "different_pairs": int(apart.sum()),
            "ours": our_report(files, apart),
            "peers": peers(files, apart),
            "python": platform.python_version(),
        }
    json.dump(report, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
