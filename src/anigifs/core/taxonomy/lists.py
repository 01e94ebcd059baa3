"""The class lists that come with the package; where each is from: `lists/SOURCES.csv`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from anigifs.core.errors import UnknownName

_FOLDER = Path(__file__).with_name("lists")


@lru_cache
def known_lists() -> tuple[str, ...]:
    """The names of the packaged lists."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.txt")))


@lru_cache
def class_list(name: str) -> tuple[str, ...]:
    """The classes of one list, in its published order: the index of a model's output.

    `ava-80` is ordered by action id, the first line being action 1.

    Raises:
        UnknownName: there is no such list.
    """
    if name not in known_lists():
        raise UnknownName("class list", name, known_lists())
    return tuple((_FOLDER / f"{name}.txt").read_text("utf-8").splitlines())


def list_of(text: str) -> tuple[str, ...]:
    """The classes of a packaged list, or of a text file with one class a line.

    Raises:
        UnknownName: it is neither.
    """
    path = Path(text)
    if text not in known_lists() and path.is_file():
        lines = path.read_text("utf-8-sig").splitlines()
        return tuple(line.strip() for line in lines if line.strip())
    return class_list(text)
