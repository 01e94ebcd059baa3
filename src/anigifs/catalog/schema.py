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

VERSION = 2

metadata = MetaData()


def an_id() -> Column[int]:
    """The number of a row, in the order of writing."""
    return Column("id", Integer, primary_key=True)


def a_text(name: str) -> Column[str]:
    """A text of any length, "" where there is none."""
    return Column(name, Text, nullable=False, default="")


def of_blob(name: str = "sha256") -> Column[str]:
    """A reference to a blob."""
    return Column(name, String(64), ForeignKey("blobs.sha256"), nullable=False)


def a_time() -> Column[float]:
    """When the row was written."""
    return Column("at_s", Float, nullable=False)


meta = Table(
    "meta", metadata, Column("name", String(64), primary_key=True), a_text("value")
)  # schema version, when and by what it was made

queries = Table(
    "queries",
    metadata,
    an_id(),
    Column("provider", String(64), nullable=False),
    Column("label", String(300), nullable=False),
    Column("text", String(500), nullable=False),
    a_text("template"),
    a_text("cursor"),
    Column("pages", Integer, nullable=False, default=0),
    Column("found", Integer, nullable=False, default=0),
    Column("complete", Boolean, nullable=False, default=False),
    a_time(),
    UniqueConstraint("provider", "label", "text"),
)

hits = Table(
    "hits",
    metadata,
    an_id(),
    Column("query_id", Integer, ForeignKey("queries.id"), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("item", String(300), nullable=False),
    Column("label", String(300), nullable=False),
    a_text("url"),
    a_text("page_url"),
    a_text("title"),
    a_text("creator"),
    a_text("credit"),
    a_text("licence_text"),
    a_text("licence_url"),
    Column("spdx", String(100), nullable=False),
    Column("may_store", Boolean, nullable=False),
    Column("may_release_url", Boolean, nullable=False),
    Column("id_only", Boolean, nullable=False),
    Column("sensitive", Boolean),
    Column("width", Integer),
    Column("height", Integer),
    Column("size_bytes", Integer),
    Column("frames", Integer),
    a_text("digest"),
    Column("extra", JSON, nullable=False),
    a_time(),
    UniqueConstraint("query_id", "item"),
    Index("hits_by_label", "label"),
    Index("hits_by_url", "url"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    a_time(),
)

fetches = Table(
    "fetches",
    metadata,
    an_id(),
    a_text("url"),
    Column("reason", String(64), nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256")),
    Column("status", Integer),
    a_text("final_url"),
    a_text("content_type"),
    a_text("detail"),
    Column("took_s", Float, nullable=False),
    a_text("worker"),
    a_time(),
    Index("fetches_by_url", "url"),
    Index("fetches_by_sha256", "sha256"),
)  # one row for each attempt

facts = Table(
    "facts",
    metadata,
    an_id(),
    of_blob(),
    Column("name", String(64), nullable=False),
    Column("said", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("evidence", JSON, nullable=False),
    a_text("by"),
    a_time(),
    Index("facts_by_blob", "sha256", "name"),
    Index("facts_by_name", "name", "sha256"),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    an_id(),
    of_blob(),
    Column("kind", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),
    a_time(),
    UniqueConstraint("kind", "sha256"),
)

decisions = Table(
    "decisions",
    metadata,
    an_id(),
    of_blob("member"),
    of_blob("other"),
    Column("relation", String(16), nullable=False),
    Column("distance", Float),
    Column("transform", String(64), nullable=False),
    Column("evidence", JSON, nullable=False),
    a_text("by"),
    a_time(),
    Index("decisions_by_pair", "member", "other"),
    Index("decisions_by_other", "other"),
)

verdicts = Table(
    "verdicts",
    metadata,
    an_id(),
    of_blob(),
    Column("label", String(300), nullable=False),
    Column("said", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    a_text("by"),
    a_time(),
    Column("evidence", JSON),
    Index("verdicts_by_blob", "sha256", "label"),
)

work = Table(
    "work",
    metadata,
    an_id(),
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
