"""Keys of providers: read from the environment or a file, and never shown.

A key is a `Secret` from the moment it is read, so no log, repr, error or catalog row can hold
it by accident: only `reveal`, which the fetcher's call site uses, gives the text.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import final
from urllib.parse import quote, quote_plus

from anigifs.core.config import read_toml
from anigifs.core.errors import ConfigError, InputError

BLOT = "***"
FILE_VARIABLE = "ANIGIFS_KEYS"


@final
class Secret:
    """A text that prints as `***`."""

    __slots__ = ("_before", "_text")

    def __init__(self, text: str, before: str = "") -> None:
        self._text, self._before = text, before

    def __repr__(self) -> str:
        return BLOT

    __str__ = __repr__

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        raise TypeError("a key is not written anywhere")

    def reveal(self) -> str:
        """The text itself."""
        return self._before + self._text

    def prefixed(self, text: str) -> Secret:
        """This key with `text` before it, as in an Authorization header."""
        return Secret(self._text, text)

    def scrub(self, text: str) -> str:
        """`text` with this key, plain or URL-quoted, blotted out."""
        for form in {self._text, quote(self._text, safe=""), quote_plus(self._text)} - {""}:
            text = text.replace(form, BLOT)
        return text


@final
class Keys:
    """The keys at hand. The environment (`ANIGIFS_GIPHY_KEY`) wins over the file."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, file: Path | None = None
    ) -> None:
        """Read them once.

        Args:
            environment: variables; the process's own when None.
            file: TOML with one `name = "key"` a line, for example `giphy = "…"`; the file named
                by `ANIGIFS_KEYS` when None; none when that is not set.

        Raises:
            ConfigError: the file is absent, malformed or readable by others.
        """
        self._environment = os.environ if environment is None else environment
        named = self._environment.get(FILE_VARIABLE)
        path = file or (Path(named).expanduser() if named else None)
        self._file = _read(path) if path else {}

    def get(self, name: str) -> Secret | None:
        """The key called `name` (`giphy`), or None."""
        found = self._environment.get(variable(name), "").strip() or self._file.get(name, "")
        return Secret(found) if found else None

    def require(self, name: str, where: str) -> Secret:
        """The key called `name`; `where` says how to get one.

        Raises:
            InputError: there is none.
        """
        if (key := self.get(name)) is None:
            raise InputError(
                f"{name} needs a key: set {variable(name)} in the environment, or name a TOML "
                f'file with the line {name} = "…" in {FILE_VARIABLE}. Get one: {where}'
            )
        return key


def variable(name: str) -> str:
    """The environment variable of a key: `ANIGIFS_GIPHY_KEY`."""
    return f"ANIGIFS_{name.upper().replace('-', '_')}_KEY"


def _read(path: Path) -> dict[str, str]:
    values = read_toml(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"others can read the keys in {path}; run: chmod 600 {path}")
    for name, value in values.items():
        if not isinstance(value, str):
            raise ConfigError(f'{path}: {name} is not text; write {name} = "…"')
    return {name: value.strip() for name, value in values.items()}
