"""Simulated annotators vote on the candidates, and a rule settles what they agree on."""

from __future__ import annotations

from dataclasses import dataclass

from anigifs.annotate.agreement.report import Report, report
from anigifs.annotate.config import AnnotateConfig
from anigifs.annotate.consensus import resolve
from anigifs.annotate.queue import refresh
from anigifs.annotate.simulate import AnnotatorConfig, Truth, annotators, vote_all
from anigifs.catalog import Said, Workspace
from anigifs.collect.fakeweb.world import Item, Sort, World
from anigifs.study.story.gather import Gathered

PEOPLE = 4
"""As many as filtered the paper's GIFs."""
VOTES = 3
"""On each item: an odd number, so that a majority is there where nobody is unsure. Our choice."""
RULE = "majority"
ROUNDS = 2
"""The second is for items that were found to show another class than they were found for."""


@dataclass(frozen=True, slots=True)
class Voted:
    """What came of the voting, and how right it was: known because all of it is simulated.

    right: accepted items that are animations of the class they are accepted for.
    """

    agreement: Report
    votes: int
    accepted: int
    rejected: int
    right: int


def vote(gathered: Gathered, seed: int) -> Voted:
    """Let simulated people vote until nothing is left that a majority can settle."""
    truth = {sha: truth_of(item, gathered.world) for sha, item in gathered.items.items()}
    crowd = annotators([AnnotatorConfig()] * PEOPLE, seed)
    with Workspace.open(gathered.root) as workspace:
        for _ in range(ROUNDS):
            refresh(workspace, AnnotateConfig(k=VOTES))
            vote_all(workspace, crowd, truth)
            resolve(workspace, RULE)
        verdicts = workspace.verdicts.current()
        taken = [one for one in verdicts if one.said is Said.PASS]
        return Voted(
            agreement=report(workspace),
            votes=len(workspace.votes.current()),
            accepted=len(taken),
            rejected=len(verdicts) - len(taken),
            right=sum(shows(truth[one.sha256], one.label) for one in taken),
        )


def truth_of(item: Item, world: World) -> Truth:
    """What an item of the fake web really is."""
    label = world.other(item.label) if item.sort is Sort.WRONG else item.label
    drawn = item.sort is not Sort.FOOTAGE
    return Truth(label, animation=drawn, character=drawn)


def shows(truth: Truth, label: str) -> bool:
    """Whether it is right to accept an item for a class."""
    return truth.animation and truth.character and truth.label == label
