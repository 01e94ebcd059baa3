"""One self-contained HTML page of a search for duplicates, the doubtful clusters first.

The page loads nothing and runs nothing; pictures are data URLs written anew from decoded frames,
and its content security policy forbids everything else. All text from outside is escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from anigifs.core import files
from anigifs.core.errors import MediaError
from anigifs.core.progress import track
from anigifs.curate.dedup.clusters import KEPT_RULE, Cluster, Item, Link, causes
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.run import MINE, Found
from anigifs.curate.workers import in_sandboxes

MOST_GROUPS, MOST_MEMBERS = 200, 12
"""Groups and members of one group that a page shows; the JSON has all."""
PLAYING = "anigifs.curate.dedup.playing:playing"


@dataclass(frozen=True, slots=True)
class Card:
    """One animation on the page: its item, why it is here, and what becomes of it."""

    item: Item
    place: int
    role: str
    link: Link | None
    to: str


@dataclass(frozen=True, slots=True)
class Group:
    """A row of cards. bits: the distance to show; more: members that are not shown."""

    cards: tuple[Card, ...]
    labels: tuple[str, ...]
    bits: int
    more: int


@dataclass(frozen=True, slots=True)
class Section:
    """Groups of one kind, in order. more: groups that are not shown."""

    key: str
    title: str
    says: str
    groups: tuple[Group, ...]
    more: int


def write_page(path: Path, found: Found, config: DedupConfig, workers: int = 0) -> None:
    """Write the page atomically; items that cannot be shown have an empty frame."""
    shown = sections(found, config)
    places = sorted({card.place for part in shown for group in part.groups for card in group.cards})
    files.write_text(path, render(found, shown, config, _pictures(found, places, config, workers)))


def sections(found: Found, config: DedupConfig) -> list[Section]:
    """What the page shows, the doubtful first."""
    conflicts = [_group(found, each) for each in found.clusters if each.conflict]
    rest = [each for each in found.clusters if not each.conflict]
    doubtful = [_group(found, each) for each in rest if each.bits > config.doubtful_bits]
    clear = [_group(found, each) for each in rest if each.bits <= config.doubtful_bits]
    backwards = [_pair(found, each) for each in found.reversed]
    most = f"more than {config.doubtful_bits} of 256 bits differ"
    parts = (
        ("conflict", "Two classes: people settle these",
         "One animation under several classes. Nothing is dropped until somebody says which "
         "class it is.", conflicts),
        ("doubtful", "Doubtful: please look",
         f"Alike, but {most} in the weakest link of the cluster.", doubtful),
        ("reversed", "Backwards",
         "The same frames in reversed order, which may be another action: reported, never "
         "dropped.", backwards),
        ("clear", "Clear leaks", "In both datasets.", clear) if found.between else
        ("clear", "Clear duplicates", f"One of each is kept: {KEPT_RULE}.", clear),
    )  # fmt: skip
    return [
        Section(key, title, says, tuple(groups[:MOST_GROUPS]), max(0, len(groups) - MOST_GROUPS))
        for key, title, says, groups in parts
        if groups
    ]


def render(
    found: Found, shown: Sequence[Section], config: DedupConfig, pictures: dict[int, dict[str, str]]
) -> str:
    """The page as text: the same search gives the same page, byte for byte."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("anigifs.curate.dedup"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"seconds": lambda ms: f"{ms / 1000:.3g}\N{NO-BREAK SPACE}s"}
    return environment.get_template("page.html.j2").render(
        found=found,
        sections=shown,
        config=config,
        pictures=pictures,
        homes=len({item.home for item in found.items}),
    )


def _group(found: Found, cluster: Cluster) -> Group:
    shown = cluster.members[:MOST_MEMBERS]
    because = causes(cluster)
    cards = tuple(_card(found, cluster, place, because.get(place)) for place in shown)
    return Group(cards, cluster.labels, cluster.bits, len(cluster.members) - len(shown))


def _card(found: Found, cluster: Cluster, place: int, link: Link | None) -> Card:
    item = found.items[place]
    role = "settle" if cluster.conflict else "drop"
    if found.between:
        role = "first" if item.side == MINE else "second"
    if link is None:
        return Card(item, place, "keep" if role == "drop" else role, None, "")
    to = link.other if link.one == place else link.one
    note = "" if to == cluster.kept else found.items[to].title
    return Card(item, place, role, link, note)


def _pair(found: Found, link: Link) -> Group:
    one, other = found.items[link.one], found.items[link.other]
    cards = (
        Card(one, link.one, "keep", None, ""),
        Card(other, link.other, "keep", link, ""),
    )
    return Group(cards, tuple(sorted(one.labels | other.labels)), link.match.bits, 0)


def _pictures(
    found: Found, places: Sequence[int], config: DedupConfig, workers: int
) -> dict[int, dict[str, str]]:
    arguments = partial(_arguments, found=found, config=config)
    results = in_sandboxes(PLAYING, places, arguments, config.sandbox, workers)
    return {
        place: {name: _url(data) for name, data in result.items()}
        for place, result in track(results, "draw the page", len(places))
        if not isinstance(result, MediaError)
    }


def _arguments(place: int, found: Found, config: DedupConfig) -> tuple[Any, ...]:
    return found.items[place].path, config.limits


def _url(data: bytes) -> str:
    return f"data:image/gif;base64,{base64.b64encode(data).decode('ascii')}"
