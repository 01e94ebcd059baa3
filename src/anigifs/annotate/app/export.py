"""Raw votes for other programs, people under their pseudonyms."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields

from anigifs.catalog.annotation import Vote
from anigifs.catalog.workspace import Workspace

COLUMNS = [*(field.name for field in fields(Vote)), "counts"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(workspace: Workspace) -> Iterator[str]:
    """Every row of votes, oldest first, in pieces.

    A text that a spreadsheet would run as a formula gets an apostrophe before it; the JSON has
    every text as it was given.
    """
    counting = _counting(workspace)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for vote in workspace.votes.history():
        writer.writerow([_cell(value) for value in _values(vote, counting)])
        if out.tell() > 1 << 16:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def as_json(workspace: Workspace) -> Iterator[str]:
    """The same as one JSON list, in pieces."""
    counting = _counting(workspace)
    before = "["
    for vote in workspace.votes.history():
        row = dict(zip(COLUMNS, _values(vote, counting), strict=True))
        yield f"{before}\n{json.dumps(row, ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _counting(workspace: Workspace) -> set[str]:
    return {vote.client_id for vote in workspace.votes.current()}


def _values(vote: Vote, counting: set[str]) -> Sequence[object]:
    return [*asdict(vote).values(), vote.client_id in counting]


def _cell(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return json.dumps(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
