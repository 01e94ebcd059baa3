"""How the classes of a dataset meet those of a model's head: by name, explicit and counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from anigifs.core.errors import InputError, ProtocolError, shorten
from anigifs.core.records import ClipSet
from anigifs.core.taxonomy import normalise
from anigifs.evaluate.predictions import Predictions, Rule


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which classes a set and a head share.

    names: the set's classes that the head has, to the head's spelling.
    only_set, only_head: the classes of one that the other lacks, in its own spelling.
    """

    names: dict[str, str]
    only_set: tuple[str, ...]
    only_head: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The set's classes: "equal", "a subset" of the head's, "a superset", ..."""
        if not self.names:
            return "disjoint"
        if self.only_set:
            return "partly overlapping" if self.only_head else "a superset"
        return "a subset" if self.only_head else "equal"

    def describe(self) -> str:
        """One sentence with counts."""
        shared = len(set(self.names.values()))
        return (
            f"{len(self.names) + len(self.only_set)} classes in the set, "
            f"{shared + len(self.only_head)} in the head: {shared} shared ({self.kind}), "
            f"{len(self.only_set)} only in the set, {len(self.only_head)} only in the head"
        )


def overlap(set_classes: Sequence[str], head: Sequence[str]) -> Overlap:
    """Compare class names as the taxonomy normalises them (case, hyphens, spelling).

    Raises:
        InputError: two classes of the head normalise to one name.
    """
    by_key: dict[str, str] = {}
    for name in head:
        other = by_key.setdefault(normalise(name), name)
        if other != name:
            raise InputError(f"the head's classes {other!r} and {name!r} are one name")
    names = {name: by_key[normalise(name)] for name in set_classes if normalise(name) in by_key}
    met = set(names.values())
    return Overlap(
        names,
        tuple(name for name in set_classes if name not in names),
        tuple(name for name in head if name not in met),
    )


@dataclass(frozen=True, slots=True)
class Aligned:
    """The clips that can be scored, labelled in the head's spelling.

    set_classes: the set's classes, in the head's spelling where the head has them.
    outside: clips left out because the head lacks their class.
    """

    clips: ClipSet
    set_classes: tuple[str, ...]
    overlap: Overlap
    rule: Rule
    outside: int


def align(clips: ClipSet, head: Sequence[str], rule: Rule | None = None) -> Aligned:
    """Relabel `clips` for `head`; the clips' own classes become the head's.

    rule: needed unless the classes are equal. "intersection" scores among the shared classes
        only, an easier task; "head" keeps every class of the head.

    Raises:
        ProtocolError: the classes differ and no rule was named, or none are shared.
    """
    found = overlap(clips.classes, head)
    if not found.names:
        raise ProtocolError(
            f"{clips.name}: {found.describe()}. The set has {shorten(list(clips.classes), 5)}; "
            f"the head has {shorten(list(head), 5)}. Map the set's labels to the head's names"
        )
    if found.kind != "equal" and rule not in ("intersection", "head"):
        raise ProtocolError(
            f"{clips.name}: {found.describe()}. Say what to measure: --classes intersection "
            "scores among the shared classes only, --classes head among all of the head's; "
            "both leave out clips whose class the head lacks"
        )
    kept = clips.where(lambda clip: clip.label in found.names)
    relabelled = tuple(replace(clip, label=found.names[clip.label]) for clip in kept.clips)
    return Aligned(
        clips=replace(kept, clips=relabelled, classes=tuple(head)),
        set_classes=tuple(dict.fromkeys(found.names.get(name, name) for name in clips.classes)),
        overlap=found,
        rule="exact" if found.kind == "equal" or rule is None else rule,
        outside=len(clips.clips) - len(relabelled),
    )


def restrict(predictions: Predictions, classes: Sequence[str]) -> Predictions:
    """Only the clips and logits of `classes`, in the head's order; nothing else changes.

    Raises:
        InputError: none of `classes` is in the head.
    """
    wanted = set(classes)
    columns = [at for at, name in enumerate(predictions.classes) if name in wanted]
    if not columns:
        raise InputError(f"{predictions.set_name}: the head has none of {shorten(sorted(wanted))}")
    kept = with_labels(predictions, wanted)
    return replace(
        kept,
        classes=tuple(kept.classes[at] for at in columns),
        logits=np.ascontiguousarray(kept.logits[:, columns]),
    )


def with_labels(predictions: Predictions, labels: Collection[str]) -> Predictions:
    """Only the clips of `labels`; every class of the head goes on competing."""
    rows = [at for at, label in enumerate(predictions.labels) if label in labels]
    return replace(
        predictions,
        ids=tuple(predictions.ids[at] for at in rows),
        groups=tuple(predictions.groups[at] for at in rows),
        labels=tuple(predictions.labels[at] for at in rows),
        logits=np.ascontiguousarray(predictions.logits[rows]),
    )


def as_scored(predictions: Predictions) -> Predictions:
    """The predictions with their rule applied: what metrics are computed on."""
    if predictions.rule == "intersection":
        return restrict(predictions, predictions.set_classes)
    return predictions
