"""From votes to verdicts: by a named rule, or by an adjudicator where people disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from anigifs.annotate.config import AnnotateConfig, config_of
from anigifs.annotate.queue import refresh
from anigifs.annotate.rules import NOT_CLASS, REASONS, Outcome, Rule, reason_of, unanimous
from anigifs.catalog import Said, Verdict, Workspace
from anigifs.catalog.annotation import BY_PERSON, BY_RULE, QUESTIONS, Answer, Gold, Role, Task, Vote
from anigifs.catalog.proposals import DISAGREEMENT, OTHER_CLASS
from anigifs.catalog.settling import Settlement
from anigifs.catalog.votes import REOPENED
from anigifs.core.errors import InputError
from anigifs.core.registry import Registry

RULES: Registry[Rule] = Registry(
    "consensus rule",
    {
        "unanimous": "anigifs.annotate.rules:UNANIMOUS",
        "majority": "anigifs.annotate.rules:MAJORITY",
        "adjudicated": "anigifs.annotate.rules:ADJUDICATED",
    },
    "anigifs.consensus_rules",
)

BY_GOLD = "gold:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What one run settled. asked_more: items on which one more person is asked."""

    rule: str
    accepted: int
    rejected: int
    disagreements: int
    asked_more: int

    def lines(self) -> list[str]:
        """For a terminal."""
        return [
            f"by {self.rule}: {self.accepted:,} accepted, {self.rejected:,} rejected",
            f"no consensus: {self.disagreements:,} for an adjudicator, "
            f"{self.asked_more:,} for one more person",
        ]

    def as_json(self) -> dict[str, Any]:
        """The numbers by name."""
        return asdict(self)


def resolve(workspace: Workspace, rule: str = "") -> Resolved:
    """Settle every item that has its votes, by a rule; run again it settles only what is new.

    Each verdict keeps its votes in `evidence`. Where there is no consensus, rules that ask for
    more ask one more person, up to `[annotate] more` times; else the item is a disagreement.
    What an adjudicator said, and the owner's golds, stand above votes. A change of rule looks at
    all votes again. What was moved to another class comes into the queue at once.

    Raises:
        UnknownName: there is no such rule.
    """
    config = config_of(workspace)
    name = rule or config.rule
    settler = _Settler(name, RULES[name], config)
    moved = _settle_golds(workspace)
    workspace.settling.settle(name, settler.decide)
    if moved or settler.moved:
        refresh(workspace, config)
    count = settler.count
    return Resolved(
        rule=name, accepted=count["accepted"], rejected=count["rejected"],
        disagreements=count["disagreement"], asked_more=count["more"],
    )  # fmt: skip


def disputed(workspace: Workspace, rule: str = "") -> list[Task]:
    """The items that wait for an adjudicator: `resolve` found no consensus, and nobody ruled.

    rule: whose; "" is any. Their votes: `workspace.votes.of(task.sha256, task.label)`.
    """
    noted = workspace.verdicts.noted(DISAGREEMENT)
    mine = [each for each in noted if not rule or each.by == f"{BY_RULE}{rule}"]
    found = (workspace.tasks.get(each.sha256, each.label) for each in mine)
    return [task for task in found if task is not None]


def adjudicate(
    workspace: Workspace, person: str, sha256: str, label: str, said: Said, reason: str = ""
) -> Verdict:
    """Settle an item by one person's word, above all votes; nobody is asked about it any more.

    Args:
        workspace: the workspace.
        person: the name of an adjudicator or owner.
        sha256, label: the item, on which an adjudicator may also rule without any votes.
        said: PASS or FAIL.
        reason: for FAIL one of `REASONS`, with a remark after a colon if wanted; for
            "other-class:NAME" the class that it shows, where people will be asked about it. Any
            other text is a remark, and the reason is the most frequent one of the votes.

    Raises:
        InputError: the person may not; the queue never held the item; no class is named.
    """
    who = workspace.people.named(person)
    if who.role not in (Role.ADJUDICATOR, Role.OWNER) or who.revoked:
        raise InputError(f"{person!r} may not adjudicate; invite them with --role adjudicator")
    if workspace.tasks.get(sha256, label) is None:
        raise InputError(f"the queue never held {sha256[:12]}… under {label!r}")
    votes = workspace.votes.of(sha256, label)
    code, other, remark = _reason(said, reason, votes)
    evidence = _evidence(votes, other) | ({"remark": remark} if remark else {})
    verdict = Verdict(
        sha256=sha256, label=label, said=said, reason=code, by=f"{BY_PERSON}{person}",
        evidence=evidence,
    )  # fmt: skip
    workspace.settling.rule_on(verdict)
    return verdict


