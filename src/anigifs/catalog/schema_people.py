"""The tables of annotation: who votes, on what, what was said, and what guides them.

An item is a blob under a proposed class. Votes, golds, guides, examples, class changes and
takedowns are appended and never rewritten; `tasks` and `leases` only hand out work and can be
made again from the rest.
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
    String,
    Table,
    UniqueConstraint,
)

from anigifs.catalog.schema import a_text, a_time, an_id, metadata, of_blob


def _label() -> Column[str]:
    return Column("label", String(300), nullable=False)


def _person() -> Column[int]:
    return Column("person_id", Integer, ForeignKey("people.id"), nullable=False)


people = Table(
    "people",
    metadata,
    an_id(),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("revoked_at_s", Float),
    a_time(),
)  # a new invitation replaces the token; the token itself is kept nowhere

tasks = Table(
    "tasks",
    metadata,
    an_id(),
    of_blob(),
    _label(),
    Column("wanted", Integer, nullable=False),
    Column("voted", Integer, nullable=False, default=0),
    Column("closed", Boolean, nullable=False, default=False),
    Column("gold", Boolean, nullable=False, default=False),
    Column("rank", Float, nullable=False),
    a_text("why"),
    UniqueConstraint("sha256", "label"),
    Index("tasks_by_turn", "closed", "rank", "id"),
)

leases = Table(
    "leases",
    metadata,
    Column("task_id", Integer, ForeignKey("tasks.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("until_s", Float, nullable=False),
    Index("leases_by_person", "person_id"),
)

votes = Table(
    "votes",
    metadata,
    an_id(),
    Column("client_id", String(64), nullable=False, unique=True),
    _person(),
    of_blob(),
    _label(),
    Column("act", String(16), nullable=False),
    Column("animation", String(8), nullable=False),
    Column("character", String(8), nullable=False),
    Column("exact", String(8), nullable=False),
    Column("other", String(300), nullable=False),
    Column("flag", String(16), nullable=False),
    a_text("note"),
    Column("boxes", JSON, nullable=False),
    Column("took_ms", Integer, nullable=False),
    a_time(),
    Index("votes_by_item", "sha256", "label", "person_id"),
    Index("votes_by_person", "person_id"),
)  # client_id is made in the browser, so that a vote sent twice is one

golds = Table(
    "golds",
    metadata,
    an_id(),
    of_blob(),
    _label(),
    Column("answers", JSON, nullable=False),
    a_text("note"),
    a_text("by"),
    a_time(),
    Index("golds_by_item", "sha256", "label"),
)

guides = Table(
    "guides", metadata, an_id(), _label(), a_text("definition"), a_text("by"), a_time(),
    Index("guides_by_label", "label"),
)  # fmt: skip

examples = Table(
    "examples",
    metadata,
    an_id(),
    _label(),
    of_blob(),
    Column("said", String(16), nullable=False),
    a_text("note"),
    a_text("by"),
    a_time(),
    Index("examples_by_label", "label", "sha256"),
)  # said: accepted, rejected, or removed

class_changes = Table(
    "class_changes", metadata, an_id(), a_text("old"), a_text("new"), a_text("by"), a_time()
)  # new is "" where the class is dropped

takedowns = Table(
    "takedowns", metadata, an_id(), of_blob(), a_text("asked"), a_text("reason"), a_text("by"),
    a_time(), Index("takedowns_by_blob", "sha256"),
)  # fmt: skip

TABLES = (people, tasks, leases, votes, golds, guides, examples, class_changes, takedowns)
"""In the order in which they can be made."""
