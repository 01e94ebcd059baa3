"""Clips to show in a report: one a class, from the test sets that the runs' configs name."""

from __future__ import annotations

from anigifs.core.errors import AnigifsError
from anigifs.core.records import ClipSet
from anigifs.datasets import open_clips
from anigifs.report.collect import Collection, config_of
from anigifs.report.samples import Sample

MOST = 8
"""Clips shown of each set."""


def samples_of(found: Collection) -> list[Sample]:
    """Clips of every set of `found` whose data can be opened; what cannot is passed over."""
    specs: dict[str, str] = {}
    for row in found.rows:
        for run in row.runs:
            specs |= config_of(run).get("data", {}).get("test", {})
        specs |= {
            n: runs[0].spec for n, runs in row.sets.items() if n not in specs and runs[0].spec
        }
    opened = {name: _open(specs[name]) for name in found.sets if name in specs}
    return pick_samples({name: clips for name, clips in opened.items() if clips is not None})


def pick_samples(sets: dict[str, ClipSet], most: int = MOST) -> list[Sample]:
    """One clip a class of each set, the same classes in all as far as they have them."""
    labels = [dict.fromkeys(clip.label for clip in clips.clips) for clips in sets.values()]
    shared = [name for name in labels[0] if all(name in own for own in labels)] if labels else []
    samples = []
    for name, clips in sets.items():
        first = {clip.label: clip for clip in reversed(clips.clips)}
        wanted = list(dict.fromkeys([*shared, *sorted(first)]))[:most]
        samples += [Sample(label, name, first[label].path) for label in wanted if label in first]
    return samples


def _open(spec: str) -> ClipSet | None:
    try:
        return open_clips(spec)
    except AnigifsError:
        return None
