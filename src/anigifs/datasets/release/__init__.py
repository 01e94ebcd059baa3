"""Releases: folders of clips that anybody can read, whole or absent, checked byte by byte."""

from anigifs.datasets.release.layout import Manifest, is_release, read_manifest
from anigifs.datasets.release.reader import read_release
from anigifs.datasets.release.verify import require_whole, verify_release
from anigifs.datasets.release.writer import ReleaseWriter

__all__ = [
    "Manifest",
    "ReleaseWriter",
    "is_release",
    "read_manifest",
    "read_release",
    "require_whole",
    "verify_release",
]
