"""A small web of animations that never was: which items it has, and what each search finds.

Everything follows from the seed, so two servers with the same settings answer alike. A share of
the items is faulty in one named way each; so are a few searches.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from anigifs.core.seeds import stream


class Paint(Protocol):
    """A class and a number to the bytes of a GIF, animated or filmed."""

    def __call__(self, label: str, number: int, *, filmed: bool = False) -> bytes:
        """Draw it."""
        ...


class Sort(StrEnum):
    """What is the matter with an item; `GOOD` is nothing."""

    GOOD = "good"
    COPY = "copy"  # smaller, with fewer colours
    DUPLICATE = "duplicate"  # the same bytes under another name
    WRONG = "wrong"  # another class than it says
    FOOTAGE = "footage"  # the class, but filmed and not drawn
    STILL = "still"  # frames that are all equal
    TINY = "tiny"  # 16 px
    JUNK = "junk"  # an HTML page called image/gif
    TRUNCATED = "truncated"
    EMPTY = "empty"
    GONE = "gone"  # 404
    MOVED = "moved"  # redirects to a good one
    LOOP = "loop"  # redirects to itself
    FLAKY = "flaky"  # 503 the first time
    LIMITED = "limited"  # 429 with Retry-After the first time
    BROKEN = "broken"  # 500 for ever
    OPTED_OUT = "opted-out"  # X-Robots-Tag: noai
    ROBOTS = "robots"  # under a path that robots.txt forbids
    INTERNAL = "internal"  # redirects to a cloud's metadata address


SHARES = {
    Sort.COPY: 8, Sort.DUPLICATE: 8, Sort.WRONG: 8, Sort.STILL: 4, Sort.TINY: 2, Sort.JUNK: 4,
    Sort.TRUNCATED: 2, Sort.EMPTY: 1, Sort.GONE: 4, Sort.MOVED: 3, Sort.LOOP: 1, Sort.FLAKY: 3,
    Sort.LIMITED: 1, Sort.BROKEN: 1, Sort.OPTED_OUT: 2, Sort.ROBOTS: 2, Sort.INTERNAL: 1,
    Sort.FOOTAGE: 6,
}  # fmt: skip
"""Of 100 items; the rest is good. Our choice: some of everything, more of what is common."""


class Quirk(StrEnum):
    """What is the matter with a search."""

    NONE = "none"
    REPEATS = "repeats"  # every page is the first, for ever
    EMPTIES = "empties"  # says there is more, and has nothing
    RAGGED = "ragged"  # items of wrong types among the good ones


@dataclass(frozen=True, slots=True)
class WorldConfig:
    """What the fake web holds.

    clean: no faults at all: every item is good, every search as documented.
    """

    classes: tuple[str, ...]
    per_class: int = 24
    seed: int = 0
    clean: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One animation. `number` counts within its class; `of` is the item that it copies."""

    label: str
    number: int
    sort: Sort
    of: int = 0

    @property
    def id(self) -> str:
        """For example `push-up-0003`."""
        return f"{slug(self.label)}-{self.number:04d}"


class World:
    """The items of every class, and the searches over them."""

    def __init__(self, config: WorldConfig) -> None:
        self.config = config

    @cached_property
    def items(self) -> dict[str, tuple[Item, ...]]:
        """Every class with its items."""
        return {label: self._items(label) for label in self.config.classes}

    @cached_property
    def by_id(self) -> dict[str, Item]:
        """Every item by its id."""
        return {item.id: item for items in self.items.values() for item in items}

    def find(self, provider: str, text: str) -> tuple[Item, ...]:
        """What a provider finds: most items of the class that the text names, its own order."""
        label = self.label_of(text)
        if not label:
            return ()
        draw = stream(self.config.seed, "find", provider, text)
        items = self.items[label]
        kept = [item for item in items if self.config.clean or draw.random() < 0.7]
        order = draw.permutation(len(kept))
        return tuple(kept[place] for place in order)

    def quirk(self, provider: str, text: str) -> Quirk:
        """The fault of a search: one in eight has one."""
        if self.config.clean:
            return Quirk.NONE
        draw = stream(self.config.seed, "quirk", provider, text).integers(24)
        return [Quirk.REPEATS, Quirk.EMPTIES, Quirk.RAGGED, *[Quirk.NONE] * 21][draw]

    def label_of(self, text: str) -> str:
        """The longest class whose words stand in `text`, "" for none."""
        said = _words(text)
        fits = [name for name in self.config.classes if f" {_words(name)} " in f" {said} "]
        return max(fits, key=len, default="")

    def other(self, label: str) -> str:
        """The class that an item of the sort `WRONG` really shows."""
        names = self.config.classes
        return names[(names.index(label) + 1) % len(names)]

    def _items(self, label: str) -> tuple[Item, ...]:
        draw = stream(self.config.seed, "items", label)
        pot = [sort for sort, share in SHARES.items() for _ in range(share)]
        pot += [Sort.GOOD] * (100 - len(pot))
        items: list[Item] = []
        for number in range(self.config.per_class):
            drawn = pot[draw.integers(len(pot))]
            good = [item.number for item in items if item.sort is Sort.GOOD]
            sort = Sort.GOOD if self.config.clean or not good else drawn
            of = good[draw.integers(len(good))] if good else number
            items.append(Item(label, number, sort, of))
        return tuple(items)


def slug(label: str) -> str:
    """A class name fit for a path; two classes never share one."""
    plain = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
    return plain if plain.replace("-", " ") == label else f"{plain}-{zlib.crc32(label.encode()):x}"


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))
