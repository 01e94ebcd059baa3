"""What the catalog holds, as plain records. Every text from outside is kept as it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

OK = "ok"
"""The reason code of a fetch that succeeded."""


class Kind(StrEnum):
    """The kinds of queued work; what its key is stands beside it."""

    QUERY = "query"  # the query's id
    FETCH = "fetch"  # the URL
    SCREEN = "screen"  # the blob's sha256
    DEDUP = "dedup"  # the blob's sha256


class Then(StrEnum):
    """What becomes of queued work after an attempt."""

    DONE = "done"
    FAILED = "failed"
    WAITING = "waiting"


class Said(StrEnum):
    """What a check or a person says of a blob."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOTE = "note"


class Relation(StrEnum):
    """What is decided about a pair of blobs."""

    DUPLICATE = "duplicate"  # the member is dropped for the other
    RELATED = "related"  # alike (reversed, re-timed, …) but both stay
    CONFLICT = "conflict"  # for people to settle
    DISTINCT = "distinct"  # looked alike and is not


@dataclass(frozen=True, slots=True)
class NewQuery:
    """A query to ask. `label` is the class it is made for, "" for none."""

    provider: str
    label: str
    text: str
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query and how far its paging got.

    cursor: the provider's own state of paging: "" at the first page.
    complete: no page is left. found: hits so far, new ones only.
    """

    id: int
    provider: str
    label: str
    text: str
    template: str
    cursor: str
    pages: int
    found: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One item that a query found.

    id: the provider's own. label: the class it was found for (or that the list declared).
    url: where the bytes lie. licence_text, licence_url, credit: as given, untrusted markup and
        all; spdx: our reading of them.
    may_store: bytes may be kept in the workspace: only then its URL is queued for fetching.
    may_release_url, id_only: what a release may name.
    sensitive: the provider's flag, None if it has none. digest: as declared, "sha1:…", or "".
    extra: whatever else the provider said, as JSON.
    """

    provider: str
    id: str
    label: str
    url: str
    page_url: str = ""
    title: str = ""
    creator: str = ""
    credit: str = ""
    licence_text: str = ""
    licence_url: str = ""
    spdx: str = "NOASSERTION"
    may_store: bool = False
    may_release_url: bool = False
    id_only: bool = False
    sensitive: bool | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None
    frames: int | None = None
    digest: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One attempt to fetch a URL, and what becomes of the queued work.

    reason: `OK` or the code of the failure. sha256, size_bytes: of the stored blob, on success.
    then: DONE with a blob, FAILED for good, WAITING to be tried again at `not_before_s`.
    """

    url: str
    reason: str
    then: Then
    sha256: str | None = None
    size_bytes: int | None = None
    status: int | None = None
    final_url: str = ""
    content_type: str = ""
    detail: str = ""
    took_s: float = 0.0
    not_before_s: float = 0.0
    worker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of leased work. attempts: how often it was leased before, 0 the first time."""

    kind: Kind
    key: str
    lane: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a check says of a blob.

    check: the check's name. reason: a stable code, "" where there is nothing to say.
    evidence: the numbers behind it and the threshold, as JSON. by: the program or person.
    """

    sha256: str
    check: str
    said: Said
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A blob's fingerprint; `kind` names the recipe and its version ("pdq-1")."""

    sha256: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is decided about a pair: `member` is the one that is dropped, if any is.

    distance: in the unit of the fingerprint; transform: "resized", "reversed", …
    """

    member: str
    other: str
    relation: Relation
    distance: float | None = None
    transform: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What people settled about a blob under a class: PASS is accepted, FAIL rejected.

    NOTE: not settled, for the reason: a disagreement, or reopened after it had been settled.
    by: the rule or the adjudicator. evidence: the votes that it rests on, as JSON.
    """

    sha256: str
    label: str
    said: Said
    reason: str = ""
    by: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
