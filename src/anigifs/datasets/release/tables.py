"""The tables of a release: from rows to Parquet and CSV, the same bytes for the same rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from anigifs.core import files
from anigifs.core.errors import InputError, IntegrityError

Fact = str | int | float | bool | None
"""What a cell may hold."""
Row = dict[str, Any]

CLIP_COLUMNS: dict[str, type] = {
    "clip_id": str,
    "path": str,
    "label": str,
    "domain": str,
    "split": str,
    "group": str,
    "start_s": float,
    "end_s": float,
    "bytes": int,
    "sha256": str,
}
"""The columns that every release has; the maker's own follow by name."""


BOXES = "boxes"


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, type]:
    """Every column with its one type, but for the boxes, which have a table of their own.

    Raises:
        InputError: rows disagree on a type.
    """
    found = dict(CLIP_COLUMNS)
    for row in rows:
        for name, value in row.items():
            if value is not None and name not in CLIP_COLUMNS and name != BOXES:
                found[name] = _join(name, found.get(name), type(value))
    extra = sorted(found.keys() - CLIP_COLUMNS.keys())
    return {name: found[name] for name in (*CLIP_COLUMNS, *extra)}


def _join(name: str, one: type | None, other: type) -> type:
    if one is None or one is other:
        return other
    if {one, other} == {int, float}:
        return float
    raise InputError(
        f"the fact {name!r} is {one.__name__} for one clip and {other.__name__} for another; "
        "use one type for all clips"
    )


def write_parquet(path: Path, rows: Sequence[Row], columns: Mapping[str, type]) -> None:
    """Write rows as Parquet, atomically."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    data = {name: [row.get(name) for row in rows] for name in columns}
    with files.atomic(path) as part:
        pq.write_table(pa.table(data, schema=schema), part, compression="zstd")


def read_parquet(path: Path) -> list[Row]:
    """The rows of a Parquet file. Raises `IntegrityError` when it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[Row] = pq.read_table(path).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise IntegrityError(f"{path} cannot be read as Parquet: {error}") from None
    return rows


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV with `\\n` line ends, atomically; numbers keep every digit."""
    with files.atomic(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header. Raises `IntegrityError` when it cannot be read."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise IntegrityError(f"{path} cannot be read as CSV: {error}") from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
