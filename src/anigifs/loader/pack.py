"""Make a pack: decode, sample and scale every clip once, so that training only maps memory.

Killed at any moment, the same call goes on: each clip's bytes are on the disk before the journal
names them. Before the manifest is written every block is read back and its SHA-256 compared.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from anigifs.core import files
from anigifs.core.errors import InputError, IntegrityError, MediaError, NotDecodable
from anigifs.core.parallel import ordered_map
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.loader import packfile, packjournal
from anigifs.loader.packfile import Manifest, PackView, Record
from anigifs.media.view import ViewConfig, load_stills

SAMPLE = 12
"""Clips that the size is estimated from, evenly spaced over the set."""
SPARE = 1.1
"""The disk must hold the estimate this many times."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How large a pack becomes: `still_bytes` to write, from the sizes of `sampled` clips."""

    clips: int
    still_bytes: int
    free_bytes: int
    sampled: int

    def __str__(self) -> str:
        return (
            f"about {self.still_bytes / 1e9:.3g} GB to write for {self.clips} clips "
            f"(from {self.sampled} of them); {self.free_bytes / 1e9:.3g} GB are free"
        )


@dataclass(frozen=True, slots=True)
class Block:
    """One clip, ready to be appended; `record.offset` is not yet known."""

    record: Record
    data: bytes


def pack(
    clips: ClipSet,
    out: Path,
    view: ViewConfig,
    workers: int = 1,
    tell: Callable[[Estimate], None] = lambda estimate: print(estimate, file=sys.stderr),
) -> Manifest:
    """Write the pack of `clips` at `out`, or finish it, and return its manifest.

    The bytes do not depend on `workers`, nor on interruptions. `tell` hears the size first.
    Clips that cannot be decoded are listed in `problems.csv`; `packed.usable` leaves them out.

    Raises:
        InputError: two clips share an id, `out` holds something else, or the disk is too small.
        NotDecodable: no clip at all can be read.
        IntegrityError: what was written reads back differently; the disk is not to be trusted.
    """
    head = _head(clips, view)
    if packfile.is_pack(out):
        return _whole(out, head)
    done = packjournal.resume(out, head)
    todo = [clip for clip in clips.clips if clip.id not in done]
    tell(_with_room(estimate(todo, out, view)))
    problems = _append(out, done, todo, partial(make, view=view), workers)
    if not done:
        raise NotDecodable(f"none of {len(clips.clips)} clips can be read; first: {problems[:1]}")
    order = [done[clip.id] for clip in clips.clips if clip.id in done]
    _verify_blocks(out, order)
    return _finish(out, head, order, problems)


def ensure_pack(clips: ClipSet, folder: Path, view: ViewConfig, workers: int = 1) -> Path:
    """The pack of these clips below `folder`, made on first use; its name holds a fingerprint."""
    name = hashlib.sha256(json.dumps(_head(clips, view)).encode()).hexdigest()[:16]
    pack(clips, folder / name, view, workers)
    return folder / name


def verify_pack(root: Path) -> list[Problem]:
    """Every clip of a whole pack whose bytes are not what was written.

    Raises:
        DataAbsent, IntegrityError: there is no pack, or its index is damaged.
    """
    records = packfile.read_index(root, packfile.read_manifest(root))
    faults = []
    for record in track(list(records.values()), "verify"):
        try:
            _verify_blocks(root, [record])
        except IntegrityError as error:
            faults.append(Problem(record.clip_id, str(error)))
    return faults


def estimate(todo: Sequence[Clip], out: Path, view: ViewConfig) -> Estimate:
    """Pack a few clips in memory and scale their sizes up."""
    chosen = {int(n) for n in np.linspace(0, len(todo) - 1, SAMPLE)} if todo else set()
    made = [make(todo[number], view) for number in sorted(chosen)]
    sizes = [len(block.data) for block in made if isinstance(block, Block)]
    out.mkdir(parents=True, exist_ok=True)
    still = round(len(todo) * float(np.mean(sizes))) if sizes else 0
    return Estimate(len(todo), still, shutil.disk_usage(out).free, len(sizes))


