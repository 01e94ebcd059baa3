"""How well people know what the owner knows: their answers to the gold items.

The interval is Wilson's (1927), which stays in [0, 1] and is sound for few items.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

from anigifs.annotate.agreement.answers import ACCEPT, ASKED, SAID, Item, code_of
from anigifs.annotate.agreement.statistics import MISSING
from anigifs.catalog.annotation import QUESTIONS, Answer, Gold, Vote

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `asked`, and the Wilson interval of the share; None where nothing was asked."""

    right: int
    asked: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class GoldScore:
    """One person's answers to one of `ASKED` on gold items.

    confusion: how often (the owner said, the person said). An unsure person is not right.
    """

    person: str
    asked: str
    share: Share
    confusion: Mapping[tuple[str, str], int]


def gold_scores(votes: Iterable[Vote], golds: Iterable[Gold]) -> list[GoldScore]:
    """A score for each person who voted on a gold item and each question the owner answered.

    A question that a person was not asked, because an earlier answer settled it, counts for
    nothing there; the overall accept counts it.
    """
    truth = {(gold.sha256, gold.label): owner_says(gold) for gold in golds}
    pairs: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for vote in votes:
        for asked, said in truth.get((vote.sha256, vote.label), {}).items():
            code = code_of(vote, asked)
            if code != MISSING:
                pairs[vote.person, asked][said, SAID[code].value] += 1
    order = sorted(pairs, key=lambda key: (key[0], ASKED.index(key[1])))
    return [_score(person, asked, pairs[person, asked]) for person, asked in order]


def gold_items(golds: Iterable[Gold]) -> set[Item]:
    """The items with the owner's answer."""
    return {(gold.sha256, gold.label) for gold in golds}


def owner_says(gold: Gold) -> dict[str, str]:
    """The owner's answers to the questions, and the accept that follows; yes and no only."""
    told = {name: gold.answers.get(name, "") for name in QUESTIONS}
    answers = {name: said for name, said in told.items() if said in (Answer.YES, Answer.NO)}
    if Answer.NO in answers.values():
        answers[ACCEPT] = Answer.NO.value
    elif len(answers) == len(QUESTIONS):
        answers[ACCEPT] = Answer.YES.value
    return answers


def wilson(right: int, asked: int, level: float = LEVEL) -> Share:
    """The share right/asked with its Wilson score interval at this level."""
    if not asked:
        return Share(right, asked)
    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2
    share = right / asked
    middle = (share + z2 / (2 * asked)) / (1 + z2 / asked)
    inner = share * (1 - share) / asked + z2 / (4 * asked**2)
    half = (z2 * inner) ** 0.5 / (1 + z2 / asked)
    return Share(right, asked, share, max(0.0, middle - half), min(1.0, middle + half))


def _score(person: str, asked: str, confusion: Counter[tuple[str, str]]) -> GoldScore:
    right = sum(n for (owner, said), n in confusion.items() if owner == said)
    return GoldScore(
        person, asked, wilson(right, confusion.total()), dict(sorted(confusion.items()))
    )
