"""The tables of annotation: who votes, on what, what was said, and what guides them.

An item is a blob under a proposed class. Votes, golds, guides, examples, class changes and
takedowns are appended and never rewritten; `tasks`, `turns` and `leases` only hand out work.

`tasks.seen` names those whom an item is not for, as " 3 7 ": they voted, skipped or hold it now.
Open items of one `seen` stand together in `tasks_by_turn`, and `turns` says how many there are of
each: so the best item for a person is the best of a few first ones, and nobody's own thousands of
votes are walked through again.
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
    Text,
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
    Column("given", Integer, nullable=False, default=0),
    Column("done", Integer, nullable=False, default=0),
    a_time(),
)
"""A new invitation replaces the token, which itself is kept nowhere. given: items handed out so
far; done: votes that count."""

tasks = Table(
    "tasks",
    metadata,
    an_id(),
    of_blob(),
    _label(),
    Column("wanted", Integer, nullable=False),
    Column("extra", Integer, nullable=False, default=0),
    Column("voted", Integer, nullable=False, default=0),
    Column("held", Integer, nullable=False, default=0),
    Column("seen", Text, nullable=False, default=""),
    Column("open", Boolean, nullable=False, default=True),
    Column("closed", Boolean, nullable=False, default=False),
    Column("retired", Boolean, nullable=False, default=False),
    Column("settled", String(64), nullable=False, default=""),
    Column("gold", Boolean, nullable=False, default=False),
    Column("rank", Float, nullable=False),
    a_text("why"),
    UniqueConstraint("sha256", "label"),
    Index("tasks_by_turn", "gold", "open", "seen", "rank", "id"),
    Index("tasks_by_end", "closed", "retired", "gold", "settled"),
    Index("tasks_by_label", "label"),
)
"""wanted: so many votes (golds: 0, everybody's), `extra` of them because a rule asked for more.
open: handed out now. closed: it has its votes, or is retired: waits for people no more.
settled: the rule that looked at its votes."""

turns = Table(
    "turns",
    metadata,
    Column("seen", Text, primary_key=True),
    Column("open", Integer, nullable=False),
)  # how many open tasks, golds left out, there are of each `seen`

leases = Table(
    "leases",
    metadata,
    Column("task_id", Integer, ForeignKey("tasks.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("until_s", Float, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("turn", Integer, nullable=False),
    Index("leases_by_person", "person_id", "live"),
    Index("leases_by_end", "live", "until_s"),
)  # one that ran out stays, for its holder may still vote; turn: the how manieth of this person

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

TABLES = (people, tasks, turns, leases, votes, golds, guides, examples, class_changes, takedowns)
"""In the order in which they can be made."""
