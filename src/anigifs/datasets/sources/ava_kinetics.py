"""AVA-Kinetics: boxes of people with their actions at key frames, to one label a clip.

Source of the formats: Li et al. 2020 and the released files. Rows have no header and several
rows may be one person (one label each); rows without a person lack fields; times are seconds of
the *original* video, so a clip's start is subtracted; pure AVA adds a person id at the end.

Where the Ani-GIFs paper is silent, our choices: a clip's label is the one class that the map
gives to its actions; a clip whose actions map to several classes is left out (or `several =
"most"`: the class of most people, if one has most); its boxes are those of the people who
perform the label. Both kinds of clips left out are counted, not listed one by one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, final

from anigifs.core.records import Box, Clip, ClipSet, Domain, Problem
from anigifs.core.taxonomy import ClassMap, class_list, load_map
from anigifs.datasets.sources.base import (
    SourceConfig,
    absent,
    by_stem,
    csv_rows,
    lists,
    media_files,
)

_LIST = re.compile(r"(ava|kinetics)_(train|val|test)_v[\d.]+\.csv")
_CUT = re.compile(r"(.+)_(\d+)_(\d+)")
Corners = tuple[float, float, float, float]


class AvaKineticsConfig(SourceConfig):
    """How to read AVA-Kinetics."""

    annotations: str = ""
    """A CSV file, from PATH or from here; its name tells the split. Empty: every
    `kinetics_<split>_v*.csv` and `ava_<split>_v*.csv` in PATH or one folder below."""
    actions: str = "ava-80_to_kinetics-600"
    """Which actions become which class: a packaged map, or a CSV file of your own."""
    several: Literal["drop", "most"] = "drop"
    """What to do with a clip whose actions become several classes."""
    around_s: float = 10.0
    """For whole videos (AVA's films): how much of the film around a key frame is its clip."""


class _Row(NamedTuple):
    video: str
    time: str
    box: Corners
    action: int
    split: str


@dataclass
class _Found:
    """A clip before its label is decided: its people, by the class of what they do."""

    path: Path
    video: str
    split: str
    span_s: tuple[float, float] | None
    people: dict[str, dict[tuple[float, Corners], None]] = field(default_factory=dict)


@final
class AvaKinetics:
    """Key frames of the annotation files, each with its file."""

    Config: ClassVar = AvaKineticsConfig
    expected: ClassVar = """
Expected: the annotation files and the videos, the latter in any folders
  PATH/ava_kinetics_v1_0/kinetics_train_v1.0.csv  video_id,time_s,x1,y1,x2,y2,action_id
  PATH/ava_kinetics_v1_0/kinetics_val_v1.0.csv    the same, for split=val
  PATH/train/<youtube_id>_000012_000022.mp4       Kinetics-700 clips
  PATH/val/<youtube_id>_000012_000022.mp4         those of the second list, or
  PATH/films/<video_id>.mkv                       whole AVA films, by ava_<split>_v2.2.csv
Get it: the lists from https://research.google.com/ava (AVA-Kinetics), the clips from
https://github.com/cvdfoundation/kinetics-dataset (Kinetics-700) and the films from
https://github.com/cvdfoundation/ava-dataset.
"""

    @staticmethod
    def read(config: AvaKineticsConfig) -> ClipSet:
        """The clips with a label, in the order of the lists; classes are the map's targets."""
        files, problems = media_files(config.path, AvaKinetics.expected)
        tables = lists(config, config.annotations, _is_list, AvaKinetics.expected)
        if not files:
            raise absent(config.path, "no video file is there", AvaKinetics.expected)
        joined, found = load_map(config.actions), _Clips(files, config.around_s)
        for path in tables:
            _collect(path, joined, found, problems)
        clips = [_clip(name, one, config) for name, one in found.clips.items()]
        several = sum(clip is None for clip in clips)
        if several:
            problems.append(Problem("clips", f"{several} left out: their actions map to several"))
        problems += [Problem(name, "no file that holds this moment") for name in found.missing]
        return ClipSet(
            name="ava-kinetics",
            classes=joined.targets,
            clips=tuple(clip for clip in clips if clip),
            problems=tuple(problems),
        )


class _Clips:
    """Finds the file of a key frame, and gathers the people of each clip."""

    def __init__(self, files: list[Path], around_s: float) -> None:
        self.around_s = around_s
        self.whole = by_stem(files)
        self.cut: dict[str, list[tuple[int, int, Path]]] = defaultdict(list)
        for file in files:
            if match := _CUT.fullmatch(file.stem):
                self.cut[match[1]].append((int(match[2]), int(match[3]), file))
        self.clips: dict[str, _Found] = {}
        self.missing: dict[str, None] = {}

    def add(self, row: _Row, label: str) -> None:
        """Add a person who does `label`; a moment that no file holds is noted."""
        time_s = float(row.time)
        for start, end, path in self.cut.get(row.video, ()):
            if start <= time_s < end:
                self._person(_Found(path, row.video, row.split, None), path.stem, start, row, label)
                return
        if row.video not in self.whole:
            self.missing[f"{row.video} at {row.time} s"] = None
            return
        start_s = max(0.0, time_s - self.around_s / 2)
        whole = _Found(
            self.whole[row.video][0], row.video, row.split, (start_s, start_s + self.around_s)
        )
        self._person(whole, f"{row.video}_{row.time}", start_s, row, label)

    def _person(self, new: _Found, name: str, start_s: float, row: _Row, label: str) -> None:
        people = self.clips.setdefault(name, new).people.setdefault(label, {})
        people[(1000 * (float(row.time) - start_s), row.box)] = None


def _clip(name: str, found: _Found, config: AvaKineticsConfig) -> Clip | None:
    label = _one(found.people, config.several)
    if label is None:
        return None
    return Clip(
        id=name,
        path=found.path,
        domain=config.domain or Domain.REAL_VIDEO,
        label=label,
        split=found.split,
        group=found.video,
        span_s=found.span_s,
        boxes=tuple(Box(time_ms, *box) for time_ms, box in found.people[label]),
    )


def _one(people: dict[str, dict[tuple[float, Corners], None]], several: str) -> str | None:
    ranked = sorted(people, key=lambda label: -len(people[label]))
    if len(ranked) == 1:
        return ranked[0]
    most = several == "most" and len(people[ranked[0]]) > len(people[ranked[1]])
    return ranked[0] if most else None


def _collect(path: Path, joined: ClassMap, found: _Clips, problems: list[Problem]) -> None:
    empty = other = 0
    split = next((name for name in ("train", "val", "test") if name in path.name), "")
    for item in _rows(path, split):
        if isinstance(item, Problem):
            problems.append(item)
        elif item is None:
            empty += 1
        elif (label := joined.pairs.get(class_list("ava-80")[item.action - 1])) is None:
            other += 1
        else:
            found.add(item, label)
    for count, what in ((empty, "without a person"), (other, "of actions that the map leaves out")):
        if count:
            problems.append(Problem(path.name, f"{count} rows {what}"))


def _rows(path: Path, split: str) -> Iterator[_Row | Problem | None]:
    for where, cells in csv_rows(path):
        if len(cells) < 7 or not any(cells[2:7]):
            yield None if len(cells) >= 2 else Problem(where, "a broken row")
            continue
        try:
            yield _row(cells, split)
        except ValueError as error:
            yield Problem(where, f"a broken row: {error}")


def _row(cells: list[str], split: str) -> _Row:
    x1, y1, x2, y2 = (min(1.0, max(0.0, float(cell))) for cell in cells[2:6])
    action, time_s = int(cells[6]), float(cells[1])
    if not (x1 < x2 and y1 < y2):
        raise ValueError("the box has no area")
    if not 1 <= action <= 80 or not 0 <= time_s < 1e6:
        raise ValueError("no action of AVA's 80, or no time")
    return _Row(cells[0], cells[1], (x1, y1, x2, y2), action, split)


def _is_list(path: Path) -> bool:
    return bool(_LIST.fullmatch(path.name))
