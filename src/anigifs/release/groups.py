"""What belongs together: animations that are copies or relatives of each other, or share a page.

No split cuts through a group. Relations of every kind but DISTINCT join: also those that only
look related, and copies under several classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from anigifs.catalog import Decision, Relation


def grouped(
    names: Iterable[str], decisions: Iterable[Decision], pages: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """The group of each of `names`: the first, by name, of those that hang together.

    Args:
        names: blobs.
        decisions: on pairs of blobs, also of others: two copies of a third are copies.
        pages: source page to the blobs that it shows, also others.
    """
    joined = _Joined()
    for decision in decisions:
        if decision.relation is not Relation.DISTINCT:
            joined.join(decision.member, decision.other)
    for shown in pages.values():
        first, *rest = shown
        for name in rest:
            joined.join(first, name)
    firsts: dict[str, str] = {}
    listed = sorted(names)
    for name in listed:
        firsts.setdefault(joined.root(name), name)
    return {name: firsts[joined.root(name)] for name in listed}


class _Joined:
    """Sets that are joined (union-find with halved paths)."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, name: str) -> str:
        parents = self._parents
        parents.setdefault(name, name)
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low
