"""What a release accepts: each check names the value and what is allowed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from anigifs.core.errors import InputError
from anigifs.core.records import Box, Clip
from anigifs.datasets.release import tables
from anigifs.datasets.release.layout import FileFact
from anigifs.datasets.release.tables import Fact, Row


def row_of(clip: Clip, path: str, fact: FileFact) -> Row:
    """The journal's line and, but for the boxes, the table's row of one clip."""
    start, end = clip.span_s or (None, None)
    return {
        "clip_id": clip.id,
        "path": path,
        "label": clip.label,
        "domain": clip.domain.value,
        "split": clip.split,
        "group": clip.group,
        "start_s": None if start is None else float(start),
        "end_s": None if end is None else float(end),
        "bytes": fact.bytes,
        "sha256": fact.sha256,
        "boxes": [[float(value) for value in astuple(box)] for box in clip.boxes],
    }


def check_classes(classes: tuple[str, ...]) -> list[str]:
    """Refuse classes that are absent, doubled or empty."""
    if not classes or len(set(classes)) != len(classes) or "" in classes:
        raise InputError(f"a release needs class names, each once and none empty: got {classes}")
    return list(classes)


def check_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON gives them back (a tuple becomes a list), so that they compare equal."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(facts), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InputError(f"the facts of a release must be JSON values: {error}") from None
    return plain


def check_box(clip_id: str, box: Box) -> None:
    """Refuse a box that is not corners in [0, 1] at a finite time."""
    inside = 0 <= box.x1 <= box.x2 <= 1 and 0 <= box.y1 <= box.y2 <= 1
    if not inside or not math.isfinite(box.time_ms):
        raise InputError(f"clip {clip_id!r}: {box} does not lie in [0, 1] with x1 <= x2, y1 <= y2")


def check_meta(clip_id: str, meta: Mapping[str, Fact]) -> dict[str, Fact]:
    """Refuse a fact that hides a column of every release or fits no table cell."""
    for name, value in meta.items():
        if name in tables.CLIP_COLUMNS or name == "boxes":
            raise InputError(f"clip {clip_id!r}: the fact {name!r} is a column of every release")
        if type(value) not in (str, int, float, bool, type(None)) or value != value:
            raise InputError(
                f"clip {clip_id!r}: the fact {name}={value!r} is not text, a number, true or "
                "false; leave out what is not known"
            )
    return dict(meta)
