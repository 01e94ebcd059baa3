"""The classes of a release: their counterparts in Kinetics, and those that came out empty."""

from __future__ import annotations

from collections.abc import Iterable

from anigifs.catalog.funnel import Funnel, Stages
from anigifs.core.errors import UnknownName
from anigifs.core.taxonomy import class_list, load_map, match

KINETICS = ("kinetics-400", "kinetics-600", "kinetics-700")
EMPTY_HEADER = (
    "name", "emptied_by", "asked", "found", "fetched", "failed", "rejected", "duplicate",
    "waiting", "accepted", "reasons",
)  # fmt: skip


def ordered(labels: Iterable[str]) -> tuple[str, ...]:
    """Classes in the order of Kinetics-600, then all others by name: the order of a head."""
    place = {name: number for number, name in enumerate(class_list("kinetics-600"))}
    return tuple(sorted(set(labels), key=lambda name: (place.get(name, len(place)), name)))


def counterpart(name: str, target: str) -> str:
    """The class of list `target` that is the same as `name` of any Kinetics list, or "".

    Names that differ between the lists are joined by the packaged maps.
    """
    if direct := match(name, class_list(target)):
        return direct
    for source in KINETICS:
        own = match(name, class_list(source))
        found = _mapped(own, source, target) if own and source != target else None
        if found:
            return found
    return ""


def class_rows(classes: Iterable[str]) -> list[tuple[str, ...]]:
    """The rows of class_map.csv: each class and its counterparts in the Kinetics lists."""
    return [(name, *(counterpart(name, target) for target in KINETICS)) for name in classes]


def emptied(funnel: Funnel, classes: Iterable[str]) -> dict[str, str]:
    """The classes that were asked for and have no clip, each with the stage that emptied it."""
    kept = set(classes)
    return {
        name: stage_of(stages)
        for name, stages in sorted(funnel.classes.items())
        if name and name not in kept
    }


def stage_of(stages: Stages) -> str:
    """The first stage after which nothing was left of a class."""
    if not stages.found:
        return "nothing was found" if stages.asked else "nothing was asked"
    if not stages.fetched:
        return "nothing was fetched"
    if stages.waiting or stages.unscreened:
        return "nothing was accepted yet"
    if stages.accepted:
        return "what was accepted cannot be released"
    if stages.duplicate and not stages.rejected:
        return "all are duplicates of other classes"
    return "all were rejected"


def empty_rows(funnel: Funnel, empty: Iterable[str]) -> list[tuple[str | int, ...]]:
    """The rows of classes-empty.csv, as `EMPTY_HEADER` names them."""
    return [_row(name, funnel.classes[name]) for name in empty]


def _row(name: str, stages: Stages) -> tuple[str | int, ...]:
    reasons = stages.failed | stages.rejected
    told = "; ".join(f"{why} {count}" for why, count in sorted(reasons.items()))
    return (
        name, stage_of(stages), stages.asked, stages.found, stages.fetched,
        sum(stages.failed.values()), sum(stages.rejected.values()), stages.duplicate,
        stages.waiting, stages.accepted, told,
    )  # fmt: skip


def _mapped(name: str, source: str, target: str) -> str | None:
    try:
        return load_map(f"{source}_to_{target}").pairs.get(name)
    except UnknownName:
        return None
