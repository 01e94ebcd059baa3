"""What annotation writes into the catalog, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; each role includes those before it."""

    ANNOTATOR = "annotator"  # votes
    ADJUDICATOR = "adjudicator"  # also settles disagreements, and sees the votes on them
    OWNER = "owner"  # also sees progress, invites, picks examples and golds, exports


class Act(StrEnum):
    """What a row of votes is. The newest row of a person for an item counts."""

    VOTE = "vote"
    SKIP = "skip"  # not for me: the item goes to somebody else
    UNDO = "undo"  # what I said is taken back; the item returns to me


class Answer(StrEnum):
    """The answer to one of the paper's three questions."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    NONE = ""  # not asked, for an earlier answer settled it


class Flag(StrEnum):
    """What a person wants the owner to look at."""

    NONE = ""
    SENSITIVE = "sensitive"
    TAKEDOWN = "takedown"


QUESTIONS = ("animation", "character", "exact")
"""Is it an animation? Does an animated character perform? Does it show exactly this class?"""

BY_RULE, BY_PERSON = "rule:", "adjudicator:"
"""How `Verdict.by` begins: what a rule settled may be withdrawn, what a person settled stays."""


SIMULATED = "simulated-"
"""How the names of programs begin that stand in for people."""


def is_simulated(person: str) -> bool:
    """Whether this is the name of a program that stands in for a person."""
    return person.startswith(SIMULATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who was invited. `name` is a pseudonym, chosen by the owner; revoked: may not enter."""

    id: int
    name: str
    role: Role
    invited_at_s: float
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBox:
    """A box that a person drew on one frame: corners in [0, 1] of the canvas."""

    frame: int
    time_ms: float
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one person said of one item (a blob under a proposed class).

    client_id: made where the person pressed the key; a second row with the same is ignored.
    person: the name. other: the class that it shows instead, "" for none.
    took_ms: from the first frame shown to the key pressed.
    """

    client_id: str
    person: str
    sha256: str
    label: str
    act: Act = Act.VOTE
    animation: Answer = Answer.NONE
    character: Answer = Answer.NONE
    exact: Answer = Answer.NONE
    other: str = ""
    flag: Flag = Flag.NONE
    note: str = ""
    boxes: tuple[KeyBox, ...] = ()
    took_ms: int = 0
    at_s: float = 0.0

    @property
    def accepts(self) -> bool | None:
        """Whether the three answers accept the item; None: the person is unsure."""
        answers = (self.animation, self.character, self.exact)
        if Answer.NO in answers:
            return False
        return True if set(answers) == {Answer.YES} else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An item in the queue of people.

    wanted, voted: how many people shall vote and did; wanted is 0 for golds, which go to all.
    rank: lower is handed out first; why: the reason for the rank, for the owner.
    closed: nobody is asked any more. gold: it calibrates. lease_until_s: for whoever holds it.
    """

    id: int
    sha256: str
    label: str
    wanted: int
    voted: int
    rank: float
    why: str
    closed: bool
    gold: bool
    lease_until_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """An item that waits for people; see `Task`."""

    sha256: str
    label: str
    rank: float = 0.0
    why: str = ""
    gold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """The owner's answers to an item, against which people are measured.

    answers: question to "yes", "no" or "unsure"; empty: it is no gold any more.
    """

    sha256: str
    label: str
    answers: Mapping[str, str]
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An item on the guideline card of a class. said: accepted, rejected, or removed."""

    label: str
    sha256: str
    said: str
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassChange:
    """A class that got another name or was dropped (new is "")."""

    old: str
    new: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """Bytes that were deleted on demand: the tombstone. asked: the id, sha or URL as given."""

    sha256: str
    asked: str
    reason: str
    by: str = ""
    at_s: float = 0.0
