"""The queue of people: filled from what waits, and handed out with what the page shows."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anigifs.annotate.config import AnnotateConfig, config_of
from anigifs.annotate.neighbours import classes_of, neighbours
from anigifs.annotate.rank import Known, ranked
from anigifs.catalog import Fact, Hit, Relation, Workspace
from anigifs.catalog.annotation import NewTask, Person, Task, Vote
from anigifs.catalog.proposals import Proposal

__all__ = ["AnnotateConfig", "Item", "config_of", "describe", "next_items", "refresh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A task with what the page shows beside it. Titles and URLs are untrusted text.

    width, height in pixels and frames: as screening counted them, else as declared; 0: unknown.
    licence: our reading, an SPDX name or NOASSERTION; licence_url "" where none was given.
    """

    task: Task
    title: str
    provider: str
    page_url: str
    licence: str
    licence_url: str
    creator: str
    width: int
    height: int
    frames: int
    neighbours: tuple[str, ...]


def refresh(workspace: Workspace, config: AnnotateConfig | None = None) -> int:
    """Fill the queue with what waits for people; return how many items are new or back.

    Waiting is: screened, no duplicate, not settled, of a class that is in use. Items settled by
    a rule stay closed in it, so that another rule can look at their votes. Only what changed
    since the last time is written; voters go on meanwhile.
    """
    chosen = config or config_of(workspace)
    items = workspace.proposals.for_people()
    ranks = ranked(items, _known(workspace, items), chosen.rare)
    rows = {
        item: NewTask(sha256=item[0], label=item[1], rank=rank, why=why)
        for item, (rank, why) in ranks.items()
    }
    rows |= {(gold.sha256, gold.label): gold for gold in _golds(workspace)}
    return workspace.tasks.refresh(rows.values(), chosen.k)


def next_items(workspace: Workspace, person: Person, count: int) -> list[Item]:
    """Up to `count` items leased to a person: the same ones until they were voted on."""
    config = config_of(workspace)
    taken = workspace.tasks.take(person.id, count, config.lease_s, config.gold_share)
    return _described(workspace, taken, config)


def describe(workspace: Workspace, task: Task, config: AnnotateConfig | None = None) -> Item:
    """What the page shows of a task."""
    return _described(workspace, [task], config or config_of(workspace))[0]


def _described(workspace: Workspace, taken: Sequence[Task], config: AnnotateConfig) -> list[Item]:
    """All at once: somebody waits for them, and each question to the catalog costs time."""
    if not taken:
        return []
    shas = [task.sha256 for task in taken]
    hits = workspace.hits.of_each(shas)
    sizes, counts = (workspace.facts.latest(check, shas) for check in ("size", "animated"))
    classes = classes_of(workspace, config.classes)
    return [
        _item(
            task, hits.get(task.sha256, []),
            {**_evidence(counts, task.sha256), **_evidence(sizes, task.sha256)},
            neighbours(task.label, classes),
        ) for task in taken
    ]  # fmt: skip


def _item(
    task: Task, hits: Sequence[Hit], seen: Mapping[str, Any], neighbours: tuple[str, ...]
) -> Item:
    named = [hit for hit in hits if hit.label == task.label] or hits
    hit = named[0] if named else Hit(provider="", id="", label=task.label, url="")
    return Item(
        task=task, title=hit.title, provider=hit.provider, page_url=hit.page_url,
        licence=hit.spdx, licence_url=hit.licence_url, creator=hit.creator,
        width=int(seen.get("width") or hit.width or 0),
        height=int(seen.get("height") or hit.height or 0),
        frames=int(seen.get("frames") or hit.frames or 0),
        neighbours=neighbours,
    )  # fmt: skip


def _evidence(facts: Mapping[str, Fact], sha256: str) -> dict[str, Any]:
    return dict(facts[sha256].evidence) if sha256 in facts else {}


def _golds(workspace: Workspace) -> Iterator[NewTask]:
    """The golds of classes in use, in an order of their own."""
    names = workspace.proposals.renamed()
    for gold in workspace.guidance.golds():
        if gold.label not in names:
            digest = hashlib.sha256(f"{gold.sha256} {gold.label}".encode()).digest()
            place = int.from_bytes(digest[:4]) / 2**32
            yield NewTask(sha256=gold.sha256, label=gold.label, rank=place, why="a gold", gold=True)


def _known(workspace: Workspace, items: Sequence[Proposal]) -> Known:
    shas = sorted({item.sha256 for item in items})
    guesses = workspace.facts.latest("drawn", shas)
    alike, rival = _near(workspace, items)
    return Known(
        drawn={sha: float(fact.evidence.get("score", 0.5)) for sha, fact in guesses.items()},
        split=_split(workspace.votes.current()),
        alike=alike,
        rival=rival,
    )


def _near(
    workspace: Workspace, items: Iterable[Proposal]
) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Of each blob: a class decided for a near-copy, and every class proposed for it or one."""
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        labels[item.sha256].add(item.label)
    decided = {verdict.sha256: verdict.label for verdict in workspace.verdicts.current()}
    alike: dict[str, str] = {}
    rival = {sha: set(names) for sha, names in labels.items()}
    for pair in workspace.decisions.current():
        if pair.relation not in (Relation.RELATED, Relation.CONFLICT):
            continue
        for one, other in ((pair.member, pair.other), (pair.other, pair.member)):
            if other in decided:
                alike[one] = decided[other]
            if pair.relation is Relation.CONFLICT and one in rival:
                rival[one] |= labels.get(other, set())
    return alike, {sha: names for sha, names in rival.items() if len(names) > 1}


def _split(votes: Iterable[Vote]) -> dict[str, float]:
    """Of each class, the share of its items on which people split, drawn towards none.

    A class of which n items have two votes or more counts as if it had four more without a split.
    """
    said: defaultdict[tuple[str, str], list[bool | None]] = defaultdict(list)
    for vote in votes:
        said[vote.label, vote.sha256].append(vote.accepts)
    several = {item: answers for item, answers in said.items() if len(answers) > 1}
    items = Counter(label for label, _ in several)
    split = Counter(label for (label, _), all_ in several.items() if len(set(all_)) > 1)
    return {label: split[label] / (items[label] + 4) for label in items}
