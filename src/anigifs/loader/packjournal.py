"""The journal of a half-written pack: a line of facts, then one JSON line a stored clip."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from anigifs.core import files
from anigifs.core.errors import InputError
from anigifs.loader.packfile import DATA, JOURNAL, Record

NAME = JOURNAL


def resume(out: Path, head: dict[str, Any]) -> dict[str, Record]:
    """What an earlier call finished, by clip id; the data file is cut back to it.

    Raises:
        InputError: `out` holds other files, or a half-written pack with another `head`.
    """
    journal, data = out / NAME, out / DATA
    if not journal.is_file():
        if out.is_file() or (out.is_dir() and any(out.iterdir())):
            raise InputError(f"{out} exists and is no half-written pack; give a new folder")
        files.write_text(journal, json.dumps(head) + "\n")
        return {}
    lines = _lines(journal)
    if not lines or lines[0] != head:
        raise InputError(
            f"{out} holds a half-written pack of other clips, changed files or another view; "
            "delete it, or give another folder"
        )
    size = data.stat().st_size if data.is_file() else 0
    records = [Record(**line) for line in lines[1:]]
    done = {one.clip_id: one for one in records if one.offset + one.size <= size}
    if data.is_file():
        os.truncate(data, max((one.offset + one.size for one in done.values()), default=0))
    kept = [head, *(asdict(record) for record in done.values())]
    files.write_text(journal, "".join(json.dumps(line) + "\n" for line in kept))
    return done


def _lines(journal: Path) -> list[dict[str, Any]]:
    """The whole lines of a journal; one that was cut by a kill ends it."""
    found = []
    for text in journal.read_text("utf-8", "replace").split("\n"):
        try:
            found.append(json.loads(text))
        except ValueError:
            break
    return found


def note(journal: TextIO, record: Record) -> None:
    """Append a clip whose bytes are written; a killed process loses at most this line."""
    journal.write(json.dumps(asdict(record)) + "\n")
    journal.flush()
