"""The tables that stand beside the clips of a release.

ATTRIBUTION.csv        title, creator, credit, licence and link of each clip
class_map.csv          each class and its counterparts in the Kinetics lists
classes-empty.csv      classes without a clip, with the funnel that emptied them
left-out.csv           what was accepted and is not in the release, and why
splits/<scheme>/…      the ways to split, besides the main one
votes.csv              what people said, under pseudonyms
fingerprints.parquet   how the clips look that are not shipped, to know similar ones again
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from anigifs.core import files
from anigifs.datasets.release import tables
from anigifs.release import classes
from anigifs.release.cells import guarded, original
from anigifs.release.records import Built, ClipRow, LeftOut

ATTRIBUTION, CLASS_MAP, EMPTY = "ATTRIBUTION.csv", "class_map.csv", "classes-empty.csv"
LEFT_OUT, VOTES, PRINTS = "left-out.csv", "votes.csv", "fingerprints.parquet"
CREDITS = ("title", "creator", "credit", "licence_text")
"""Texts of strangers, which stand in ATTRIBUTION.csv alone."""
ATTRIBUTION_HEADER = (
    "clip_id", "title", "creator", "credit", "licence", "licence_text", "licence_url", "link",
    "provider", "media",
)  # fmt: skip
PRINTS_AT_ONCE = 500


class VoteRow(NamedTuple):
    """What one person said of one item. clip_id: "" where the item is not in the release."""

    clip_id: str
    sha256: str
    label: str
    person: str
    simulated: bool
    animation: str
    character: str
    exact: str
    other: str
    took_ms: int


class Print(NamedTuple):
    """How a clip looks: the recipe of the fingerprint, and its bytes."""

    clip_id: str
    recipe: str
    data: bytes


def write_beside(root: Path, built: Built) -> None:
    """Write every table that follows from the plan alone."""
    credits_ = (_credit(row) for row in built.rows)
    tables.write_csv(root / ATTRIBUTION, ATTRIBUTION_HEADER, credits_)
    mapped = classes.class_rows(built.classes)
    tables.write_csv(root / CLASS_MAP, ("name", *classes.KINETICS), mapped)
    empty = classes.empty_rows(built.funnel, built.empty)
    guarded_rows = [(guarded(str(row[0])), *row[1:]) for row in empty]
    tables.write_csv(root / EMPTY, classes.EMPTY_HEADER, guarded_rows)
    left = [(one.sha256, guarded(one.label), one.reason) for one in built.left_out]
    tables.write_csv(root / LEFT_OUT, ("sha256", "label", "reason"), left)
    for scheme in built.schemes:
        for split in scheme.splits:
            members = [
                (row.id, row.label) for row in built.rows if row.splits.get(scheme.name) == split
            ]
            path = root / f"splits/{scheme.name}/{split}.csv"
            tables.write_csv(path, ("clip_id", "label"), members)


def write_votes(root: Path, votes: Iterable[VoteRow]) -> None:
    """Write the votes, sorted, so that the order in which people worked is not told."""
    safe = (vote._replace(label=guarded(vote.label), other=guarded(vote.other)) for vote in votes)
    tables.write_csv(root / VOTES, VoteRow._fields, sorted(safe))


def read_votes(root: Path) -> list[VoteRow]:
    """The votes of a release; none where it has none."""
    if not (root / VOTES).is_file():
        return []
    return [_vote(row) for row in tables.read_csv(root / VOTES)]


def write_prints(root: Path, prints: Iterable[Print]) -> None:
    """Write fingerprints, a few at a time; no file where there are none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("clip_id", pa.string()), ("recipe", pa.string()), ("data", pa.binary())])
    parts = _parts(prints)
    first = next(parts, None)
    if first is None:
        return
    with files.atomic(root / PRINTS) as part, pq.ParquetWriter(part, schema) as writer:
        for rows in chain([first], parts):
            plain = [row._asdict() for row in rows]
            writer.write_table(pa.Table.from_pylist(plain, schema=schema))


def read_prints(root: Path) -> Iterator[Print]:
    """The fingerprints of a release, a few at a time; none where it has none."""
    import pyarrow.parquet as pq

    if not (root / PRINTS).is_file():
        return
    with pq.ParquetFile(root / PRINTS) as file:
        for batch in file.iter_batches(PRINTS_AT_ONCE):
            for row in batch.to_pylist():
                yield Print(**row)


def read_credits(root: Path) -> dict[str, dict[str, str]]:
    """The texts of ATTRIBUTION.csv by clip, as they were given."""
    return {
        row["clip_id"]: {name: original(row[name]) for name in CREDITS}
        for row in tables.read_csv(root / ATTRIBUTION)
    }


def read_left_out(root: Path) -> tuple[LeftOut, ...]:
    """What left-out.csv says."""
    return tuple(
        LeftOut(sha256=row["sha256"], label=original(row["label"]), reason=row["reason"])
        for row in tables.read_csv(root / LEFT_OUT)
    )


def _credit(row: ClipRow) -> tuple[str, ...]:
    link = row.page_url or row.url or f"{row.provider}:{row.item}"
    cells = (row.title, row.creator, row.credit, row.licence, row.licence_text, row.licence_url,
             link, row.provider)  # fmt: skip
    return (row.id, *(guarded(cell) for cell in cells), row.media.value)


def _vote(cells: dict[str, str]) -> VoteRow:
    plain: dict[str, Any] = dict(cells) | {
        "simulated": cells["simulated"] == "true",
        "took_ms": int(cells["took_ms"]),
        "label": original(cells["label"]),
        "other": original(cells["other"]),
    }
    return VoteRow(**plain)


def _parts(prints: Iterable[Print]) -> Iterator[list[Print]]:
    part: list[Print] = []
    for one in prints:
        part.append(one)
        if len(part) == PRINTS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part
