"""Whom to ask first about what: items on which people will probably disagree, and scarce ones.

The terms and their weights are our choice; each is told in words to the owner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from anigifs.catalog.proposals import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the catalog knows that bears on the order.

    drawn: of blobs, from 0 (filmed) to 1 (drawn). split: of classes, the share of items with
    votes on which people split. alike: of blobs, a decided class of a near-copy.
    rival: of blobs, another class proposed for it or for a near-copy.
    """

    drawn: Mapping[str, float] = field(default_factory=dict)
    split: Mapping[str, float] = field(default_factory=dict)
    alike: Mapping[str, str] = field(default_factory=dict)
    rival: Mapping[str, set[str]] = field(default_factory=dict)


def ranked(
    items: Iterable[Proposal], known: Known, rare: int
) -> dict[tuple[str, str], tuple[float, str]]:
    """(blob, class) -> (rank, why). A lower rank is handed out earlier; ranks lie in [-4, 0]."""
    listed = list(items)
    sizes = Counter(item.label for item in listed)
    return {
        (item.sha256, item.label): _rank(item, sizes[item.label], known, rare) for item in listed
    }


def _rank(item: Proposal, size: int, known: Known, rare: int) -> tuple[float, str]:
    terms = [
        _rival(item, known),
        _split(item, known),
        _unclear(item, known),
        _alike(item, known),
        _rare(size, rare),
    ]
    told = sorted(((score, why) for score, why in terms if why), reverse=True)
    why = "; ".join(why for _, why in told) or "nothing special"
    return -round(sum(score for score, _ in terms), 2), why


def _rival(item: Proposal, known: Known) -> tuple[float, str]:
    others = sorted(known.rival.get(item.sha256, set()) - {item.label})
    return (1.0, f"also proposed as {others[0]!r}") if others else (0.0, "")


def _split(item: Proposal, known: Known) -> tuple[float, str]:
    share = round(known.split.get(item.label, 0.0), 1)
    return share, (f"people split on {share:.0%} of this class" if share >= 0.2 else "")


def _unclear(item: Proposal, known: Known) -> tuple[float, str]:
    score = known.drawn.get(item.sha256)
    if score is None:
        return 0.0, ""
    doubt = 1 - abs(2 * score - 1)
    return round(doubt, 2), (f"drawn or filmed is unclear ({score:.2f})" if doubt >= 0.5 else "")


def _alike(item: Proposal, known: Known) -> tuple[float, str]:
    label = known.alike.get(item.sha256)
    return (0.5, f"nearly the same as one decided as {label!r}") if label else (0.0, "")


def _rare(size: int, rare: int) -> tuple[float, str]:
    if size >= rare:
        return 0.0, ""
    items = "1 candidate" if size == 1 else f"{size} candidates"
    return round(0.5 * (1 - size / rare), 2), f"a rare class ({items})"
