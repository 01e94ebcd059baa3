"""Find the duplicates in a dataset, or the leaks between two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from anigifs.core.errors import MediaError
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.curate.dedup.candidates import candidates
from anigifs.curate.dedup.clusters import Cluster, Item, Link, clusters
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.match import match
from anigifs.curate.workers import in_sandboxes

MINE, OTHER = 1, 2
"""The sides of two datasets: neither is searched in itself."""
FINGERPRINT = "anigifs.media.fingerprint:fingerprint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found.

    items: what was compared; links and clusters name them by place.
    links: every matching pair, reversed ones too. clusters: see `clusters`.
    compared: how many pairs were near enough to be looked at.
    between: two datasets were searched for what they share; nothing is to be dropped.
    """

    title: str
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    clusters: tuple[Cluster, ...]
    problems: tuple[Problem, ...]
    compared: int
    between: bool = False

    @property
    def shared(self) -> int:
        """How many items of the second dataset the first one has too, reversed or not."""
        ends = {place for link in self.links for place in (link.one, link.other)}
        return sum(self.items[place].side == OTHER for place in ends)

    @property
    def reversed(self) -> tuple[Link, ...]:
        """Matches backwards: the nearest of each two clusters, or of each item of the second
        dataset. Reported, never dropped."""
        home = {place: each.kept for each in self.clusters for place in each.members}
        nearest: dict[frozenset[int], Link] = {}
        for link in sorted(self.links, key=lambda each: each.match.bits):
            places = (link.one, link.other)
            ends = frozenset(home.get(place, place) for place in places)
            if link.match.reversed and len(ends) == 2:
                yours = frozenset(place for place in places if self.items[place].side == OTHER)
                nearest.setdefault(yours if self.between else ends, link)
        return tuple(nearest.values())

    @property
    def dropped(self) -> int:
        """How many items duplicate one that is kept; those of conflicts stay."""
        if self.between:
            return 0
        return sum(len(each.members) - 1 for each in self.clusters if not each.conflict)


def within(sets: Sequence[ClipSet], config: DedupConfig, workers: int = 0) -> Found:
    """The duplicates in these datasets taken together."""
    items, problems = fingerprinted(sets, config, workers)
    return search(", ".join(each.name for each in sets), items, config, problems)


def between(
    sets: Sequence[ClipSet], against: ClipSet, config: DedupConfig, workers: int = 0
) -> Found:
    """The animations that `against` shares with any of `sets`; neither is searched in itself."""
    mine, problems = fingerprinted(sets, config, workers, side=MINE)
    yours, others = fingerprinted([against], config, workers, side=OTHER)
    title = f"{', '.join(each.name for each in sets)} against {against.name}"
    return shared(search(title, [*mine, *yours], config, [*problems, *others]))


def shared(found: Found) -> Found:
    """As a search between two datasets, whose classes may well differ."""
    plain = tuple(replace(each, conflict=False) for each in found.clusters)
    return replace(found, clusters=plain, between=True)


def search(
    title: str,
    items: Sequence[Item],
    config: DedupConfig,
    problems: Iterable[Problem] = (),
    known: Sequence[Link] = (),
) -> Found:
    """Compare the items as their sides allow, and cluster them with the links known before."""
    near = candidates([each.found for each in items], [each.side for each in items], config)
    told = {(link.one, link.other) for link in known}  # by a run that did not come to its end
    pairs = [pair for pair in near if pair not in told]
    links = [*known, *_links(items, track(pairs, "compare"), config)]
    return Found(
        title=title,
        items=tuple(items),
        links=tuple(links),
        clusters=tuple(clusters(items, links)),
        problems=tuple(problems),
        compared=len(pairs),
    )


def fingerprinted(
    sets: Sequence[ClipSet], config: DedupConfig, workers: int = 0, side: int = 0
) -> tuple[list[Item], list[Problem]]:
    """An item for each clip that can be decoded, and the problems of all others."""
    items: list[Item] = []
    problems = [problem for each in sets for problem in each.problems]
    for one in sets:
        results = in_sandboxes(
            FINGERPRINT,
            one.clips,
            partial(_arguments, limits=config.limits),
            config.sandbox,
            workers,
        )
        for clip, result in track(results, f"fingerprint {one.name}", len(one.clips)):
            if isinstance(result, MediaError):
                problems.append(Problem(clip.id, str(result)))
            else:
                items.append(_item(clip, one.name, result, side))
    return items, problems


def _arguments(clip: Clip, limits: Any) -> tuple[Any, ...]:
    return clip.path, clip.span_s, limits


def _item(clip: Clip, name: str, found: Any, side: int) -> Item:
    return Item(
        id=f"{name}/{clip.id}",
        path=clip.path,
        found=found,
        labels=frozenset({clip.label} if clip.label else ()),
        title=clip.id,
        home=name,
        group=clip.group,
        side=side,
    )


def _links(
    items: Sequence[Item], pairs: Iterable[tuple[int, int]], config: DedupConfig
) -> Iterator[Link]:
    for one, other in pairs:
        found = match(items[one].found, items[other].found, config)
        if found:
            yield Link(one, other, found)
