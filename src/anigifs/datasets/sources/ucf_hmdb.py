"""UCF101 and HMDB51 on the twelve classes they share: the usual pair of video domain adaptation.

Source: the official split lists of both, joined by class as in Chen et al. 2019 (TA3N). Either
part is the source or the target: open both, once each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, final

from pydantic import Field

from anigifs.core.records import Clip, ClipSet, Domain, Problem
from anigifs.core.taxonomy import class_list, load_map
from anigifs.datasets.sources.base import SourceConfig, absent, by_stem, media_files, named_lists

_UCF = re.compile(r"(\w+)/(v_\w+?_(g\d+)_c\d+)\.avi(?:\s+\d+)?")
_HMDB = re.compile(r"(.+)\.avi\s+([012])")
_HMDB_SPLITS = {"1": "train", "2": "test"}


class UcfHmdbConfig(SourceConfig):
    """How to read UCF-HMDB."""

    part: Literal["ucf", "hmdb"]
    """Which of the two."""
    lists: int = Field(1, ge=1, le=3)
    """Which of the three official splits."""


class _Row(NamedTuple):
    stem: str
    label: str
    split: str
    group: str


@final
class UcfHmdb:
    """The listed files of one part."""

    Config: ClassVar = UcfHmdbConfig
    expected: ClassVar = """
Expected: the official lists and the videos, both in any folders
  PATH/ucf101/ucfTrainTestlist/trainlist01.txt, testlist01.txt
  PATH/ucf101/UCF-101/Archery/v_Archery_g01_c01.avi
  PATH/hmdb51/testTrainMulti_7030_splits/climb_test_split1.txt   and of the other classes
  PATH/hmdb51/climb/<name>.avi
Open each part by itself:
  ucf-hmdb:PATH?part=ucf&split=train      ucf-hmdb:PATH?part=hmdb&split=test
Get it: https://www.crcv.ucf.edu/data/UCF101.php and
https://serre-lab.clps.brown.edu/resource/hmdb-a-large-human-motion-database
"""

    @staticmethod
    def read(config: UcfHmdbConfig) -> ClipSet:
        """The clips in the order of the lists, under the twelve shared names."""
        files, problems = media_files(config.path, UcfHmdb.expected)
        rows = _ucf if config.part == "ucf" else _hmdb
        stems, clips = by_stem(files), []
        for item in rows(config):
            if isinstance(item, Problem):
                problems.append(item)
            elif item.stem in stems:
                clips.append(_clip(item, stems[item.stem][0], config))
            else:
                problems.append(Problem(item.stem, "no file of this name"))
        if not clips:
            why = f"{len(problems)} clips of {config.part} are listed, and none of them is there"
            raise absent(config.path, why, UcfHmdb.expected)
        return ClipSet(
            name={"ucf": "ucf101-12", "hmdb": "hmdb51-12"}[config.part],
            classes=class_list("ucf-hmdb"),
            clips=tuple(clips),
            problems=tuple(problems),
        )


def _clip(row: _Row, path: Path, config: UcfHmdbConfig) -> Clip:
    return Clip(
        id=row.stem,
        path=path,
        domain=config.domain or Domain.REAL_VIDEO,
        label=row.label,
        split=row.split,
        group=row.group,
    )


def _ucf(config: UcfHmdbConfig) -> Iterator[_Row | Problem]:
    joined = load_map("ucf101_to_ucf-hmdb").pairs
    names = {f"{split}list{config.lists:02d}.txt": split for split in ("train", "test")}
    for path, line in _lines(config, list(names)):
        match = _UCF.fullmatch(line)
        if match is None:
            yield Problem(path.name, f"a broken row: {line[:80]!r}")
        elif label := joined.get(match[1]):
            yield _Row(match[2], label, names[path.name], f"{match[1]}_{match[3]}")


def _hmdb(config: UcfHmdbConfig) -> Iterator[_Row | Problem]:
    names = {f"{name}_test_split{config.lists}.txt": name for name in class_list("ucf-hmdb")}
    for path, line in _lines(config, list(names)):
        label, match = names[path.name], _HMDB.fullmatch(line)
        if match is None:
            yield Problem(path.name, f"a broken row: {line[:80]!r}")
        elif split := _HMDB_SPLITS.get(match[2]):
            yield _Row(match[1], label, split, match[1].rpartition(f"_{label}_")[0])


def _lines(config: UcfHmdbConfig, names: list[str]) -> Iterator[tuple[Path, str]]:
    for path in named_lists(config.path, names, UcfHmdb.expected):
        for line in path.read_text("utf-8-sig", errors="replace").splitlines():
            if line.strip():
                yield path, line.strip()
