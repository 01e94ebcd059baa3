"""From matching pairs to clusters: what belongs together, what is kept, what people settle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anigifs.curate.dedup.match import Match
from anigifs.media.fingerprint import Fingerprint

KEPT_RULE = (
    "the largest moving part (within a fifth of the most pixels), then the most distinct frames "
    "(within a tenth), then the licence that allows most, then the one that came first"
)
_FIFTH, _TENTH = 0.8, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One animation in the search.

    id: unique in the search. path: its file. labels: every class it carries.
    title: untrusted text for people. home: the dataset it is of.
    licence: 0 for unknown; the more it allows, the higher.
    group: what shares a source, as the dataset says. side: 0 is compared with all; two items of
        the same other side are never compared.
    """

    id: str
    path: Path
    found: Fingerprint
    labels: frozenset[str] = frozenset()
    title: str = ""
    home: str = ""
    licence: int = 0
    group: str = ""
    side: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """Two items, by their places, and how they match."""

    one: int
    other: int
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Items that are one animation.

    kept: the place of the one to keep. members: all places, the kept one first.
    links: the evidence. labels: their classes.
    conflict: they have more than one class: nothing is dropped, people settle it.
    bits: the distance of the weakest link that holds it together.
    """

    kept: int
    members: tuple[int, ...]
    links: tuple[Link, ...]
    labels: tuple[str, ...]
    conflict: bool
    bits: int


def clusters(items: Sequence[Item], links: Sequence[Link]) -> list[Cluster]:
    """Clusters over the links that are not reversed, the doubtful ones (large `bits`) first."""
    same = [link for link in links if not link.match.reversed]
    roots, weakest = joined(len(items), same)
    members: dict[int, list[int]] = defaultdict(list)
    for place, root in enumerate(roots):
        members[root].append(place)
    evidence: dict[int, list[Link]] = defaultdict(list)
    for link in same:
        evidence[roots[link.one]].append(link)
    found = [
        _cluster(items, places, evidence[root], weakest[root])
        for root, places in members.items()
        if len(places) > 1
    ]
    return sorted(found, key=lambda each: (not each.conflict, -each.bits, each.members))


def keep(items: Sequence[Item], places: Sequence[int]) -> int:
    """The place of the item to keep; see KEPT_RULE."""
    left = list(places)
    for worth, share in ((_pixels, _FIFTH), (_frames, _TENTH), (_licence, 1.0)):
        most = max(worth(items[place]) for place in left)
        left = [place for place in left if worth(items[place]) >= share * most]
    return min(left)


def causes(cluster: Cluster) -> dict[int, Link]:
    """For each member but the kept one, the link for which it goes.

    That is its link to the kept one; where there is none, the nearest to a member that has one,
    and so on outwards, so that every chain of causes ends at the kept one.
    """
    found: dict[int, Link] = {}
    inside, links = {cluster.kept}, sorted(cluster.links, key=lambda link: link.match.bits)
    while len(found) < len(cluster.members) - 1:
        reached: dict[int, Link] = {}
        for link in links:
            if (link.one in inside) != (link.other in inside):
                reached.setdefault(link.other if link.one in inside else link.one, link)
        found |= reached
        inside |= reached.keys()
    return found


def _pixels(item: Item) -> float:
    """Pixels of the part that moves."""
    top, bottom, left, right = item.found.moving.tolist()
    return float((bottom - top) * item.found.height * (right - left) * item.found.width)


def _frames(item: Item) -> float:
    return float(item.found.distinct)


def _licence(item: Item) -> float:
    return float(item.licence)


def _cluster(items: Sequence[Item], places: list[int], links: list[Link], bits: int) -> Cluster:
    kept = keep(items, places)
    labels = sorted(set().union(*(items[place].labels for place in places)))
    links.sort(key=lambda link: (-link.match.bits, link.one, link.other))
    return Cluster(
        kept=kept,
        members=(kept, *(place for place in places if place != kept)),
        links=tuple(links),
        labels=tuple(labels),
        conflict=len(labels) > 1,
        bits=bits,
    )


def joined(count: int, links: Sequence[Link]) -> tuple[list[int], dict[int, int]]:
    """The root of each item, and the weakest link that was needed to join each root's items."""
    parent = list(range(count))
    weakest: dict[int, int] = {}

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for link in sorted(links, key=lambda each: each.match.bits):
        low, high = sorted((root(link.one), root(link.other)))
        if low != high:
            parent[high] = low
            weakest[low] = link.match.bits  # links come in order: this is the largest so far
    return [root(place) for place in range(count)], weakest
