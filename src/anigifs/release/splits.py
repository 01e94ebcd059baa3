"""Ways to split a release: groups stay whole, classes keep their shares, draws have a seed.

dg-full          every clip is test, as in the Ani-GIFs paper (section 3.4)
da-40            the most frequent classes (40) with train, val and test
train-val-test   every class with train, val and test

Our choices where the paper is silent: the shares (0.6, 0.1, 0.3), at least 10 clips in 3 groups
for a class of `da-40`, and how groups are dealt out: the large first, each to the split that
lacks most of what the group holds. A clip that an earlier version had stays in its split.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import Field, field_validator

from anigifs.core.config import Config
from anigifs.core.errors import InputError
from anigifs.core.seeds import stream

PARTS = ("train", "val", "test")
SCHEMES = ("dg-full", "da-40", "train-val-test")
LEAST_GROUPS = len(PARTS)


class SplitConfig(Config):
    """How clips are split."""

    schemes: tuple[str, ...] = ("dg-full", "da-40")
    """Which ways; the first one is the release's main split."""
    shares: tuple[float, float, float] = (0.6, 0.1, 0.3)
    """Train, val and test."""
    top: int = Field(40, ge=1)
    """How many of the most frequent classes are in da-40."""
    least: int = Field(10, ge=1)
    """The fewest clips of a class in da-40."""
    seed: int = Field(0, ge=0)
    """Decides which clips go where."""

    @field_validator("schemes")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names or len(set(names)) < len(names) or set(names) - set(SCHEMES):
            raise ValueError(f"take one or more of {', '.join(SCHEMES)}, each once")
        return names

    @field_validator("shares")
    @classmethod
    def _whole(cls, shares: tuple[float, float, float]) -> tuple[float, float, float]:
        if min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
            raise ValueError("three shares above 0 that sum to 1")
        return shares


class Item(NamedTuple):
    """What splitting needs of a clip."""

    id: str
    label: str
    group: str


@dataclass(frozen=True, slots=True)
class Draw:
    """One scheme: its classes, and the split of each of its clips."""

    classes: tuple[str, ...]
    splits: dict[str, str]


def draw(name: str, items: Sequence[Item], config: SplitConfig, kept: Draw | None = None) -> Draw:
    """Split `items` in the way `name`.

    Args:
        name: of `SCHEMES`.
        items: all clips of the release.
        config: shares, seed, and the rule of da-40.
        kept: the same scheme of an earlier version: its classes and splits stay.
    """
    labels = dict.fromkeys(sorted(item.label for item in items))
    if name == "dg-full":
        return Draw(tuple(labels), {item.id: "test" for item in items})
    classes = tuple(labels)
    if name == "da-40":
        found = kept.classes if kept else most_frequent(items, config)
        classes = tuple(sorted(set(found) & labels.keys()))
    mine = [item for item in items if item.label in set(classes)]
    return Draw(classes, _dealt(name, mine, config, kept.splits if kept else {}))


def most_frequent(items: Iterable[Item], config: SplitConfig) -> tuple[str, ...]:
    """The classes with most clips, those that come first by name of equals.

    A class needs `least` clips and three groups, so that each split can have one.
    """
    counts: Counter[str] = Counter()
    groups = defaultdict(set)
    for item in items:
        counts[item.label] += 1
        groups[item.label].add(item.group)
    good = [
        name for name in sorted(counts)
        if counts[name] >= config.least and len(groups[name]) >= LEAST_GROUPS
    ]  # fmt: skip
    return tuple(sorted(good, key=lambda name: -counts[name])[: config.top])


def crossing(items: Iterable[Item], splits: Mapping[str, str]) -> list[str]:
    """The groups that a split cuts through: none, or something is wrong."""
    seen = defaultdict(set)
    for item in items:
        if item.id in splits:
            seen[item.group].add(splits[item.id])
    return sorted(group for group, found in seen.items() if len(found) > 1)


def _dealt(
    name: str, items: Sequence[Item], config: SplitConfig, kept: Mapping[str, str]
) -> dict[str, str]:
    members: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(items):
        members[item.group].append(item)
    lacking = _wanted(items, config)
    splits: dict[str, str] = {}
    for group in _in_turn(name, members, config, kept):
        held = Counter(item.label for item in members[group])
        part = _stays(members[group], kept) or max(
            PARTS, key=lambda part: _need(lacking, held, part)
        )
        for label, count in held.items():
            lacking[label][part][1] -= count
        splits |= {item.id: part for item in members[group]}
    return splits


def _wanted(items: Iterable[Item], config: SplitConfig) -> dict[str, dict[str, list[float]]]:
    """Label to split to [how many it wants, how many it still lacks]."""
    counts = Counter(item.label for item in items)
    return {
        label: {part: [share * count] * 2 for part, share in zip(PARTS, config.shares, strict=True)}
        for label, count in counts.items()
    }


def _need(
    lacking: Mapping[str, Mapping[str, Sequence[float]]], held: Mapping[str, int], part: str
) -> tuple[float, float]:
    """How much this split lacks of what a group holds, as shares; of equals the larger wins."""
    need = sum(
        count * lacking[label][part][1] / lacking[label][part][0] for label, count in held.items()
    )
    return round(need, 9), sum(lacking[label][part][0] for label in held)


def _in_turn(
    name: str, members: Mapping[str, Sequence[Item]], config: SplitConfig, kept: Mapping[str, str]
) -> list[str]:
    """First what has its place, then the large groups, at random among equals."""
    names = sorted(members)
    order = stream(config.seed, "split", name).permutation(len(names))
    place = dict(zip(names, order.tolist(), strict=True))
    return sorted(
        names,
        key=lambda group: (not _stays(members[group], kept), -len(members[group]), place[group]),
    )


def _stays(members: Iterable[Item], kept: Mapping[str, str]) -> str:
    """The split in which most of these were, "" if none was anywhere."""
    counts = Counter(kept[item.id] for item in members if item.id in kept)
    return max(PARTS, key=lambda part: counts[part]) if counts else ""


def refuse_crossing(items: Iterable[Item], splits: Mapping[str, str], scheme: str) -> None:
    """Raises `InputError` where a split cuts through a group: it must never be published."""
    if cut := crossing(items, splits):
        raise InputError(f"the scheme {scheme} cuts through the groups {', '.join(cut[:5])}")


def about(name: str, config: SplitConfig, classes: int) -> str:
    """How a scheme was made, in one sentence."""
    if name == "dg-full":
        return "every clip is for testing"
    shares = ", ".join(
        f"{part} {share:g}" for part, share in zip(PARTS, config.shares, strict=True)
    )
    which = f"the {classes} most frequent classes" if name == "da-40" else "all classes"
    return f"{which}, {shares}, stratified by class, copies and source pages kept together"
