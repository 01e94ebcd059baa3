"""Finished parts of a prediction on disk, so that an interrupted one can go on."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anigifs.core import files
from anigifs.core.records import Problem

FLUSH_EVERY_S = 20.0


class Partial:
    """Results by clip id, kept in memory and, given a folder and a key, in numbered files.

    Files of another key (other weights, settings or set) and broken files are passed over.
    """

    def __init__(self, folder: Path | None, key: str, classes: int) -> None:
        self.found: dict[str, NDArray[np.float32] | Problem] = {}
        self.folder = folder if key else None
        self.key, self.classes = key, classes
        self.waiting: list[str] = []
        self.last = time.monotonic()
        if self.folder:
            for file in sorted(self.folder.glob("*.npz")):
                self._read(file)

    def add(self, id_: str, result: NDArray[np.float32] | Problem) -> None:
        """Keep a result; every few seconds, write what is new."""
        self.found[id_] = result
        if not isinstance(result, Problem):
            self.waiting.append(id_)
        if time.monotonic() - self.last >= FLUSH_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write what is new. Problems are not kept: a broken file is tried again."""
        self.last = time.monotonic()
        if not self.folder or not self.waiting:
            return
        path = self.folder / f"{len(list(self.folder.glob('*.npz'))):08d}.npz"
        rows = np.array([self.found[id_] for id_ in self.waiting], np.float32)
        with files.atomic(path) as part, part.open("wb") as file:
            np.savez(file, about=np.array(json.dumps([self.key, self.waiting])), logits=rows)
        self.waiting = []

    def _read(self, file: Path) -> None:
        try:
            with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as held:
                key, ids = json.loads(str(held["about"]))
                rows = held["logits"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return
        if key == self.key and rows.shape == (len(ids), self.classes):
            self.found.update(zip(ids, rows, strict=True))
