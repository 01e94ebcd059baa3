"""Duplicates in a workspace: new animations against the pool, decisions written down.

Only what screening passed is searched. New animations are compared with each other and with those
of earlier runs; those are not compared again. Links stand in the decisions of the catalog, so the
clusters of all runs together can be rebuilt without comparing anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from anigifs.catalog import Decision, Fact, Hit, Kind, Relation, Said, Workspace
from anigifs.catalog import Fingerprint as Stored
from anigifs.catalog.database import chunks
from anigifs.core.errors import MediaError
from anigifs.core.progress import track
from anigifs.core.records import ClipSet, Problem
from anigifs.curate.dedup.clusters import Item, Link, causes, clusters
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.licences import openness
from anigifs.curate.dedup.match import Match
from anigifs.curate.dedup.run import FINGERPRINT, OTHER, Found, fingerprinted, search, shared
from anigifs.curate.workers import in_sandboxes
from anigifs.media.fingerprint import RECIPE, from_bytes

BY = "dedup"
NEW, POOL = 0, 1
"""Sides: new ones meet everything; the pool does not meet itself."""
LEASE = 5_000
FINGERPRINTED, UNREADABLE = "fingerprint", "not-decodable"
"""The check, and its reason code, of a blob that could not be fingerprinted."""


def dedup_workspace(workspace: Workspace, config: DedupConfig, workers: int = 0) -> Found:
    """Compare what is new, write decisions, and return the clusters of the whole pool.

    Duplicates are dropped for another member (`Relation.DUPLICATE`, with the distance and the
    transform); clusters of several classes become conflicts; reversed pairs become related.
    A newer decision follows an older one that no longer holds. Stopped before it writes, a run
    leaves the work to the next.
    """
    with workspace.worker("dedup") as worker:
        leased: list[str] = []
        while jobs := workspace.queue.lease(Kind.DEDUP, worker, LEASE):
            leased += [job.key for job in jobs]
        problems = _fingerprint(workspace, worker, leased, config, workers)
        new = set(leased) - {problem.item for problem in problems}
        items = [replace(each, side=NEW if each.id in new else POOL) for each in _items(workspace)]
        found = search(workspace.root.name, items, config, problems, _known(workspace, items))
        found = _settled(workspace, found)
        workspace.decisions.append(_decisions(workspace, found))
        workspace.queue.finish(Kind.DEDUP, leased)
    return found


def against(workspace: Workspace, other: ClipSet, config: DedupConfig, workers: int = 0) -> Found:
    """The animations of the workspace that `other` has too; nothing is decided."""
    mine = [replace(each, side=POOL) for each in _items(workspace)]
    yours, problems = fingerprinted([other], config, workers, side=OTHER)
    title = f"{workspace.root.name} against {other.name}"
    return shared(search(title, [*mine, *yours], config, problems))


def _fingerprint(
    workspace: Workspace, worker: str, names: Sequence[str], config: DedupConfig, workers: int
) -> list[Problem]:
    """Fingerprint the blobs that have none (screening made most); those that cannot be read."""
    have = workspace.fingerprints.get(RECIPE, names)
    todo = [name for name in names if name not in have]
    problems = []
    arguments = partial(_arguments, workspace=workspace, config=config)
    results = in_sandboxes(FINGERPRINT, todo, arguments, config.sandbox, workers)
    for count, (name, result) in enumerate(track(results, "fingerprint", len(todo)), 1):
        if isinstance(result, MediaError):
            problems.append(Problem(name, str(result)))
            workspace.facts.append([_unreadable(name, str(result))])
        else:
            workspace.fingerprints.add([Stored(name, RECIPE, result.to_bytes())])
        if count % 1000 == 0:
            workspace.queue.extend(worker)
    return problems


def _arguments(name: str, workspace: Workspace, config: DedupConfig) -> tuple[Any, ...]:
    return workspace.blobs.path(name), None, config.limits


def _unreadable(name: str, why: str) -> Fact:
    evidence = {"error": why}
    return Fact(sha256=name, check=FINGERPRINTED, said=Said.NOTE, reason=UNREADABLE,
                evidence=evidence, by=BY)  # fmt: skip


def _items(workspace: Workspace) -> list[Item]:
    """Every blob that passed screening and has a fingerprint, the earliest first."""
    passed = set(workspace.facts.passed())
    stored = [each for _, each in workspace.fingerprints.scan(RECIPE) if each.sha256 in passed]
    items = []
    for part in chunks(stored, LEASE):
        hits = workspace.hits.of_each([each.sha256 for each in part])
        items += [_item(workspace, each, hits.get(each.sha256, [])) for each in part]
    return items


def _item(workspace: Workspace, stored: Stored, hits: Sequence[Hit]) -> Item:
    return Item(
        id=stored.sha256,
        path=workspace.blobs.path(stored.sha256),
        found=from_bytes(stored.data),
        labels=frozenset(hit.label for hit in hits if hit.label),
        home=workspace.root.name,
        title=next((hit.title for hit in hits if hit.title), stored.sha256[:12]),
        licence=max((openness(hit.spdx) for hit in hits), default=0),
    )


def _known(workspace: Workspace, items: Sequence[Item]) -> list[Link]:
    """The links of earlier runs, each pair once."""
    places = {item.id: place for place, item in enumerate(items)}
    found: dict[tuple[int, int], Link] = {}
    for each in workspace.decisions.current():
        if each.by == BY and each.member in places and each.other in places:
            one, other = sorted((places[each.member], places[each.other]))
            found[one, other] = Link(one, other, _match(each))
    return list(found.values())


def _match(decision: Decision) -> Match:
    evidence: Mapping[str, Any] = decision.evidence
    labels = tuple(decision.transform.split(", "))
    return Match(int(decision.distance or 0), evidence["view"], evidence["turn"], labels)


def _settled(workspace: Workspace, found: Found) -> Found:
    """Without the pairs that people called distinct."""
    apart = _apart(workspace)
    links = [link for link in found.links if _pair(found, link) not in apart]
    return replace(found, links=tuple(links), clusters=tuple(clusters(found.items, links)))


def _apart(workspace: Workspace) -> set[frozenset[str]]:
    distinct = workspace.decisions.current(Relation.DISTINCT)
    return {frozenset((each.member, each.other)) for each in distinct}


def _pair(found: Found, link: Link) -> frozenset[str]:
    return frozenset((found.items[link.one].id, found.items[link.other].id))


def _decisions(workspace: Workspace, found: Found) -> list[Decision]:
    """What must be written so that the catalog says what `found` says.

    A pair stands in the catalog as (member, other); an earlier decision the other way round is
    followed by one that takes it back.
    """
    apart = _apart(workspace)
    wanted = {(each.member, each.other): each for each in _wanted(found)}
    now = {(each.member, each.other): each for each in workspace.decisions.current()}
    for (member, other), earlier in now.items():
        if earlier.by != BY or (member, other) in wanted:
            continue
        if frozenset((member, other)) in apart:
            wanted[member, other] = replace(earlier, relation=Relation.DISTINCT)
        elif (other, member) in wanted:
            wanted[member, other] = replace(earlier, relation=Relation.RELATED)
    return [
        each
        for pair, each in wanted.items()
        if pair not in now or now[pair].relation is not each.relation
    ]


def _wanted(found: Found) -> Iterator[Decision]:
    """One decision for each link: dropped for it, to be settled, or merely alike."""
    told: set[Link] = set()
    for cluster in found.clusters:
        relation = Relation.CONFLICT if cluster.conflict else Relation.DUPLICATE
        for member, link in causes(cluster).items():
            told.add(link)
            yield _decision(found, link, member, relation)
    for link in found.links:
        if link not in told:
            yield _decision(found, link, link.other, Relation.RELATED)


def _decision(found: Found, link: Link, member: int, relation: Relation) -> Decision:
    other = link.one if member == link.other else link.other
    how = link.match
    return Decision(
        member=found.items[member].id,
        other=found.items[other].id,
        relation=relation,
        distance=float(how.bits),
        transform=", ".join(how.labels),
        evidence={"view": how.view, "turn": how.turn, "recipe": RECIPE},
        by=BY,
    )
