"""Names for things that other files, or other packages, can add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from anigifs.core.errors import UnknownName

T = TypeVar("T")


class Registry(Generic[T]):
    """A table from a public name to an import path, imported on first use.

    A table of strings, not a decorator: listing what exists imports nothing, so
    `anigifs --help` never loads torch, and the whole table is read in one place.
    Another package adds a name through the entry point group `group`.
    """

    def __init__(self, kind: str, builtin: Mapping[str, str], group: str) -> None:
        self.kind, self.builtin, self.group = kind, dict(builtin), group

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self.builtin, *self._plugins()}))

    def __contains__(self, name: object) -> bool:
        return name in self.builtin or name in self._plugins()

    def __getitem__(self, name: str) -> T:
        """The thing behind `name`. Raises `UnknownName` with a suggestion."""
        if path := self.builtin.get(name):
            module, _, attribute = path.partition(":")
            found: T = getattr(import_module(module), attribute)
            return found
        if plugin := self._plugins().get(name):
            loaded: T = plugin.load()
            return loaded
        advice = f"Other packages can add one through the entry point group {self.group!r}."
        raise UnknownName(self.kind, name, list(self), advice)

    def _plugins(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.group)}
