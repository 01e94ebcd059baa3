"""Simulated annotators: programs that stand in for people, with stated error rates.

For demonstrations and benchmarks only. Everybody of them is named `simulated-1`, … and every
report that counts their votes says so. What one says of an item depends on the seed, the name
and the item alone, so the order in which items come, and who else votes, is no matter.
Their errors are independent of each other, which people's are not: what is hard is hard for all.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from anigifs.catalog.annotation import QUESTIONS, SIMULATED, Act, Answer, Flag, Role, Vote
from anigifs.catalog.workspace import Workspace
from anigifs.core.config import Config
from anigifs.core.errors import AnigifsError, InputError
from anigifs.core.seeds import stream

BATCH = 50
"""Items that one takes at a time from a workspace; each batch is one durable transaction."""
MOST_REPEATS = 3
_NOTHING = dict.fromkeys(QUESTIONS, Answer.NONE)
_HOME = uuid.UUID("7e0b7f52-3d1c-5c1e-9a54-0f2f5b1f6a77")


@dataclass(frozen=True, slots=True)
class Truth:
    """What an item really is. label: the class that it shows, None for none of the list."""

    label: str | None
    animation: bool = True
    character: bool = True
    sensitive: bool = False


class Rates(Config):
    """A rate in [0, 1] for each of the three questions."""

    animation: float = Field(0.0, ge=0, le=1)
    """Is it an animation?"""
    character: float = Field(0.0, ge=0, le=1)
    """Does an animated character perform?"""
    exact: float = Field(0.0, ge=0, le=1)
    """Does it show exactly this class?"""


class AnnotatorConfig(Config):
    """How well one simulated annotator does. The defaults are guesses, measured on nobody."""

    false_accept: Rates = Rates(animation=0.02, character=0.05, exact=0.10)
    """How often they say yes where no is true."""
    false_reject: Rates = Rates(animation=0.01, character=0.03, exact=0.08)
    """How often they say no where yes is true."""
    unsure: Rates = Rates(animation=0.0, character=0.02, exact=0.04)
    """How often they are unsure, whatever is true."""
    names_other: float = Field(0.7, ge=0, le=1)
    """How often they name the true class where they rightly reject the proposed one."""
    notices_sensitive: float = Field(0.9, ge=0, le=1)
    """How often they flag what is sensitive."""
    skips: float = Field(0.0, ge=0, le=1)
    """How often they pass an item on."""
    median_s: float = Field(4.0, gt=0)
    """Median time that they claim for an item; nothing waits for it."""
    spread: float = Field(0.5, ge=0)
    """Standard deviation of the logarithm of that time."""


@dataclass(frozen=True, slots=True)
class Annotator:
    """One simulated annotator."""

    name: str
    config: AnnotatorConfig
    seed: int = 0

    def vote(self, sha256: str, label: str, truth: Truth, repeat: int = 0) -> Vote:
        """What they say of an item. repeat: 1 for the second vote on it; says the same again."""
        rng = stream(self.seed, self.name, sha256, label)
        skips, took_ms = rng.random() < self.config.skips, self._took_ms(rng)
        said = _NOTHING if skips else self._answers(label, truth, rng)
        return Vote(
            client_id=str(uuid.uuid5(_HOME, f"{self.seed}/{self.name}/{sha256}/{label}/{repeat}")),
            person=self.name,
            sha256=sha256,
            label=label,
            act=Act.SKIP if skips else Act.VOTE,
            animation=said["animation"],
            character=said["character"],
            exact=said["exact"],
            other=self._other(label, truth, said, rng),
            flag=self._flag(truth, rng),
            took_ms=took_ms,
        )

    def _answers(self, label: str, truth: Truth, rng: np.random.Generator) -> dict[str, Answer]:
        """A no settles the questions after it; the draws are made all the same."""
        found: dict[str, Answer] = {}
        for name, is_true in zip(QUESTIONS, _facts(label, truth), strict=True):
            said = self._answer(name, is_true, rng.random(2))
            found[name] = Answer.NONE if Answer.NO in found.values() else said
        return found

    def _answer(self, name: str, is_true: bool, drawn: np.ndarray[Any, Any]) -> Answer:
        if drawn[0] < getattr(self.config.unsure, name):
            return Answer.UNSURE
        rates = self.config.false_reject if is_true else self.config.false_accept
        wrong = drawn[1] < getattr(rates, name)
        return Answer.YES if is_true != wrong else Answer.NO

    def _other(
        self, label: str, truth: Truth, answers: Mapping[str, Answer], rng: np.random.Generator
    ) -> str:
        named = rng.random() < self.config.names_other
        known = truth.label is not None and truth.label != label
        return str(truth.label) if named and known and answers["exact"] == Answer.NO else ""

    def _flag(self, truth: Truth, rng: np.random.Generator) -> Flag:
        noticed = rng.random() < self.config.notices_sensitive
        return Flag.SENSITIVE if truth.sensitive and noticed else Flag.NONE

    def _took_ms(self, rng: np.random.Generator) -> int:
        return max(1, round(1000 * self.config.median_s * rng.lognormal(0, self.config.spread)))


def annotators(configs: Sequence[AnnotatorConfig], seed: int = 0) -> list[Annotator]:
    """One annotator for each config: `simulated-1`, `simulated-2`, …"""
    return [
        Annotator(f"{SIMULATED}{number}", config, seed)
        for number, config in enumerate(configs, start=1)
    ]


class Turns:
    """One annotator's votes; an item that comes again (an undo, say) is voted on again."""

    def __init__(self, annotator: Annotator, truth: Mapping[str, Truth]) -> None:
        self._annotator, self._truth = annotator, truth
        self._seen: Counter[tuple[str, str]] = Counter()

    def vote(self, sha256: str, label: str) -> Vote:
        """The vote on an item. Raises `InputError` where its truth was not told."""
        if sha256 not in self._truth:
            raise InputError(
                f"simulated annotators were not told what {sha256} is; "
                "give the truth of every item in the queue"
            )
        repeat = self._seen[sha256, label]
        if repeat >= MOST_REPEATS:
            raise AnigifsError(f"{sha256} ({label}) is handed out again and again")
        self._seen[sha256, label] += 1
        return self._annotator.vote(sha256, label, self._truth[sha256], repeat)


def vote_all(
    workspace: Workspace,
    crowd: Sequence[Annotator],
    truth: Mapping[str, Truth],
    gold_share: float = 0.0,
) -> dict[str, int]:
    """Let everybody vote, in turns, until the queue has nothing for any of them.

    They are invited as annotators. A second run goes on where the first was stopped.

    Args:
        workspace: its queue was filled.
        crowd: who votes.
        truth: of each blob in the queue.
        gold_share: share of golds among the items.

    Returns: votes and skips stored by each, by name.

    Raises:
        InputError: an item has no truth.
    """
    ids = {one.name: workspace.people.invite(one.name, Role.ANNOTATOR)[0].id for one in crowd}
    stored: Counter[str] = Counter({one.name: 0 for one in crowd})
    turns = {one.name: Turns(one, truth) for one in crowd}
    while True:
        before = stored.total()
        for name, person_id in ids.items():
            taken = workspace.tasks.take(person_id, BATCH, gold_share=gold_share)
            new = [turns[name].vote(task.sha256, task.label) for task in taken]
            stored[name] += len(workspace.votes.record(person_id, new)) if new else 0
        if stored.total() == before:
            return dict(stored)


def _facts(label: str, truth: Truth) -> tuple[bool, bool, bool]:
    """What is true of the three questions, each taken alone."""
    return truth.animation, truth.character, truth.label == label
