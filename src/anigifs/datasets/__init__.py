"""Datasets as records: the release format, and sources that read what others publish."""

from anigifs.datasets.spec import SOURCES, open_clips, parse

__all__ = ["SOURCES", "open_clips", "parse"]
