"""What a release is made of, as plain records: its clips, its splits, and what it left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from anigifs.catalog.funnel import Funnel
from anigifs.core.records import Box, Domain


class Media(StrEnum):
    """What a release holds of a clip; licence and provider decide, see `release.rights`."""

    SHIPPED = "shipped"  # the bytes
    URL = "url"  # where they lie, and their sha256
    ID = "id"  # the provider's id, and the sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRow:
    """One clip of a release. Texts of strangers are kept as they were given: escape them.

    id: "g" and the first 16 digits of the sha256; the same in every version.
    path: where the bytes lie in the release, or would lie: `media/<class>/<id>.gif`.
    splits: scheme to split, for the schemes that hold the clip.
    group: clips that share a source; no split cuts through one.
    provider, item: who has it, and under which id. url, page_url: "" where they may not be told.
    licence: as SPDX; licence_text, licence_url: as the provider words it.
    width, height, frames, duration_ms, colours, moving: what screening saw, None if it did not;
        colours cover 95 % of a frame, moving is the share of pixels that change visibly.
    year: in which it was first fetched (UTC), None if it came from a disk.
    """

    id: str
    sha256: str
    path: str
    media: Media
    label: str
    splits: Mapping[str, str]
    group: str
    bytes: int
    provider: str
    item: str
    url: str = ""
    page_url: str = ""
    title: str = ""
    creator: str = ""
    credit: str = ""
    licence: str = "NOASSERTION"
    licence_text: str = ""
    licence_url: str = ""
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    duration_ms: float | None = None
    colours: float | None = None
    moving: float | None = None
    year: int | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way to split a release.

    name: dg-full, da-40, … seed: of the draw; None where nothing is drawn.
    classes: those it is about, in the order of the release. splits: clips in each split.
    about: how it was made, in one sentence. options: what was asked for.
    """

    name: str
    classes: tuple[str, ...]
    splits: Mapping[str, int]
    about: str
    seed: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An accepted animation that is not in the release, and why."""

    sha256: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A release as it is about to be written.

    classes: those with clips, in the order of a model's head; empty: classes that were asked for
        and have none, with the stage that emptied them ("nothing found", …).
    rows: by id. schemes: the first one is the release's main split.
    licences: SPDX licence to the number of clips by `Media`.
    funnel: of the workspace, when the release was made.
    simulated: made by a program, in whole or in part; everything that shows numbers says so.
    """

    name: str
    version: str
    domain: Domain
    simulated: bool
    classes: tuple[str, ...]
    rows: tuple[ClipRow, ...]
    schemes: tuple[Scheme, ...]
    licences: Mapping[str, Mapping[str, int]]
    funnel: Funnel
    empty: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
