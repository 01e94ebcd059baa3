"""The catalog's tables. Times are seconds since 1970, UTC.

A change here needs a new `VERSION` and a step in `migrations`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSION = 1

metadata = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="")


def _sha(name: str = "sha256") -> Column[str]:
    return Column(name, String(64), ForeignKey("blobs.sha256"), nullable=False)


def _at() -> Column[float]:
    return Column("at_s", Float, nullable=False)


meta = Table(
    "meta", metadata, Column("name", String(64), primary_key=True), _text("value")
)  # schema version, when and by what it was made

queries = Table(
    "queries",
    metadata,
    _id(),
    Column("provider", String(64), nullable=False),
    Column("label", String(300), nullable=False),
    Column("text", String(500), nullable=False),
    _text("template"),
    _text("cursor"),
    Column("pages", Integer, nullable=False, default=0),
    Column("found", Integer, nullable=False, default=0),
    Column("complete", Boolean, nullable=False, default=False),
    _at(),
    UniqueConstraint("provider", "label", "text"),
)

hits = Table(
    "hits",
    metadata,
    _id(),
    Column("query_id", Integer, ForeignKey("queries.id"), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("item", String(300), nullable=False),
    Column("label", String(300), nullable=False),
    _text("url"),
    _text("page_url"),
    _text("title"),
    _text("creator"),
    _text("credit"),
    _text("licence_text"),
    _text("licence_url"),
    Column("spdx", String(100), nullable=False),
    Column("may_store", Boolean, nullable=False),
    Column("may_release_url", Boolean, nullable=False),
    Column("id_only", Boolean, nullable=False),
    Column("sensitive", Boolean),
    Column("width", Integer),
    Column("height", Integer),
    Column("size_bytes", Integer),
    Column("frames", Integer),
    _text("digest"),
    Column("extra", JSON, nullable=False),
    _at(),
    UniqueConstraint("query_id", "item"),
    Index("hits_by_label", "label"),
    Index("hits_by_url", "url"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    _at(),
)

fetches = Table(
    "fetches",
    metadata,
    _id(),
    _text("url"),
    Column("reason", String(64), nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256")),
    Column("status", Integer),
    _text("final_url"),
    _text("content_type"),
    _text("detail"),
    Column("took_s", Float, nullable=False),
    _text("worker"),
    _at(),
    Index("fetches_by_url", "url"),
    Index("fetches_by_sha256", "sha256"),
)  # one row for each attempt

facts = Table(
    "facts",
    metadata,
    _id(),
    _sha(),
    Column("name", String(64), nullable=False),
    Column("said", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("evidence", JSON, nullable=False),
    _text("by"),
    _at(),
    Index("facts_by_blob", "sha256", "name"),
    Index("facts_by_name", "name", "sha256"),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    _id(),
    _sha(),
    Column("kind", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),
    _at(),
    UniqueConstraint("kind", "sha256"),
)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    _sha("member"),
    _sha("other"),
    Column("relation", String(16), nullable=False),
    Column("distance", Float),
    Column("transform", String(64), nullable=False),
    Column("evidence", JSON, nullable=False),
    _text("by"),
    _at(),
    Index("decisions_by_pair", "member", "other"),
    Index("decisions_by_other", "other"),
)

verdicts = Table(
    "verdicts",
    metadata,
    _id(),
    _sha(),
    Column("label", String(300), nullable=False),
    Column("said", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    _text("by"),
    _at(),
    Index("verdicts_by_blob", "sha256", "label"),
)

work = Table(
    "work",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("key", Text, nullable=False),
    Column("lane", String(300), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("not_before_s", Float, nullable=False),
    Column("worker", String(200), nullable=False),
    Column("lease_until_s", Float, nullable=False),
    UniqueConstraint("kind", "key"),
    Index("work_by_turn", "kind", "state", "rank", "id"),
    Index("work_by_lane", "kind", "lane"),
)  # the one queue: who does what, until when
