"""Releases, ours or anybody's in the same format."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal, final

from anigifs.core.errors import DataAbsent
from anigifs.core.records import ClipSet
from anigifs.datasets.release import is_release, read_release
from anigifs.datasets.sources.base import SourceConfig, absent


class ReleaseConfig(SourceConfig):
    """A release knows its splits and domain; it may be split in several ways."""

    scheme: str = ""
    """One of its ways to split, for example `da-40`: only the clips and classes of that scheme.
    Empty: all clips, with the main split."""
    media: Path | None = None
    """A folder that `anigifs release hydrate` filled with the clips that are not shipped."""
    absent: Literal["skip", "keep"] = "skip"
    """Clips without bytes are passed over and counted, or kept as records without a file."""


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
            found = read_release(
                config.path, scheme=config.scheme, media=config.media, absent=config.absent
            )
        except DataAbsent as error:
            if is_release(config.path):
                raise
            raise absent(config.path, str(error).rstrip("."), Release.expected) from None
        domain = config.domain
        return found if domain is None else found.where(lambda clip: clip.domain == domain)
