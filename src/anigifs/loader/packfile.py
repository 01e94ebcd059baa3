"""What lies in a pack: sampled, scaled, uncropped clips that map straight into memory.

pack.json       format, view (frames and scale; the crop is free), source, counts, size and
                SHA-256 of the other files; written last, so its existence means: whole, verified
index.parquet   one row a clip: where its bytes lie, their SHA-256, its shape, which of its
                distinct frames shows at each step, and when
problems.csv    item,reason of the clips that could not be decoded; only where there are any
clips.bin       the clips' distinct frames, uint8 (n, h, w, 3), each clip one block: LZ4, or as
                it is where LZ4 saves less than a quarter (film grain, dithering): reading such
                a clip then costs no more than copying its crop
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from anigifs.core import files
from anigifs.core.config import Config
from anigifs.core.errors import DataAbsent, IntegrityError
from anigifs.core.records import Problem
from anigifs.media.sampling import SamplingConfig
from anigifs.media.view import Stills, ViewConfig

MANIFEST, INDEX, DATA, PROBLEMS = "pack.json", "index.parquet", "clips.bin", "problems.csv"
JOURNAL = ".packing.jsonl"
"""What a half-written pack holds so far."""
WORTH = 0.75
"""A clip is compressed when that leaves at most this share of it (our choice; see above)."""


class PackView(Config):
    """The part of a view that a pack fixes."""

    sampling: SamplingConfig
    """Which frames."""
    short_side_px: int
    """The scale."""

    @classmethod
    def of(cls, view: ViewConfig) -> PackView:
        """That part of `view`."""
        return cls(sampling=view.sampling, short_side_px=view.short_side_px)


class Manifest(Config):
    """The content of `pack.json`."""

    format: Literal[1] = 1
    """The number of this format."""
    source: str
    """The name of the set of clips."""
    simulated: bool
    """Made by a program."""
    clips_sha256: str
    """Of the ids, spans and file sizes of all clips that were asked for."""
    view: PackView
    """How the clips were sampled and scaled."""
    clips: int = Field(ge=0)
    """How many it holds."""
    problems: int = Field(ge=0)
    """How many could not be decoded."""
    data_bytes: int = Field(ge=0)
    """Size of `clips.bin`; the index holds a SHA-256 per clip."""
    index_sha256: str
    """Of `index.parquet`."""


@dataclass(frozen=True, slots=True)
class Record:
    """One clip of a pack; a row of the index.

    clip_id, span_s: whose pixels these are. source_bytes: the size of the file they came from.
    offset, size: where its block lies in `clips.bin`, in bytes; sha256: of that block. A block
        as large as the frames is not compressed.
    frames, height, width: of the distinct frames.
    indices: which of them shows at each of the T steps; times_ms: when.
    """

    clip_id: str
    span_s: list[float] | None
    source_bytes: int
    offset: int
    size: int
    sha256: str
    frames: int
    height: int
    width: int
    indices: list[int]
    times_ms: list[float]


def to_block(stills: Stills) -> bytes:
    """The block of a clip's distinct frames."""
    raw = stills.pixels.tobytes()
    small: bytes = _lz4().compress(raw, asbytes=True)
    return small if len(small) <= WORTH * len(raw) else raw


def from_block(block: memoryview | bytes, record: Record) -> Stills:
    """The clip in a block; its pixels are read-only where they are those of `block` itself.

    Raises:
        IntegrityError: the block does not unpack. That it is what was written is checked when
            a pack is made and by `verify_pack`, not at each reading.
    """
    shape = (record.frames, record.height, record.width, 3)
    size = record.frames * record.height * record.width * 3
    raw = block if record.size == size else _unpack(block, record, size)
    return Stills(
        pixels=np.frombuffer(raw, np.uint8).reshape(shape),
        indices=np.array(record.indices, np.int64),
        times_ms=np.array(record.times_ms, np.float64),
    )


def _unpack(block: memoryview | bytes, record: Record, size: int) -> Any:
    try:
        return _lz4().decompress(block, decompressed_size=size)
    except OSError as error:
        raise IntegrityError(_damaged(record, str(error))) from None


def _lz4() -> Any:
    """pyarrow's codec: its memory pool keeps pages, which triples the speed of the lz4 package."""
    import pyarrow as pa

    return pa.Codec("lz4_raw")


def check_block(block: memoryview | bytes, record: Record) -> None:
    """Raises `IntegrityError` when a block's SHA-256 is not the recorded one."""
    if hashlib.sha256(block).hexdigest() != record.sha256:
        raise IntegrityError(_damaged(record, "its SHA-256 differs"))


def _damaged(record: Record, why: str) -> str:
    return (
        f"the pack's clip {record.clip_id!r} is damaged ({why}); delete the pack and make it anew"
    )


def write_index(path: Path, records: Iterable[Record]) -> None:
    """Write the index as Parquet, atomically."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [asdict(record) for record in records]
    schema = pa.schema(
        [
            ("clip_id", pa.string()),
            ("span_s", pa.list_(pa.float64())),
            ("source_bytes", pa.int64()),
            ("offset", pa.int64()),
            ("size", pa.int64()),
            ("sha256", pa.string()),
            ("frames", pa.int32()),
            ("height", pa.int32()),
            ("width", pa.int32()),
            ("indices", pa.list_(pa.int32())),
            ("times_ms", pa.list_(pa.float64())),
        ]
    )
    with files.atomic(path) as part:
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), part, compression="zstd")


def read_index(root: Path, manifest: Manifest) -> dict[str, Record]:
    """The records of a pack by clip id.

    Raises:
        IntegrityError: the index or the data is not as the manifest says.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path, data = root / INDEX, root / DATA
    advice = "; delete the pack and make it anew"
    try:
        if data.stat().st_size != manifest.data_bytes:
            raise IntegrityError(f"{data} is not {manifest.data_bytes} bytes long{advice}")
        if files.sha256(path) != manifest.index_sha256:
            raise IntegrityError(f"{path} is not the index that was written{advice}")
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise IntegrityError(f"the pack {root} cannot be read: {error}{advice}") from None
    return {row["clip_id"]: Record(**row) for row in rows}


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    """Write `problems.csv`, atomically."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("item", "reason"))
    writer.writerows((problem.item, problem.reason) for problem in problems)
    files.write_text(path, text.getvalue())


def read_problems(root: Path) -> list[Problem]:
    """The clips of a pack that could not be decoded."""
    path = root / PROBLEMS
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Problem(row["item"], row["reason"]) for row in csv.DictReader(file)]


def read_manifest(root: Path) -> Manifest:
    """The manifest of the pack at `root`.

    Raises:
        DataAbsent: no whole pack lies there.
        IntegrityError: the manifest is damaged.
    """
    if not (root / MANIFEST).is_file():
        half = "It is half-written: run `anigifs pack` again to finish it." * is_begun(root)
        make = "Make one with `anigifs pack RELEASE OUT`."
        raise DataAbsent(f"{root} holds no whole pack: {MANIFEST} is missing. {half or make}")
    try:
        return Manifest.model_validate(json.loads((root / MANIFEST).read_text("utf-8")))
    except (ValueError, ValidationError) as error:
        raise IntegrityError(
            f"{root / MANIFEST} is damaged ({error}); make the pack anew"
        ) from None


def is_pack(root: Path) -> bool:
    """Whether a whole pack lies at `root`."""
    return (root / MANIFEST).is_file()


def is_begun(root: Path) -> bool:
    """Whether a half-written pack lies at `root`."""
    return (root / JOURNAL).is_file()
