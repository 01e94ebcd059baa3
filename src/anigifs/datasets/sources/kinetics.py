"""Kinetics-400/600/700: the official CSV files, and video files under any of the usual names.

The published lists are not alike: K400's have an extra column, K600's test list no labels,
and some write `validate` for `val`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, final

from anigifs.core.errors import ConfigError
from anigifs.core.records import Clip, ClipSet, Domain, Problem
from anigifs.core.taxonomy import class_list, list_of, match, normalise
from anigifs.datasets.sources.base import (
    SourceConfig,
    absent,
    by_stem,
    csv_rows,
    lists,
    media_files,
)

COLUMNS = ("youtube_id", "time_start", "time_end")
SPLITS = {"validate": "val", "validation": "val"}


class KineticsConfig(SourceConfig):
    """How to read Kinetics."""

    annotations: str = ""
    """A CSV file, from PATH or from here. Empty: every CSV file in PATH or one folder below
    that has the column youtube_id."""
    taxonomy: str = "kinetics-600"
    """The class list that the labels are of."""
    bare: Literal["clip", "video"] = "clip"
    """What `<youtube_id>.mp4` holds, which the name does not tell: the cut clip, or the whole
    video, of which the clip is then a span."""


@dataclass(frozen=True, slots=True)
class _Row:
    video: str
    start_s: int
    end_s: int
    label: str
    split: str

    @property
    def id(self) -> str:
        return f"{self.video}_{self.start_s:06d}_{self.end_s:06d}"


@final
class Kinetics:
    """Rows of the annotation files, each with its file."""

    Config: ClassVar = KineticsConfig
    expected: ClassVar = """
Expected: the annotation files and the videos, the latter in any folders
  PATH/kinetics-600_train.csv   label,youtube_id,time_start,time_end,split
  PATH/kinetics-600_val.csv     the same, for split=val; lists may have other names
  PATH/train/making jewelry/<youtube_id>_000012_000022.mp4
  PATH/val/making jewelry/<youtube_id>_000012_000022.mp4
Also read: files named <youtube_id>_12_22.mp4 or <youtube_id>.mp4 (whole videos: bare=video),
flat or in class folders, lists without labels, any video format.
Get it: https://github.com/cvdfoundation/kinetics-dataset (clips and lists), lists alone from
https://deepmind.google/research/open-source/kinetics; for Kinetics-400 or -700 add
  ?taxonomy=kinetics-400
"""

    @staticmethod
    def read(config: KineticsConfig) -> ClipSet:
        """The clips in the order of the lists; a class has its place in the whole list."""
        files, problems = media_files(config.path, Kinetics.expected)
        stems, classes = by_stem(files), list_of(config.taxonomy)
        rows, clips = list(_listed(config)), dict[str, Clip]()
        _check_taxonomy({row.label for row in rows if isinstance(row, _Row)} - {""}, config)
        for item in rows:
            clip = item if isinstance(item, Problem) else _clip(item, stems, classes, config)
            if isinstance(clip, Clip) and clip.id in clips:
                clip = Problem(clip.id, "listed twice; the first row is used")
            if isinstance(clip, Problem):
                problems.append(clip)
            else:
                clips[clip.id] = clip
        if not files:
            why = f"{len(problems)} clips are listed, and no video file is there"
            raise absent(config.path, why, Kinetics.expected)
        return ClipSet(
            name=config.taxonomy,
            classes=classes,
            clips=tuple(clips.values()),
            problems=tuple(problems),
        )


def _check_taxonomy(labels: set[str], config: KineticsConfig) -> None:
    """Refuse labels that are all of another packaged list: a whole class would be passed over."""
    if all(match(label, list_of(config.taxonomy)) for label in labels):
        return
    for other in ("kinetics-400", "kinetics-600", "kinetics-700"):
        if all(match(label, class_list(other)) for label in labels):
            raise ConfigError(
                f"the labels of {config.path} are those of {other}, not of {config.taxonomy}: "
                f"add taxonomy={other} (and map={other}_to_{config.taxonomy} to rename them)"
            )


def _clip(
    row: _Row, stems: dict[str, list[Path]], classes: tuple[str, ...], config: KineticsConfig
) -> Clip | Problem:
    names = (row.id, f"{row.video}_{row.start_s}_{row.end_s}", row.video)
    stem = next((name for name in names if name in stems), None)
    if stem is None:
        return Problem(row.id, "no file of the usual names")
    path = _in_folder(row.label, stems[stem])
    label = match(row.label or path.parent.name, classes)
    if row.label and label is None:
        return Problem(row.id, f"the label {row.label!r} is not in {config.taxonomy}")
    whole = stem == row.video and config.bare == "video"
    return Clip(
        id=row.id,
        path=path,
        domain=config.domain or Domain.REAL_VIDEO,
        label=label or "",
        split=row.split,
        group=row.video,
        span_s=(row.start_s, row.end_s) if whole else None,
    )


def _in_folder(label: str, paths: list[Path]) -> Path:
    own = [path for path in paths if normalise(path.parent.name) == normalise(label)]
    return (own or paths)[0]


def _listed(config: KineticsConfig) -> Iterator[_Row | Problem]:
    for path in lists(config, config.annotations, _is_list, Kinetics.expected):
        rows = csv_rows(path)
        header = [name.strip() for name in next(rows, ("", []))[1]]
        if missing := set(COLUMNS) - set(header):
            raise ConfigError(f"{path} lacks the columns {', '.join(sorted(missing))}")
        for where, cells in rows:
            yield _row(dict(zip(header, cells, strict=False)), where)


def _row(cells: dict[str, str], where: str) -> _Row | Problem:
    try:
        video, start, end = (cells[name].strip() for name in COLUMNS)
        split, label = (cells.get(name, "").strip() for name in ("split", "label"))
        split = SPLITS.get(split.lower(), split.lower())
        row = _Row(video, int(float(start)), int(float(end)), label, split)
    except (KeyError, ValueError, OverflowError):
        return Problem(where, "a broken row: no id or no times")
    return row if row.video and 0 <= row.start_s < row.end_s else Problem(where, "a broken row")


def _is_list(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return "youtube_id" in file.readline(1000)
