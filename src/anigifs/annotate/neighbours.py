"""Which classes are easily taken for another: those that share words with it.

The class lists have no groups of their own, so nearness is of the names: shared word stems, each
weighted by how rare it is in the list ("guitar" tells more than "playing"). Our choice.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from anigifs.catalog import Workspace
from anigifs.core.taxonomy import class_list, known_lists, list_of, match, normalise

MOST = 6
_SMALL = {"a", "an", "and", "at", "for", "in", "not", "of", "on", "or", "the", "to", "up", "with"}
_PACKAGED = ("kinetics-600", "kinetics-400", "kinetics-700", "ucf-hmdb", "hac", "ava-80")


def neighbours(label: str, classes: Sequence[str], most: int = MOST) -> tuple[str, ...]:
    """The nearest classes of the list to `label`, nearest first; those that share nothing never."""
    return _neighbours(label, tuple(classes), most)


def classes_of(workspace: Workspace, spec: str = "") -> tuple[str, ...]:
    """The classes that an item can be: of the list named, with all that are in use.

    Args:
        workspace: the workspace.
        spec: a packaged list or a file; "": the first packaged list that holds most classes in
            use, the Kinetics lists first.
    """
    names = workspace.proposals.renamed()
    used = workspace.proposals.classes()
    listed = list_of(spec) if spec else _packaged(tuple(used))
    merged = [names.get(name, name) for name in (*listed, *used)]
    return tuple(dict.fromkeys(name for name in merged if name))


@lru_cache(maxsize=8)
def _packaged(used: tuple[str, ...]) -> tuple[str, ...]:
    def held(name: str) -> int:
        return sum(match(label, class_list(name)) is not None for label in used)

    best = max((name for name in _PACKAGED if name in known_lists()), key=held)
    return class_list(best) if held(best) else ()


@lru_cache(maxsize=4096)
def _neighbours(label: str, classes: tuple[str, ...], most: int) -> tuple[str, ...]:
    weights = _weights(classes)
    mine = _stems(label)
    scores = []
    for place, other in enumerate(classes):
        theirs = _stems(other)
        shared = sum(weights.get(stem, 0.0) for stem in mine & theirs)
        if shared and normalise(other) != normalise(label):
            every = sum(weights.get(stem, 1.0) for stem in mine | theirs)
            scores.append((-shared / every, place, other))
    return tuple(other for _, _, other in sorted(scores)[:most])


@lru_cache(maxsize=8)
def _weights(classes: tuple[str, ...]) -> dict[str, float]:
    count = Counter(stem for name in classes for stem in _stems(name))
    return {stem: math.log((1 + len(classes)) / times) for stem, times in count.items()}


@lru_cache(maxsize=4096)
def _stems(name: str) -> frozenset[str]:
    words = (word for word in normalise(name).split() if word not in _SMALL)
    return frozenset(_stem(word) for word in words)


def _stem(word: str) -> str:
    """Endings off, so that "dancing", "dance" and "dances" meet; short words stay."""
    for ending in ("ing", "ers", "er", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return re.sub(r"(.)\1$", r"\1", word)