def make(clip: Clip, view: ViewConfig) -> Block | Problem:
    """The block of one clip, or why there is none."""
    try:
        stills = load_stills(clip, view)
    except MediaError as error:
        return Problem(clip.id, str(error))
    data = packfile.to_block(stills)
    frames, height, width = stills.pixels.shape[:3]
    record = Record(
        clip_id=clip.id,
        span_s=_span(clip),
        source_bytes=_size(clip),
        offset=0,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        frames=frames,
        height=height,
        width=width,
        indices=stills.indices.tolist(),
        times_ms=stills.times_ms.tolist(),
    )
    return Block(record, data)


def _span(clip: Clip) -> list[float] | None:
    return None if clip.span_s is None else [float(second) for second in clip.span_s]


def _size(clip: Clip) -> int:
    return clip.path.stat().st_size if clip.path.is_file() else -1


def _head(clips: ClipSet, view: ViewConfig) -> dict[str, Any]:
    ids = [clip.id for clip in clips.clips]
    if len(set(ids)) < len(ids) or not ids:
        raise InputError(f"{clips.name}: a pack needs clips, and an id of its own for each")
    rows = sorted((clip.id, _span(clip), _size(clip)) for clip in clips.clips)
    return {
        "source": clips.name,
        "simulated": clips.simulated,
        "view": PackView.of(view).model_dump(mode="json"),
        "clips_sha256": hashlib.sha256(json.dumps(rows).encode()).hexdigest(),
    }


def _whole(out: Path, head: dict[str, Any]) -> Manifest:
    manifest = packfile.read_manifest(out)
    if manifest.clips_sha256 != head["clips_sha256"] or manifest.view.model_dump() != head["view"]:
        raise InputError(
            f"{out} holds a pack of other clips, changed files or another view; give another folder"
        )
    packfile.read_index(out, manifest)
    return manifest


def _with_room(found: Estimate) -> Estimate:
    if found.still_bytes * SPARE > found.free_bytes:
        raise InputError(
            f"the disk is too small: {found}. Free some space, pack one split at a time, "
            "or use fewer frames or a smaller view.short_side_px"
        )
    return found


def _append(
    out: Path,
    done: dict[str, Record],
    todo: Sequence[Clip],
    work: Callable[[Clip], Block | Problem],
    workers: int,
) -> list[Problem]:
    problems = []
    with (
        (out / packfile.DATA).open("ab") as data,
        (out / packjournal.NAME).open("a", encoding="utf-8") as journal,
    ):
        for made in track(ordered_map(work, todo, workers), "pack", len(todo)):
            if isinstance(made, Problem):
                problems.append(made)
                continue
            record = _store(data, made)
            packjournal.note(journal, record)
            done[record.clip_id] = record
        os.fsync(data.fileno())
    return problems


def _store(data: BinaryIO, made: Block) -> Record:
    record = replace(made.record, offset=data.tell())
    data.write(made.data)
    data.flush()
    return record


def _verify_blocks(out: Path, records: Sequence[Record]) -> None:
    with (
        (out / packfile.DATA).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        for record in records:
            packfile.check_block(data[record.offset : record.offset + record.size], record)


def _finish(
    out: Path, head: dict[str, Any], records: Sequence[Record], problems: Sequence[Problem]
) -> Manifest:
    packfile.write_index(out / packfile.INDEX, records)
    if problems:
        packfile.write_problems(out / packfile.PROBLEMS, problems)
    manifest = Manifest(
        **head,
        clips=len(records),
        problems=len(problems),
        data_bytes=(out / packfile.DATA).stat().st_size,
        index_sha256=files.sha256(out / packfile.INDEX),
    )
    files.write_json(out / packfile.MANIFEST, manifest.model_dump(mode="json"))
    (out / packjournal.NAME).unlink()
    return manifest
