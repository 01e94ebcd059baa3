"""Class folders of anything that decodes: Ani-GIFs, Kinetics GIFs, or one's own collection.

Neither of these two has a published layout that we know; class folders are what most tools make.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import ClassVar, final

from anigifs.core.errors import ConfigError
from anigifs.core.records import Clip, ClipSet, Domain, Problem
from anigifs.core.taxonomy import list_of, match
from anigifs.datasets.sources.base import GIF_LIKE, SourceConfig, absent, media_files

SPLITS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


class FolderConfig(SourceConfig):
    """How to read class folders.

    `domain`: default `animated-gif` for GIF, WebP and APNG files, `real-video` for others (our
    choice; Kinetics GIFs need `domain=real-gif`).
    """

    taxonomy: str = ""
    """A class list by name (`kinetics-600`), or a file with one class a line: folders are
    matched to it by normalised name, and those that match none are listed as problems. Empty:
    every folder is a class under its own name."""
    groups: str = ""
    """A CSV or TSV file with the columns `path` and `group`: files that share a source."""


@final
class Folder:
    """PATH/<class>/<file>, or PATH/<train|val|test>/<class>/<file>."""

    Config: ClassVar = FolderConfig
    expected: ClassVar = """
Expected: one folder a class, with GIF, WebP, APNG or video files in it (or below it)
  PATH/push up/a.gif
  PATH/waving_hand/b.mp4
or the same below folders named train, val and test, for split=train and so on:
  PATH/train/push up/a.gif
  PATH/test/push up/b.gif
Ani-GIFs and Kinetics GIFs: ask their authors, unpack into such folders, and open as
  folder:PATH?taxonomy=kinetics-600
  folder:PATH?taxonomy=kinetics-600&domain=real-gif
"""

    @staticmethod
    def read(config: FolderConfig) -> ClipSet:
        """The clips by path. Classes are those with a clip, in the taxonomy's order or sorted."""
        files, problems = media_files(config.path, Folder.expected)
        names = list_of(config.taxonomy) if config.taxonomy else ()
        groups, unknown = _groups(config), Counter[str]()
        clips = []
        for file in files:
            split, folder = _place(file.relative_to(config.path))
            if label := _label(folder, names):
                clips.append(_clip(file, label, split, groups, config))
            else:
                unknown[folder] += 1
        problems += [_passed_over(name, count, config) for name, count in sorted(unknown.items())]
        if not clips:
            raise absent(config.path, _nothing(problems), Folder.expected)
        present = {clip.label for clip in clips}
        return ClipSet(
            name=config.path.resolve().name,
            classes=tuple(name for name in names or sorted(present) if name in present),
            clips=tuple(clips),
            problems=tuple(problems),
        )


def _label(folder: str, names: tuple[str, ...]) -> str | None:
    if not folder or folder.startswith("_"):
        return None
    return match(folder, names) if names else folder


def _clip(file: Path, label: str, split: str, groups: dict[str, str], config: FolderConfig) -> Clip:
    name = file.relative_to(config.path).as_posix()
    domain = config.domain or _domain(file)
    return Clip(
        id=name, path=file, domain=domain, label=label, split=split, group=groups.get(name, "")
    )


def _place(inner: Path) -> tuple[str, str]:
    folders = inner.parts[:-1]
    if folders and (split := SPLITS.get(folders[0].lower())):
        return split, folders[1] if len(folders) > 1 else ""
    return "", folders[0] if folders else ""


def _domain(file: Path) -> Domain:
    return Domain.ANIMATED_GIF if file.suffix.lower() in GIF_LIKE else Domain.REAL_VIDEO


def _passed_over(folder: str, count: int, config: FolderConfig) -> Problem:
    if not folder:
        return Problem("files outside class folders", f"{count} files passed over")
    if folder.startswith("_"):
        return Problem(folder, f"{count} files passed over: '_' marks a folder that is no class")
    return Problem(folder, f"{count} files passed over: no class of {config.taxonomy} is so named")


def _nothing(problems: list[Problem]) -> str:
    told = "; ".join(f"{problem.item}: {problem.reason}" for problem in problems[:5])
    return f"no moving picture in a class folder{f' ({told})' if told else ''}"


def _groups(config: FolderConfig) -> dict[str, str]:
    if not config.groups:
        return {}
    path = next((path for path in (config.path / config.groups, Path(config.groups))
                 if path.is_file()), None)  # fmt: skip
    if path is None:
        raise ConfigError(f"groups={config.groups}: no such file in {config.path} or from here")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
    if rows and not {"path", "group"} <= rows[0].keys():
        raise ConfigError(f"{path} needs the columns path and group; it has {', '.join(rows[0])}")
    return {row["path"]: row["group"] for row in rows}
