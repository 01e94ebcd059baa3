"""The journal of a half-written release: one JSON line a stored clip, after a line of facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from anigifs.core import files
from anigifs.core.errors import InputError
from anigifs.datasets.release import layout
from anigifs.datasets.release.tables import Row


class Journal:
    """Opens or begins the journal at `root`; `rows` is what it held.

    Raises:
        InputError: `root` holds a whole release, files of something else, or a half-written
            release with other facts than `head`.
    """

    def __init__(self, root: Path, head: dict[str, Any]) -> None:
        self.path = root / layout.JOURNAL
        if layout.is_release(root):
            raise InputError(
                f"{root} holds a whole release, which never changes; write to another folder, "
                "or delete that one if it is not needed"
            )
        lines = self._lines(root)
        if lines and lines[0] != head:
            raise InputError(
                f"{root} holds a half-written release with other settings "
                f"({_differ(lines[0], head)}); finish it with those, delete it, or write "
                "to another folder"
            )
        self.rows: list[Row] = lines[1:]
        root.mkdir(parents=True, exist_ok=True)
        files.write_text(self.path, "".join(_line(line) for line in (lines or [head])))

    def append(self, row: Row) -> None:
        """Note a clip whose bytes are on the disk."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line(row))

    def remove(self) -> None:
        """The release is whole."""
        self.path.unlink(missing_ok=True)

    def _lines(self, root: Path) -> list[dict[str, Any]]:
        if not self.path.is_file():
            if root.is_file() or (root.is_dir() and any(map(_foreign, root.iterdir()))):
                raise InputError(f"{root} exists and is no half-written release; give a new folder")
            return []
        found = []
        for text in self.path.read_text("utf-8", "replace").split("\n"):
            try:
                found.append(json.loads(text))
            except ValueError:
                break
        return found


def _foreign(path: Path) -> bool:
    return not (path.name.startswith(f".{layout.JOURNAL}.") and path.suffix == ".part")


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True) + "\n"


def _differ(old: dict[str, Any], new: dict[str, Any]) -> str:
    pairs = {**old, **old.get("facts", {})}, {**new, **new.get("facts", {})}
    keys = sorted(key for key in pairs[0] | pairs[1] if key != "facts")
    names = [key for key in keys if pairs[0].get(key) != pairs[1].get(key)]
    return ", ".join(
        f"{key}: {str(pairs[0].get(key))[:40]} there, {str(pairs[1].get(key))[:40]} now"
        for key in names[:3]
    )
