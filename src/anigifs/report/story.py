"""How a test set came to be, from a query to a release: a chapter of a study's page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: how many items were left after it, and in a few words what was left out."""

    name: str
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A page beside this one; `address` is relative to it."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Story:
    """The chapter.

    title: its heading. lead: one or two sentences. steps: in the order of the work.
    facts: (what, number in words) for a small table. links: pages to open.
    warning: what a reader must not forget, "" for nothing.
    """

    title: str
    lead: str
    steps: tuple[Step, ...]
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    warning: str = ""

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((step.count for step in self.steps), default=0) or 1
