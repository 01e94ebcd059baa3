"""Votes as arrays: one row an item, one column a person, one array a question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anigifs.annotate.agreement.statistics import MISSING
from anigifs.catalog.annotation import QUESTIONS, Answer, Vote

Item = tuple[str, str]
"""A blob under a proposed class: sha256 and label."""

ACCEPT = "accept"
"""The overall answer: yes if all three are yes, no if any is no, else unsure."""
ASKED = (*QUESTIONS, ACCEPT)
SAID = (Answer.YES, Answer.NO, Answer.UNSURE)
"""The categories, in the order of their codes."""

_CODES = {Answer.YES: 0, Answer.NO: 1, Answer.UNSURE: 2, Answer.NONE: MISSING}
_ACCEPT_CODES = {True: 0, False: 1, None: 2}


@dataclass(frozen=True, slots=True)
class Answers:
    """What N items were said to be by P people.

    codes: of each of `ASKED`, int8 (N, P): an index into `SAID`, or MISSING where a person did
    not vote, or was not asked because an earlier answer settled it.
    """

    people: tuple[str, ...]
    items: tuple[Item, ...]
    codes: Mapping[str, NDArray[np.int8]]

    def of_classes(self) -> dict[str, NDArray[np.int64]]:
        """The rows of each proposed class, by name."""
        found: dict[str, list[int]] = {}
        for row, (_, label) in enumerate(self.items):
            found.setdefault(label, []).append(row)
        return {label: np.array(found[label]) for label in sorted(found)}

    def without_unsure(self) -> Answers:
        """The same, where being unsure is no vote."""
        unsure = SAID.index(Answer.UNSURE)
        kept = {
            asked: np.where(found == unsure, MISSING, found).astype(np.int8)
            for asked, found in self.codes.items()
        }
        return Answers(self.people, self.items, kept)


def tabulate(votes: Iterable[Vote], leave_out: Collection[Item] = ()) -> Answers:
    """Arrays of votes, at most one a person and item, without the items to leave out.

    People and items stand in the order of their names, so that the order of votes is no matter.
    """
    kept = [vote for vote in votes if (vote.sha256, vote.label) not in leave_out]
    people = sorted({vote.person for vote in kept})
    items = sorted({(vote.sha256, vote.label) for vote in kept})
    rows = _places([(vote.sha256, vote.label) for vote in kept], items)
    columns = _places([vote.person for vote in kept], people)
    codes = {}
    for asked in ASKED:
        table = np.full((len(items), len(people)), MISSING, np.int8)
        table[rows, columns] = [code_of(vote, asked) for vote in kept]
        codes[asked] = table
    return Answers(tuple(people), tuple(items), codes)


def code_of(vote: Vote, asked: str) -> int:
    """The code of what a vote says to one of `ASKED`."""
    return _ACCEPT_CODES[vote.accepts] if asked == ACCEPT else _CODES[getattr(vote, asked)]


def _places(values: Sequence[object], known: Sequence[object]) -> NDArray[np.int64]:
    at = {value: place for place, value in enumerate(known)}
    return np.array([at[value] for value in values], np.int64)