class _Settler:
    """Decides on items one by one, and counts."""

    def __init__(self, name: str, rule: Rule, config: AnnotateConfig) -> None:
        self.by, self._rule, self._config = f"{BY_RULE}{name}", rule, config
        self.count: Counter[str] = Counter()
        self.moved = False

    def decide(self, task: Task, votes: list[Vote], newest: Verdict | None) -> Settlement:
        if newest is not None and newest.said is not Said.NOTE and not _by_rule(newest):
            return Settlement()
        outcome = self._rule.decide(votes)
        may_ask = task.wanted < self._config.k + self._config.more
        if outcome is None and self._rule.asks_more and may_ask:
            self.count["more"] += 1
            return Settlement(self._withdrawn(newest), more=True)
        verdict = self._verdict(task, votes, outcome)
        if newest is not None and _same(verdict, newest):
            return Settlement()
        self.count[_NAMES[verdict.said]] += 1
        self.moved |= OTHER_CLASS in (verdict.reason, newest.reason if newest else "")
        return Settlement(verdict)

    def _verdict(self, task: Task, votes: list[Vote], outcome: Outcome | None) -> Verdict:
        said = outcome.said if outcome else Said.NOTE
        return Verdict(
            sha256=task.sha256, label=task.label, said=said,
            reason=outcome.reason if outcome else DISAGREEMENT, by=self.by,
            evidence=_evidence(votes, outcome.other if outcome else ""),
        )  # fmt: skip

    def _withdrawn(self, newest: Verdict | None) -> Verdict | None:
        if newest is None or newest.said is Said.NOTE:
            return None
        return Verdict(
            sha256=newest.sha256, label=newest.label, said=Said.NOTE, reason=REOPENED, by=self.by
        )


_NAMES = {Said.PASS: "accepted", Said.FAIL: "rejected", Said.NOTE: "disagreement"}


def _by_rule(verdict: Verdict) -> bool:
    return verdict.by.startswith(BY_RULE)


def _same(one: Verdict, other: Verdict) -> bool:
    def told(verdict: Verdict) -> tuple[Any, ...]:
        return verdict.said, verdict.reason, verdict.by, dict(verdict.evidence)

    return told(one) == told(other)


def _evidence(votes: Sequence[Vote], other: str) -> dict[str, Any]:
    """The votes that a verdict rests on: ids, people, answers."""
    listed = [
        {"id": vote.client_id, "person": vote.person, "other": vote.other}
        | {question: str(getattr(vote, question)) for question in QUESTIONS}
        for vote in votes
    ]
    return {"votes": listed} | ({"other": other} if other else {})


def _reason(said: Said, reason: str, votes: Sequence[Vote]) -> tuple[str, str, str]:
    """A ruling's code, other class, and remark."""
    if said is Said.NOTE:
        raise InputError("a ruling is PASS or FAIL")
    code, _, rest = (part.strip() for part in reason.partition(":"))
    if said is Said.PASS or code not in REASONS:
        return ("" if said is Said.PASS else _most_frequent(votes)), "", reason
    if code != OTHER_CLASS:
        return code, "", rest
    if not rest:
        raise InputError(f"name the class that it shows: {OTHER_CLASS}:NAME")
    return code, rest, ""


def _most_frequent(votes: Sequence[Vote]) -> str:
    found = Counter(reason_of(vote) for vote in votes)
    reasons = [reason for reason in REASONS if reason != OTHER_CLASS]
    return max(reasons, key=lambda reason: (found[reason], reason == NOT_CLASS))


def _settle_golds(workspace: Workspace) -> bool:
    """Golds are settled by the owner's answers; one taken back is open again. Whether any was."""
    wanted = {
        (v.sha256, v.label): v for gold in workspace.guidance.golds() if (v := _by_gold(gold))
    }
    now = {(each.sha256, each.label): each for each in workspace.verdicts.said_by(BY_GOLD)}
    if wanted == now:
        return False
    ruled = {(each.sha256, each.label) for each in workspace.verdicts.said_by(BY_PERSON)}
    ended = [
        replace(each, said=Said.NOTE, reason=REOPENED, evidence={})
        for item, each in now.items()
        if item not in wanted
    ]
    new = [v for item, v in wanted.items() if item not in ruled and v != now.get(item)]
    workspace.verdicts.append([*ended, *new])
    return bool(ended or new)


def _by_gold(gold: Gold) -> Verdict | None:
    vote = Vote(
        client_id="", person=gold.by, sha256=gold.sha256, label=gold.label,
        animation=Answer(gold.answers.get("animation", "")),
        character=Answer(gold.answers.get("character", "")),
        exact=Answer(gold.answers.get("exact", "")),
    )  # fmt: skip
    if (outcome := unanimous([vote])) is None:
        return None
    return Verdict(
        sha256=gold.sha256, label=gold.label, said=outcome.said, reason=outcome.reason,
        by=f"{BY_GOLD}{gold.by}", evidence={"gold": dict(gold.answers)},
    )  # fmt: skip
