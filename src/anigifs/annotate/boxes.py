"""Boxes around the acting character, of accepted items, as a table."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from anigifs.catalog import Said, Workspace
from anigifs.catalog.annotation import Vote
from anigifs.catalog.keyboxes import between, drawn
from anigifs.core.errors import MediaError
from anigifs.core.files import atomic
from anigifs.core.records import Box, Problem
from anigifs.media.decode import probe

HEADER = ("clip_id", "time_ms", "x1", "y1", "x2", "y2")


def write_boxes(workspace: Workspace, path: Path) -> tuple[int, list[Problem]]:
    """Write `boxes.csv`, one row for each frame from the first key frame to the last.

    Only items that people accepted. clip_id is that of a release: "g" and 16 digits of the sha256.

    Returns: how many clips have boxes, and those whose bytes cannot be read any more.
    """
    problems: list[Problem] = []
    count = 0
    with atomic(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for sha, votes in _accepted(workspace):
            try:
                boxes = boxes_of(workspace, sha, votes)
            except (MediaError, OSError) as error:
                problems.append(Problem(sha, str(error)))
                continue
            count += bool(boxes)
            writer.writerows(_row(sha, box) for box in boxes)
    return count, problems


def boxes_of(workspace: Workspace, sha256: str, votes: list[Vote]) -> tuple[Box, ...]:
    """The boxes of one item at the times of its frames. Raises `MediaError` for lost bytes."""
    keys = drawn(votes)
    if not keys:
        return ()
    starts = probe(workspace.blobs.path(sha256)).timing.starts_ms
    return between(keys, starts.tolist())


def _accepted(workspace: Workspace) -> Iterator[tuple[str, list[Vote]]]:
    """Each accepted blob that has boxes, with the accepting votes that carry them, by sha256."""
    accepted = {
        (each.sha256, each.label) for each in workspace.verdicts.current() if each.said is Said.PASS
    }
    found: defaultdict[str, list[Vote]] = defaultdict(list)
    for vote in workspace.votes.current():
        if vote.boxes and vote.accepts and (vote.sha256, vote.label) in accepted:
            found[vote.sha256].append(vote)
    yield from sorted(found.items())


def _row(sha256: str, box: Box) -> tuple[object, ...]:
    corners = (round(side, 5) for side in (box.x1, box.y1, box.x2, box.y2))
    return f"g{sha256[:16]}", round(box.time_ms, 3), *corners
