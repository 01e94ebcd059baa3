"""What lies where in a release, and its manifest `release.json`.

clips.parquet, clips.csv   one row a clip: clip_id, path, label, domain, split, group, start_s,
                           end_s, bytes, sha256, then whatever facts the maker knew. The fact
                           `media` says "url" or "id" of a clip whose bytes are not shipped
classes.csv                index,name,clips: the classes in the order of a model's head
splits/<split>.csv         clip_id,label of each split, as in the column `split`
splits/<scheme>/<split>.csv  the same for each further way to split, if there are any
boxes.csv                  clip_id,time_ms,x1,y1,x2,y2 with corners in [0, 1]; only with boxes
media/<class>/<clip>.gif   the clips themselves
release.json               name, version, counts, size and SHA-256 of every other file;
                           written last, so its existence means that the rest is whole
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import Field, ValidationError

from anigifs.core.config import Config
from anigifs.core.errors import DataAbsent, InputError, IntegrityError
from anigifs.core.records import Domain

MANIFEST = "release.json"
JOURNAL = ".writing.jsonl"
"""What a half-written release holds so far; gone once the release is whole."""
ABSENT = ("url", "id")
"""What the fact `media` says where the bytes are not shipped: others hold them, under a URL or
under a provider's id alone."""
PARQUET, CSV, CLASSES, BOXES = "clips.parquet", "clips.csv", "classes.csv", "boxes.csv"

Bytes = bytes
_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


class FileFact(Config):
    """What a file must be."""

    bytes: int = Field(ge=0)
    """Its size."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Its SHA-256, hexadecimal."""

    @classmethod
    def of(cls, data: Bytes) -> FileFact:
        """The fact of these bytes."""
        return cls(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


class Tombstone(Config):
    """A file that was taken down after it was published: the one accepted absence."""

    path: str
    """Which file, as in `files`."""
    reason: str
    """Why it is gone, in words that can be published."""
    version: str
    """The version of the release that took it down."""


class Manifest(Config):
    """The content of `release.json`."""

    format: Literal[1] = 1
    """The number of this format."""
    name: str
    """The dataset's name."""
    version: str
    """The version of its content; a published version never changes."""
    domain: Domain
    """Where the pixels of its clips come from."""
    simulated: bool
    """Made by a program; everything that shows its numbers says so."""
    facts: dict[str, Any]
    """How it was made, in the maker's own words: config, seed, source."""
    counts: dict[str, Any]
    """clips, classes, boxes, and clips per split."""
    tombstones: tuple[Tombstone, ...] = ()
    """What was taken down; a listed file that is absent must stand here."""
    files: dict[str, FileFact]
    """Every file but this one, by its path from the release's root."""

    @property
    def taken_down(self) -> frozenset[str]:
        """The paths that must be absent."""
        return frozenset(stone.path for stone in self.tombstones)

    def summary(self) -> dict[str, Any]:
        """All but the list of files, of which only number and bytes are told."""
        size = sum(fact.bytes for fact in self.files.values())
        told = self.model_dump(mode="json", exclude={"files"})
        return {**told, "files": len(self.files), "bytes": size}


def is_release(root: Path) -> bool:
    """Whether a whole release lies at `root`."""
    return (root / MANIFEST).is_file()


def read_manifest(root: Path) -> Manifest:
    """The manifest of the release at `root`.

    Raises:
        DataAbsent: there is no release, or only a half-written one.
        IntegrityError: the manifest is damaged or of a format that we do not know.
    """
    if not is_release(root):
        raise DataAbsent(f"{root} holds no whole release: {MANIFEST} is missing. {_advice(root)}")
    try:
        manifest = Manifest.model_validate(json.loads((root / MANIFEST).read_text("utf-8")))
    except (ValueError, ValidationError) as error:
        raise IntegrityError(
            f"{root / MANIFEST} is not a manifest that we can read ({error}); "
            "fetch the release again, or update anigifs if the release is newer than it"
        ) from None
    for name in (*manifest.files, *manifest.taken_down):
        check_inside(name, root)
    return manifest


def _advice(root: Path) -> str:
    if (root / JOURNAL).is_file():
        return "It is half-written: run the command that was making it again to finish it."
    return "Give the folder that holds release.json, clips.parquet and media/."


def check_inside(name: str, root: Path) -> None:
    """Refuse a path from a table that would leave the release's folder."""
    parts = PurePosixPath(name)
    if not name or "\\" in name or "\0" in name or ".." in parts.parts or parts.is_absolute():
        raise IntegrityError(
            f"{root} names the file {name!r}, which lies outside it; do not use it"
        )


def check_name(kind: str, name: str) -> str:
    """A name or version that is safe in a path and a table; returns it."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{kind} {name!r} cannot be used: take letters, digits, '.', '_' and '-', "
            "beginning with a letter or digit, at most 100"
        )
    return name


def safe_name(text: str) -> str:
    """A file name for any text: itself where it is plain, else a likeness with a hash.

    Two texts never share a name, not even where the file system ignores case (YouTube ids
    differ by case only), and no name is special to any system.
    """
    if _PLAIN.fullmatch(text) and not text.endswith(".") and not _DEVICES.fullmatch(text):
        return text
    likeness = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{likeness or 'x'}-{digest}"


def class_folders(classes: tuple[str, ...]) -> dict[str, str]:
    """The folder of each class: its name with spaces as '_', hashed only where that is unsafe."""
    return {"": "_unlabelled"} | {
        name: name.replace(" ", "_") if _simple(name) else safe_name(name) for name in classes
    }


def _simple(name: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", name)) and not _DEVICES.fullmatch(name)
