"""Write a release clip by clip; killed at any moment, it goes on where it stopped.

Many processes may make the bytes, one writer stores them. A journal beside the media names
what is stored; the tables and, last of all, `release.json` are written by `close`. Clips are not
forced to the disk one by one, which takes longer than all the rest: `close` does it for all
before the manifest says that they are there, and what a killed run left is read again.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from anigifs.core import files
from anigifs.core.errors import InputError, UnknownName
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.datasets.release import checks, layout, tables
from anigifs.datasets.release.journal import Journal
from anigifs.datasets.release.layout import FileFact, Tombstone
from anigifs.datasets.release.reader import read_release
from anigifs.datasets.release.tables import Fact, Row

SYNCS = 16
"""Files forced to the disk at once; one by one takes twenty times as long."""
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")


class ReleaseWriter:
    """One release in the making.

    Args:
        root: the folder to fill; new, empty, or left half-written by the same call.
        name: the dataset's name, for example `sim-1-animated`.
        version: for example `1.0.0`.
        classes: every class name, in the order of a model's head.
        domain: where the pixels of its clips come from; each clip must agree.
        simulated: made by a program.
        facts: how it was made, as JSON values. A half-written release goes on only under
            equal facts, so put there whatever changes the bytes (config, seed, source).

    Raises:
        InputError: `root` holds a whole release, another half-written one, or other files.
    """

    def __init__(  # noqa: PLR0913
        self,
        root: Path,
        name: str,
        version: str,
        classes: Sequence[str],
        domain: Domain,
        simulated: bool,
        facts: Mapping[str, Any],
    ) -> None:
        self.root, self.classes, self.domain = root, tuple(classes), Domain(domain)
        self._head = {
            "format": 1,
            "name": layout.check_name("the release name", name),
            "version": layout.check_name("the version", version),
            "classes": checks.check_classes(self.classes),
            "domain": self.domain.value,
            "simulated": bool(simulated),
            "facts": checks.check_facts(facts),
        }
        self._folders = layout.class_folders(self.classes)
        self._journal = Journal(root, self._head)
        self._rows = {row["clip_id"]: row for row in self._journal.rows if self._stored(row)}
        self._added: set[str] = set()

    def __contains__(self, clip_id: object) -> bool:
        """Whether this clip is stored already: its bytes need not be made again."""
        return clip_id in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, clip: Clip, data: bytes, suffix: str, meta: Mapping[str, Fact]) -> Clip:
        """Store one clip and return it with its new path.

        Args:
            clip: its facts; `path` is not read, and `span_s` says which part of `data` it is.
            data: the file's bytes. Bytes that are stored already are kept as they are.
            suffix: `.gif`, `.mp4`, …
            meta: further columns of the table (width, height, frames, duration_ms, licence).

        Raises:
            InputError: the id was added before, the domain is another, a box leaves [0, 1],
                a fact is not a plain value.
            UnknownName: the label is not among the classes (an empty one is: no label known).
        """
        path = self.place(clip, suffix)
        row = checks.row_of(clip, path, FileFact.of(data)) | checks.check_meta(clip.id, meta)
        if self._rows.get(clip.id) != row:
            _write(self.root / path, data)
            self._note(row)
        return self._done(clip, path)

    def add_absent(self, clip: Clip, fact: FileFact, suffix: str, meta: Mapping[str, Fact]) -> Clip:
        """Note one clip whose bytes may not be shipped: its row stands in the tables all the same.

        Args:
            clip: as in `add`.
            fact: size and SHA-256 of the bytes that others hold.
            suffix: as in `add`.
            meta: as in `add`; `media` must say "url" or "id", see `layout`.

        Raises:
            InputError, UnknownName: as `add`; `media` says neither.
        """
        if meta.get("media") not in layout.ABSENT:
            raise InputError(f"clip {clip.id!r} has no bytes, so its fact media is url or id")
        path = self.place(clip, suffix)
        row = checks.row_of(clip, path, fact) | checks.check_meta(clip.id, meta)
        if self._rows.get(clip.id) != row:
            self._note(row)
        return self._done(clip, path)

    def place(self, clip: Clip, suffix: str) -> str:
        """Where the clip's bytes belong, from the root; refuses what `add` refuses."""
        self._check(clip, suffix)
        return f"media/{self._folders[clip.label]}/{layout.safe_name(clip.id)}{suffix}"

    def close(
        self,
        documents: Callable[[], object] = lambda: None,
        tombstones: Iterable[Tombstone] = (),
    ) -> ClipSet:
        """Write the tables and the manifest; the release is whole and is read back.

        Everything in the folder becomes part of the release (a data sheet, figures); media
        that no clip names, left by a killed run, are deleted first.

        Args:
            documents: called when the tables are written and the manifest is not: it writes
                what describes them.
            tombstones: what an earlier version held and this one may not.
        """
        rows = [self._rows[name] for name in sorted(self._rows)]
        known = {row["path"]: (row["bytes"], row["sha256"]) for row in rows if _is_here(row)}
        for path in files_below(self.root):
            if (path.startswith("media/") and path not in known) or path.endswith(".part"):
                (self.root / path).unlink()
        self._write_tables(rows)
        documents()
        facts = {
            path: _fact(self.root / path, known.get(path))
            for path in files_below(self.root)
            if path not in (layout.JOURNAL, layout.MANIFEST)
        }
        head = {key: value for key, value in self._head.items() if key != "classes"}
        stones = [stone.model_dump() for stone in tombstones]
        manifest = head | {"counts": self._counts(rows), "tombstones": stones, "files": facts}
        _sync(self.root / path for path in known)
        files.write_json(self.root / layout.MANIFEST, manifest)
        self._journal.remove()
        return read_release(self.root, absent="keep")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()

    def _stored(self, row: Row) -> bool:
        path = Path(self.root, row["path"])
        return not _is_here(row) or (path.is_file() and files.sha256(path) == row["sha256"])

    def _note(self, row: Row) -> None:
        self._journal.append(row)
        self._rows[row["clip_id"]] = row

    def _done(self, clip: Clip, path: str) -> Clip:
        self._added.add(clip.id)
        return replace(clip, path=self.root / path)

    def _check(self, clip: Clip, suffix: str) -> None:
        if clip.id in self._added or not clip.id:
            raise InputError(f"the clip id {clip.id!r} is empty or was added before")
        if clip.label not in self._folders:
            raise UnknownName("class of this release", clip.label, self.classes)
        if clip.domain != self.domain:
            raise InputError(f"clip {clip.id!r} is {clip.domain}, the release {self.domain}")
        if not _SUFFIX.fullmatch(suffix):
            raise InputError(f"{suffix!r} is no file suffix such as '.gif'")
        if clip.split:
            layout.check_name(f"clip {clip.id!r}: the split", clip.split)
        for box in clip.boxes:
            checks.check_box(clip.id, box)

    def _write_tables(self, rows: list[Row]) -> None:
        columns = tables.columns_of(rows)
        tables.write_parquet(self.root / layout.PARQUET, rows, columns)
        cells = ([row.get(name) for name in columns] for row in rows)
        tables.write_csv(self.root / layout.CSV, list(columns), cells)
        count = Counter(row["label"] for row in rows)
        classes = [(number, name, count[name]) for number, name in enumerate(self.classes)]
        tables.write_csv(self.root / layout.CLASSES, ("index", "name", "clips"), classes)
        for split in {row["split"] for row in rows} - {""}:
            members = [(row["clip_id"], row["label"]) for row in rows if row["split"] == split]
            tables.write_csv(self.root / f"splits/{split}.csv", ("clip_id", "label"), members)
        boxes = [(row["clip_id"], *box) for row in rows for box in row["boxes"]]
        if boxes:
            header = ("clip_id", "time_ms", "x1", "y1", "x2", "y2")
            tables.write_csv(self.root / layout.BOXES, header, boxes)

    def _counts(self, rows: list[Row]) -> dict[str, Any]:
        return {
            "clips": len(rows),
            "classes": len(self.classes),
            "boxes": sum(len(row["boxes"]) for row in rows),
            "splits": Counter(row["split"] for row in rows if row["split"]),
        }


def _is_here(row: Row) -> bool:
    """Whether the release holds the bytes of this row."""
    return row.get("media") not in layout.ABSENT


def _write(path: Path, data: bytes) -> None:
    """Whole or absent, but not yet safe from a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _sync(paths: Iterable[Path]) -> None:
    """Force files and their folders to the disk, many at once: it takes them in one go."""
    listed = list(paths)
    with ThreadPoolExecutor(SYNCS) as pool:
        for some in (listed, sorted({path.parent for path in listed})):
            list(pool.map(_sync_one, some))


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_below(root: Path) -> list[str]:
    """Every file and link below `root`, as sorted paths with '/'."""
    return sorted(
        Path(folder, name).relative_to(root).as_posix()
        for folder, folders, names in os.walk(root)
        for name in (*names, *(link for link in folders if Path(folder, link).is_symlink()))
    )


def _fact(path: Path, known: tuple[int, str] | None) -> dict[str, Any]:
    size, digest = known or (path.stat().st_size, files.sha256(path))
    return {"bytes": size, "sha256": digest}
