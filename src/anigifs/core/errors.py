"""Every error this package raises on purpose, and the exit code a command ends with.

AnigifsError                exit 1   anything else that went wrong on purpose
├── InputError              exit 2   the caller can fix it: a flag, a file, a config value
│   ├── ConfigError
│   ├── UnknownName
│   └── DataAbsent                   a dataset is not where it was looked for
├── MediaError              exit 3   one clip is unusable; a batch command logs it and goes on
│   ├── NotDecodable                 broken, empty or not a moving picture
│   └── LimitExceeded                larger than the limits allow
├── SourceError             exit 4   a remote source refused, changed or vanished
├── IntegrityError          exit 5   bytes on disk are not what was recorded
├── ProtocolError           exit 6   the experiment asked for is not an honest one
└── TrainingError           exit 7   training cannot go on: NaN loss, unfitting checkpoint

130: interrupted with Ctrl-C; what was done is kept and the message says how to go on.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

INTERRUPTED = 130


class AnigifsError(Exception):
    """The root: `except AnigifsError` catches everything raised here on purpose."""

    exit_code = 1


class InputError(AnigifsError):
    """The caller gave something that cannot be used."""

    exit_code = 2


class ConfigError(InputError):
    """A configuration value is missing, unknown or out of range."""


class DataAbsent(InputError):
    """A dataset, or a split of it, is absent; the message says what to get and where to put it."""


class UnknownName(InputError):
    """A registry, class list or table was asked for a name it does not hold."""

    def __init__(self, kind: str, name: str, known: Collection[str], advice: str = "") -> None:
        super().__init__(
            f"no {kind} is named {name!r}.{suggest(name, known)} "
            f"Known: {shorten(sorted(known))}.{' ' + advice if advice else ''}"
        )
        self.kind, self.name, self.known = kind, name, frozenset(known)


class MediaError(AnigifsError):
    """One clip is unusable."""

    exit_code = 3


class NotDecodable(MediaError):
    """The bytes are broken, empty, or not a moving picture that we read."""


class LimitExceeded(MediaError):
    """A file asks for more bytes, pixels, frames or time than the limits allow."""


class SourceError(AnigifsError):
    """A remote source refused, changed or vanished."""

    exit_code = 4


class IntegrityError(AnigifsError):
    """Bytes on disk are not what was recorded: changed, missing or half-written."""

    exit_code = 5


class ProtocolError(AnigifsError):
    """The experiment asked for would not measure what its name says."""

    exit_code = 6


class TrainingError(AnigifsError):
    """Training cannot go on."""

    exit_code = 7


def suggest(name: str, known: Iterable[str]) -> str:
    """The closest known name as a question with a leading space, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def shorten(names: list[str], most: int = 20) -> str:
    """A list of names as text, cut where it stops being readable."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
