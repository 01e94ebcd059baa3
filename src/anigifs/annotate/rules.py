"""Rules by which votes become a verdict. Each looks at the votes of one item and nothing else.

People judge the class, not the kind of drawing: a verdict rests on the three questions alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anigifs.catalog.annotation import Answer, Vote
from anigifs.catalog.proposals import OTHER_CLASS
from anigifs.catalog.records import Said

NOT_ANIMATION, NO_CHARACTER, NOT_CLASS = "not-animation", "no-character", "not-class"
REASONS = (NOT_ANIMATION, NO_CHARACTER, OTHER_CLASS, NOT_CLASS)
"""Why people reject, in the order of the questions."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What votes agree on. other: the class that it shows instead, "" for none."""

    said: Said
    reason: str = ""
    other: str = ""


Decide = Callable[[Sequence[Vote]], Outcome | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """`decide`: the outcome, None for no consensus. asks_more: then one more person is asked."""

    decide: Decide
    asks_more: bool = False


def majority(votes: Sequence[Vote]) -> Outcome | None:
    """More than half of all who voted accept, or reject. The unsure count as neither."""
    half = len(votes) / 2
    if sum(vote.accepts is True for vote in votes) > half:
        return Outcome(Said.PASS)
    rejecting = [vote for vote in votes if vote.accepts is False]
    return _rejection(votes) if len(rejecting) > half else None


def unanimous(votes: Sequence[Vote]) -> Outcome | None:
    """All accept, or all reject (for whatever reason)."""
    opinions = {vote.accepts for vote in votes}
    if opinions == {True}:
        return Outcome(Said.PASS)
    return _rejection(votes) if opinions == {False} else None


def adjudicated(votes: Sequence[Vote]) -> Outcome | None:
    """Never: an adjudicator looks at every item and sees the votes."""
    return None


MAJORITY = Rule(majority, asks_more=True)
UNANIMOUS = Rule(unanimous)
ADJUDICATED = Rule(adjudicated)


def reason_of(vote: Vote) -> str:
    """Why a vote rejects: its first question answered no; "" if it does not."""
    if vote.accepts is not False:
        return ""
    if vote.animation == Answer.NO:
        return NOT_ANIMATION
    if vote.character == Answer.NO:
        return NO_CHARACTER
    return OTHER_CLASS if vote.other else NOT_CLASS


def _rejection(votes: Sequence[Vote]) -> Outcome:
    """The most frequent reason, the earlier question first among equals.

    Another class counts only where more than half of all who voted named the same one.
    """
    others = Counter(v.other for v in votes if reason_of(v) == OTHER_CLASS)
    for other, count in others.most_common(1):
        if count > len(votes) / 2:
            return Outcome(Said.FAIL, OTHER_CLASS, other)
    reasons = Counter(reason_of(vote) for vote in votes)
    reasons[NOT_CLASS] += reasons.pop(OTHER_CLASS, 0)
    del reasons[""]
    return Outcome(Said.FAIL, max(REASONS, key=lambda reason: reasons[reason]))
