"""The report on agreement of a workspace: everything computed from its newest votes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from pydantic import Field

from anigifs.annotate.agreement import text
from anigifs.annotate.agreement.answers import (
    ACCEPT,
    ASKED,
    SAID,
    Answers,
    tabulate,
)
from anigifs.annotate.agreement.gold import GoldScore, gold_items, gold_scores
from anigifs.annotate.agreement.records import ClassRow, Measures, PairKappa, PersonRow
from anigifs.annotate.agreement.statistics import (
    MISSING,
    Bootstrap,
    Codes,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    mean_cohen_kappa,
    percent_agreement,
)
from anigifs.catalog.annotation import Gold, Vote, is_simulated
from anigifs.catalog.workspace import Workspace
from anigifs.core.config import Config


class AgreementConfig(Config):
    """What is counted as agreement, and how intervals are made."""

    replicates: int = Field(1_000, ge=100, le=100_000)
    """Resamples of the items for each interval."""
    seed: int = Field(0, ge=0)
    """Names the random stream of the resamples."""
    least_items: int = Field(10, ge=2)
    """Items with two votes, below which no number is given. Our choice."""
    unsure: Literal["answer", "missing"] = "answer"
    """Whether "unsure" is an answer like yes and no, or no vote."""
    golds: bool = False
    """Whether gold items count. They were picked to be clear, and so raise agreement."""
    classes: bool = True
    """Whether each class is reported beside the whole."""

    @property
    def bootstrap(self) -> Bootstrap:
        """The same, as the statistics want it."""
        return Bootstrap(self.replicates, seed=self.seed, least=self.least_items)


@dataclass(frozen=True, slots=True)
class Report:
    """Agreement, gold accuracy and pace.

    items, votes: that agreement rests on. shared: items with two votes or more. golds_left_out:
    items that are not among them. simulated: the people among `people` who are programs.
    """

    config: AgreementConfig
    items: int
    votes: int
    shared: int
    golds_left_out: int
    questions: Mapping[str, Measures]
    pairs: tuple[PairKappa, ...]
    classes: tuple[ClassRow, ...]
    people: tuple[PersonRow, ...]

    @property
    def simulated(self) -> tuple[str, ...]:
        """The names of simulated annotators; () where all are people."""
        return tuple(person.name for person in self.people if is_simulated(person.name))

    def lines(self) -> list[str]:
        """The report as text, for a terminal at least 100 characters wide."""
        return [
            *text.head(self.items, self.shared, self.votes, len(self.people)),
            *text.notes(self.simulated, self.golds_left_out, self.config.unsure == "missing"),
            *text.questions(self.questions),
            *text.pairs([pair for pair in self.pairs if pair.question == ACCEPT]),
            *text.people(self.people),
            *text.classes(self.classes, ACCEPT),
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything, of JSON's types only; numbers that are not defined are null."""
        parts = {
            name: getattr(self, name) for name in ("items", "votes", "shared", "golds_left_out")
        }
        return {
            "simulated": list(self.simulated),
            "config": self.config.model_dump(mode="json"),
            **parts,
            "questions": {name: asdict(found) for name, found in self.questions.items()},
            "pairs": [asdict(pair) for pair in self.pairs],
            "classes": [asdict(row) for row in self.classes],
            "people": [_person_json(person) for person in self.people],
        }


def report(workspace: Workspace, config: AgreementConfig | None = None) -> Report:
    """The report on a workspace, from the newest vote of each person on each item."""
    return report_on(workspace.votes.current(), workspace.guidance.golds(), config)


def report_on(
    votes: Sequence[Vote], golds: Sequence[Gold] = (), config: AgreementConfig | None = None
) -> Report:
    """The report on these votes, at most one a person and item."""
    config = config or AgreementConfig()
    golden = gold_items(golds)
    found = tabulate(votes, () if config.golds else golden)
    cast, shared = _sizes(found)
    counted = found.without_unsure() if config.unsure == "missing" else found
    voted_golds = golden & {(vote.sha256, vote.label) for vote in votes}
    return Report(
        config=config,
        items=len(found.items),
        votes=cast,
        shared=shared,
        golds_left_out=0 if config.golds else len(voted_golds),
        questions={asked: _measures(counted.codes[asked], config.bootstrap) for asked in ASKED},
        pairs=tuple(_pairs(counted, config.bootstrap)),
        classes=tuple(_classes(counted, config.bootstrap)) if config.classes else (),
        people=tuple(_people(votes, gold_scores(votes, golds))),
    )


def _sizes(found: Answers) -> tuple[int, int]:
    """Votes, and items with two or more."""
    cast = (found.codes[ACCEPT] != MISSING).sum(axis=1)
    return int(cast.sum()), int((cast >= 2).sum())


def _measures(codes: Codes, how: Bootstrap) -> Measures:
    return Measures(
        {said.value: int((codes == code).sum()) for code, said in enumerate(SAID)},
        percent_agreement(codes, how),
        krippendorff_alpha(codes, how),
        fleiss_kappa(codes, how),
        mean_cohen_kappa(codes, how),
    )


def _pairs(found: Answers, how: Bootstrap) -> Iterable[PairKappa]:
    for asked in ASKED:
        for first, second in combinations(range(len(found.people)), 2):
            kappa = cohen_kappa(found.codes[asked][:, [first, second]], how)
            yield PairKappa(asked, found.people[first], found.people[second], kappa)


def _classes(found: Answers, how: Bootstrap) -> Iterable[ClassRow]:
    for label, rows in found.of_classes().items():
        measures = {asked: _measures(found.codes[asked][rows], how) for asked in ASKED}
        yield ClassRow(label, len(rows), measures)


def _people(votes: Sequence[Vote], scores: Sequence[GoldScore]) -> Iterable[PersonRow]:
    mine: dict[str, list[Vote]] = {}
    for vote in votes:
        mine.setdefault(vote.person, []).append(vote)
    for name in sorted(mine):
        unsure = Counter(vote.accepts for vote in mine[name])[None]
        golds = tuple(score for score in scores if score.person == name)
        yield PersonRow(name, len(mine[name]), unsure, *_quartiles_s(mine[name]), golds)


def _quartiles_s(votes: Sequence[Vote]) -> tuple[float | None, float | None, float | None]:
    """Median, lower and upper quartile; a time of 0 is one that was not measured."""
    took_s = [vote.took_ms / 1000 for vote in votes if vote.took_ms > 0]
    if not took_s:
        return None, None, None
    low, median, high = np.quantile(took_s, [0.25, 0.5, 0.75])
    return float(median), float(low), float(high)


def _person_json(person: PersonRow) -> dict[str, Any]:
    found = asdict(person)
    for score, told in zip(person.golds, found["golds"], strict=True):
        told["confusion"] = [
            {"owner": owner, "said": said, "times": times}
            for (owner, said), times in score.confusion.items()
        ]
    return found
