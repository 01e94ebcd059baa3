"""HAC (Dong et al. 2023): seven actions by humans, animals and cartoon figures.

The nearest public neighbour of animated GIFs. Humans and animals are real video; cartoons count
as `animated-gif`, the nearest of our domains (our choice: they are videos, not GIF files).
The published lists name 24 human clips for both training and testing: those are used for training
only. They also cut through some videos (one YouTube id on both sides); that we keep, and `group`
tells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, final

from anigifs.core.records import Clip, ClipSet, Domain, Problem
from anigifs.core.taxonomy import class_list
from anigifs.datasets.sources.base import SourceConfig, absent, csv_rows, media_files, named_lists

ACTORS = ("human", "animal", "cartoon")
_VIDEO_ID = re.compile(r"(.{11})(_\d{6}_\d{6}|-\d{3})")


class HacConfig(SourceConfig):
    """How to read HAC."""

    actor: Literal["human", "animal", "cartoon", "all"] = "all"
    """Whose actions."""


class _Row(NamedTuple):
    actor: str
    file: str
    label: str
    split: str


@final
class Hac:
    """The listed files of one or all kinds of actor."""

    Config: ClassVar = HacConfig
    expected: ClassVar = """
Expected, as the published archives unpack:
  PATH/HAC_Splits/HAC_train_only_human.csv, HAC_test_only_human.csv; cartoon and animal alike
  PATH/human/videos/<youtube_id>_000012_000022.mp4
  PATH/cartoon/videos/door_opening_1.mp4
Get it: https://huggingface.co/datasets/hdong51/Human-Animal-Cartoon and, for the lists,
https://github.com/donghao51/SimMMDG
"""

    @staticmethod
    def read(config: HacConfig) -> ClipSet:
        """The clips in the order of the lists."""
        files, problems = media_files(config.path, Hac.expected)
        places = {_key(*_place(file, config.path)): file for file in files}
        clips: dict[Path, Clip] = {}
        for item in _rows(config):
            if isinstance(item, Problem):
                problems.append(item)
            elif (path := places.get(_key(item.actor, Path(item.file).stem))) is None:
                problems.append(Problem(f"{item.actor}/{item.file}", "no file of this name"))
            elif path in clips:
                problems.append(Problem(clips[path].id, "listed twice; the first row is used"))
            else:
                clips[path] = _clip(item, path)
        if not clips:
            why = f"{len(problems)} clips are listed, and none of them is there"
            raise absent(config.path, why, Hac.expected)
        kept = [clip for clip in clips.values() if config.domain in (None, clip.domain)]
        name = "hac" if config.actor == "all" else f"hac-{config.actor}"
        return ClipSet(
            name=name, classes=class_list("hac"), clips=tuple(kept), problems=tuple(problems)
        )


def _clip(row: _Row, path: Path) -> Clip:
    stem = Path(row.file).stem.strip()
    video = _VIDEO_ID.fullmatch(stem)
    return Clip(
        id=f"{row.actor}/{stem}",
        path=path,
        domain=Domain.ANIMATED_GIF if row.actor == "cartoon" else Domain.REAL_VIDEO,
        label=row.label,
        split=row.split,
        group=video[1] if video else "",
    )


def _place(file: Path, root: Path) -> tuple[str, str]:
    return file.relative_to(root).parts[0], file.stem


def _key(actor: str, stem: str) -> tuple[str, str]:
    return actor, stem.strip()


def _rows(config: HacConfig) -> Iterator[_Row | Problem]:
    actors = ACTORS if config.actor == "all" else (config.actor,)
    kinds = [(actor, split) for actor in actors for split in ("train", "test")]
    names = [f"HAC_{split}_only_{actor}.csv" for actor, split in kinds]
    paths = named_lists(config.path, names, Hac.expected)
    for path, (actor, split) in zip(paths, kinds, strict=True):
        yield from _list(path, actor, split)


def _list(path: Path, actor: str, split: str) -> Iterator[_Row | Problem]:
    classes = {str(index): label for index, label in enumerate(class_list("hac"))}
    for where, cells in csv_rows(path):
        label = classes.get(cells[1].strip()) if len(cells) == 2 else None
        if label and cells[0].strip():
            yield _Row(actor, cells[0], label, split)
        else:
            yield Problem(where, f"a broken row: {','.join(cells)[:80]!r}")
