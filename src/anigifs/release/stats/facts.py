"""What is known of each clip: from the release's table, the catalog, or the media themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anigifs.catalog import Fact, Workspace
from anigifs.core.errors import MediaError
from anigifs.core.parallel import ordered_map
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.datasets.release import is_release, layout, tables
from anigifs.media.decode import decode
from anigifs.media.frames import Timing
from anigifs.media.looks import a_few, colours, every_so_many, moving_share

LOOKS = ("width", "height", "frames", "duration_ms", "colours", "moving")
"""What can be measured of a clip; the names are those of the release's columns."""
FACTS = (
    ("size", "width", "width"),
    ("size", "height", "height"),
    ("animated", "frames", "frames"),
    ("duration", "duration_ms", "duration_ms"),
    ("drawn", "colours", "colours"),
    ("moving", "moving", "moving"),
)
"""Where screening keeps each of them: check, key of its evidence, name here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """One clip. What is not known is None.

    bytes: of its file. width, height: in pixels. colours: 15-bit colours that cover 95 % of a
    frame, the median over six. moving: share of pixels that change visibly over time.
    """

    id: str
    label: str
    split: str = ""
    bytes: int | None = None
    width: float | None = None
    height: float | None = None
    frames: float | None = None
    duration_ms: float | None = None
    colours: float | None = None
    moving: float | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is left to be measured."""
        return all(getattr(self, name) is not None for name in LOOKS)

    def seen(self, found: Mapping[str, float]) -> ClipFacts:
        """The same with some of `LOOKS`, which win over what stood there."""
        values: dict[str, Any] = {name: found[name] for name in LOOKS if name in found}
        return replace(self, **values)


def of_rows(rows: Iterable[Mapping[str, Any]]) -> list[ClipFacts]:
    """What the rows of `clips.parquet` say, without opening any media."""
    return [
        ClipFacts(
            id=row["clip_id"],
            label=row["label"],
            split=row.get("split") or "",
            bytes=row.get("bytes"),
            **{name: _number(row.get(name)) for name in LOOKS},
        )
        for row in rows
    ]


def of_workspace(workspace: Workspace, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """What screening found of these blobs: by sha256, a value for each of `LOOKS` it knows."""
    found: dict[str, dict[str, float]] = {name: {} for name in names}
    latest: dict[str, dict[str, Fact]] = {
        check: workspace.facts.latest(check, names) for check in {row[0] for row in FACTS}
    }
    for check, key, name in FACTS:
        for sha, fact in latest[check].items():
            value = _number(fact.evidence.get(key))
            if value is not None:
                found[sha][name] = value
    return found


def of_clips(
    clips: ClipSet, root: Path, memory: Path, workers: int = 1
) -> tuple[list[ClipFacts], list[Problem]]:
    """The facts of every clip; what its table does not say is measured.

    Args:
        clips: the dataset.
        root: where it lies; the table of a release is read for what it says.
        memory: a file of measurements; those in it are not made again, new ones are appended.
        workers: processes that decode.

    Returns: the facts, and the clips that could not be decoded. Those, and clips of a release
    whose bytes are not there, keep what the table says of them.
    """
    rows = {row["clip_id"]: row for row in _table(root)}
    known = {one.id: one for one in of_rows(rows.values())}
    known |= {clip.id: _start(clip, rows.get(clip.id, {})) for clip in clips.clips}
    remembered = _remembered(memory)
    todo, problems = [], []
    for clip in clips.clips:
        if not known[clip.id].whole:
            if found := remembered.get(_key(clip)):
                known[clip.id] = known[clip.id].seen(found)
            else:
                todo.append(clip)
    for clip, result in _measured(todo, memory, workers):
        if isinstance(result, Problem):
            problems.append(result)
        else:
            known[clip.id] = known[clip.id].seen(result)
    return list(known.values()), problems


def look(path: Path, span_s: tuple[float, float] | None = None) -> dict[str, float]:
    """Each of `LOOKS` of a media file.

    Raises:
        MediaError: it cannot be decoded.
    """
    frames = decode(path, _wanted, span_s=span_s)
    count = len(frames.timing)
    even = len(every_so_many(count))
    high, wide = frames.pixels.shape[1:3]
    return {
        "width": float(wide),
        "height": float(high),
        "frames": float(count),
        "duration_ms": float(frames.timing.duration_ms),
        "colours": float(np.median([colours(frame) for frame in frames.pixels[even:]])),
        "moving": round(moving_share(frames.pixels[:even]), 5),
    }


def _wanted(timing: Timing) -> NDArray[np.int64]:
    count = max(1, len(timing))
    return np.concatenate([every_so_many(count), a_few(count)])


def _look(clip: Clip) -> dict[str, float] | Problem:
    try:
        return look(clip.path, clip.span_s)
    except MediaError as error:
        return Problem(clip.id, str(error))


def _measured(
    clips: Sequence[Clip], memory: Path, workers: int
) -> Iterator[tuple[Clip, dict[str, float] | Problem]]:
    if not clips:
        return
    memory.parent.mkdir(parents=True, exist_ok=True)
    with memory.open("a", encoding="utf-8") as file:
        results = ordered_map(_look, clips, min(workers, len(clips)))
        for clip, found in zip(clips, track(results, "measure", len(clips)), strict=True):
            if not isinstance(found, Problem):
                file.write(json.dumps({"clip": _key(clip), **found}, sort_keys=True) + "\n")
                file.flush()
            yield clip, found


def _remembered(memory: Path) -> dict[str, dict[str, float]]:
    """What earlier runs measured; a line cut short by a kill ends it."""
    found: dict[str, dict[str, float]] = {}
    if memory.is_file():
        for line in memory.read_text("utf-8", "replace").splitlines():
            try:
                values = json.loads(line)
                found[values["clip"]] = {name: float(values[name]) for name in LOOKS}
            except (ValueError, KeyError, TypeError):
                continue
    return found


def _key(clip: Clip) -> str:
    """Which file in which state, and which part of it."""
    try:
        status = clip.path.stat()
        state = [status.st_size, status.st_mtime_ns]
    except OSError:
        state = []
    return json.dumps([clip.id, *state, clip.span_s])


def _start(clip: Clip, row: Mapping[str, Any]) -> ClipFacts:
    told = of_rows([{"clip_id": clip.id, "label": clip.label, "split": clip.split, **row}])[0]
    if told.bytes is None and clip.span_s is None and clip.path.is_file():
        return replace(told, bytes=clip.path.stat().st_size)
    return told


def _table(root: Path) -> list[tables.Row]:
    """The rows of a release, but for what was taken down."""
    if not is_release(root):
        return []
    gone = layout.read_manifest(root).taken_down
    return [row for row in tables.read_parquet(root / layout.PARQUET) if row["path"] not in gone]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and value == value else None


def as_rows(facts: Sequence[ClipFacts]) -> list[dict[str, Any]]:
    """Plain rows, for `stats.json` and tests."""
    return [asdict(each) for each in facts]
