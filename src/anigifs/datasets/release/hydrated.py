"""Clips that were fetched for a release that does not ship them: a folder beside it.

DIR/hydrated.csv      clip_id,path,sha256,bytes,how: what is there; how: exact or similar
DIR/media/<class>/…   the clips, under the same paths as in the release
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from anigifs.core.errors import DataAbsent, IntegrityError
from anigifs.datasets.release import layout, tables

TABLE = "hydrated.csv"


class Hydrated(NamedTuple):
    """One clip that was fetched. how: "exact" bytes, or "similar" pictures."""

    clip_id: str
    path: str
    sha256: str
    bytes: int
    how: str


def write_hydrated(root: Path, rows: Iterable[Hydrated]) -> None:
    """Write the table of what is there, sorted by clip."""
    tables.write_csv(root / TABLE, Hydrated._fields, sorted(rows))


def read_hydrated(root: Path) -> dict[str, Hydrated]:
    """What is there, by clip.

    Raises:
        DataAbsent: nothing was fetched there.
        IntegrityError: the table is damaged; a clip is missing or has another size.
    """
    if not (root / TABLE).is_file():
        raise DataAbsent(
            f"{root} holds no {TABLE}; fill it with: anigifs release hydrate RELEASE --out {root}"
        )
    try:
        rows = [_row(row, root) for row in tables.read_csv(root / TABLE)]
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"{root / TABLE} is damaged: {error!r}") from None
    return {row.clip_id: row for row in rows}


def _row(cells: dict[str, str], root: Path) -> Hydrated:
    text = {name: cells[name] for name in ("clip_id", "path", "sha256", "how")}
    row = Hydrated(**text, bytes=int(cells["bytes"]))
    layout.check_inside(row.path, root)
    try:
        size = os.lstat(root / row.path).st_size
    except OSError:
        size = -1
    if size != row.bytes:
        raise IntegrityError(
            f"{root / row.path} is missing or not as fetched; run the same "
            "`anigifs release hydrate` again"
        )
    return row
