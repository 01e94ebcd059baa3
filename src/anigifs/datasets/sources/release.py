"""Releases, ours or anybody's in the same format."""

from __future__ import annotations

from typing import ClassVar, final

from anigifs.core.errors import DataAbsent
from anigifs.core.records import ClipSet
from anigifs.datasets.release import read_release
from anigifs.datasets.sources.base import SourceConfig, absent


class ReleaseConfig(SourceConfig):
    """Nothing more to say: a release knows its splits and domain."""


@final
class Release:
    """A folder with release.json."""

    Config: ClassVar = ReleaseConfig
    expected: ClassVar = """
Expected, as `anigifs simulate`, `gifify` and `release build` write it:
  PATH/release.json   name, version, and size and SHA-256 of every file
  PATH/clips.parquet  one row a clip
  PATH/classes.csv    the classes in order
  PATH/media/...      the clips
"""

    @staticmethod
    def read(config: ReleaseConfig) -> ClipSet:
        """The clips as they were published; sizes are checked, see `read_release`."""
        try:
            found = read_release(config.path)
        except DataAbsent as error:
            raise absent(config.path, str(error).rstrip("."), Release.expected) from None
        domain = config.domain
        return found if domain is None else found.where(lambda clip: clip.domain == domain)
