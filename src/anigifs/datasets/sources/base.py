"""What every source promises, and the files that sources look for."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from anigifs.core.config import Config
from anigifs.core.errors import ConfigError, DataAbsent
from anigifs.core.records import ClipSet, Domain, Problem

GIF_LIKE = frozenset({".apng", ".gif", ".png", ".webp"})
VIDEO = frozenset(
    ".3gp .avi .flv .m4v .mkv .mov .mp4 .mpeg .mpg .ogv .webm .wmv".split()  # noqa: SIM905
)
"""Names under which moving pictures are looked for; the decoders go by content."""


class SourceConfig(Config):
    """What may be said of any dataset."""

    path: Path
    """Where it lies."""
    split: str = ""
    """Only the clips of this split."""
    domain: Domain | None = None
    """Where the pixels come from, for data that does not say; else, only clips of it."""
    map: str = ""
    """A class map, by name or file: labels become its targets, other clips are left out."""
    check: Literal["size", "probe"] = "size"
    """`size` passes over empty files; `probe` also opens every file and passes over broken ones."""
    name: str = ""
    """The dataset's name in tables and figures; empty: the source's own."""


class Source(Protocol):
    """Reads one way of laying out a dataset. `open_clips` does what is the same for all."""

    Config: ClassVar[type[SourceConfig]]
    expected: ClassVar[str]
    """The tree on disk and where to get the dataset, shown when it is absent."""

    @staticmethod
    def read(config: Any) -> ClipSet:
        """All usable clips; what is listed but unusable stands in `problems`.

        Raises:
            DataAbsent: the dataset is wholly absent.
        """
        ...


def absent(path: Path, why: str, expected: str) -> DataAbsent:
    """The error for a dataset that is wholly absent."""
    return DataAbsent(f"{path}: {why}.\n{expected.strip()}")


def media_files(root: Path, expected: str) -> tuple[list[Path], list[Problem]]:
    """Every moving picture below `root`, sorted, and the empty ones as problems.

    Links to folders are followed, each folder once. A `.png` counts if it is animated.

    Raises:
        DataAbsent: `root` is no folder.
    """
    if not root.is_dir():
        raise absent(root, "there is no such folder", expected)
    found, problems = [], []
    for path in sorted(every_file(root)):
        if not _is_media(path):
            continue
        if path.stat().st_size:
            found.append(path)
        else:
            problems.append(Problem(path.relative_to(root).as_posix(), "the file is empty"))
    return found, problems


def lists(
    config: SourceConfig, given: str, accept: Callable[[Path], bool], expected: str
) -> list[Path]:
    """The annotation files: the one `given`, or every CSV file near the top that is accepted.

    Raises:
        DataAbsent: there is none.
    """
    root = config.path
    if given:
        places = (root / given, Path(given))
        found = [path for path in places if path.is_file()][:1]
    else:
        found = [path for path in sorted([*root.glob("*.csv"), *root.glob("*/*.csv")])
                 if accept(path)]  # fmt: skip
    if not found:
        raise absent(root, f"no annotation file{f' {given}' if given else ''}", expected)
    return found


def named_lists(root: Path, wanted: Sequence[str], expected: str) -> list[Path]:
    """The list files of these names, wherever they lie below `root`.

    Raises:
        DataAbsent: one is missing.
    """
    found = {path.name: path for path in sorted(every_file(root), reverse=True)}
    if missing := [name for name in wanted if name not in found]:
        raise absent(root, f"the list {missing[0]} is missing", expected)
    return [found[name] for name in wanted]


def csv_rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each row with its place, such as `val.csv, line 7`. Raises `ConfigError`: it is no CSV."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        reader = csv.reader(file)
        try:
            for cells in reader:
                yield f"{path.name}, line {reader.line_num}", cells
        except csv.Error as error:
            raise ConfigError(f"{path}, line {reader.line_num}, is not CSV: {error}") from None


def by_stem(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Files by their names without suffix."""
    found = defaultdict(list)
    for file in files:
        found[file.stem].append(file)
    return dict(found)


def every_file(root: Path) -> Iterator[Path]:
    """Every file below `root` but hidden ones; links to folders are followed, each folder once."""
    seen: set[str] = set()
    for folder, folders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in names if not name.startswith("."))


def _is_media(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix not in GIF_LIKE | VIDEO or not path.is_file():
        return False
    if suffix != ".png":
        return True
    with path.open("rb") as file:
        return b"acTL" in file.read(4096)
