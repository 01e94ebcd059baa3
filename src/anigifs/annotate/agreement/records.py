"""The parts of a report on agreement, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anigifs.annotate.agreement.gold import GoldScore
from anigifs.annotate.agreement.statistics import Agreement


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of one question. said: how often yes, no and unsure were.

    cohen: the mean over pairs of people.
    """

    said: Mapping[str, int]
    percent: Agreement
    alpha: Agreement
    fleiss: Agreement
    cohen: Agreement


@dataclass(frozen=True, slots=True)
class PairKappa:
    """Cohen's kappa of two people for one question."""

    question: str
    first: str
    second: str
    kappa: Agreement


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One proposed class: items with a vote, and the measures of each question."""

    label: str
    items: int
    questions: Mapping[str, Measures]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person: votes, how many of them unsure of the whole, and seconds for an item.

    median_s and the quartiles q25_s, q75_s: None without a measured vote. golds: their scores.
    """

    name: str
    votes: int
    unsure: int
    median_s: float | None
    q25_s: float | None
    q75_s: float | None
    golds: tuple[GoldScore, ...]
