"""The same number of training clips for every class.

Source: Ani-GIFs paper, section 5.2: "every class contains 2000 training datapoints"; how a class
with fewer gets there is not said. Our choice: it repeats its clips as evenly as possible, which,
unlike draws with replacement, leaves none out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from anigifs.core.errors import InputError
from anigifs.core.records import Clip, ClipSet
from anigifs.core.seeds import stream


def balanced(clips: ClipSet, per_class: int, seed: int) -> ClipSet:
    """`per_class` clips of every class, class by class; a clip may stand there several times.

    Raises:
        InputError: a class has no clip to draw from.
    """
    pools: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips.clips:
        pools[clip.label].append(clip)
    if empty := [name for name in clips.classes if name not in pools]:
        raise InputError(
            f"data.per_class = {per_class}: {clips.name} has no clip of {', '.join(empty)}; name "
            "the classes that it has in data.classes"
        )
    drawn = [clip for name in clips.classes for clip in _draw(pools[name], name, per_class, seed)]
    return replace(clips, clips=tuple(drawn))


def counts(before: ClipSet, after: ClipSet) -> dict[str, dict[str, int]]:
    """Of every class: different clips that there are, and clips that are trained on."""
    there = Counter(clip.label for clip in before.clips)
    used = Counter(clip.label for clip in after.clips)
    return {name: {"there": there[name], "used": used[name]} for name in before.classes}


def _draw(pool: list[Clip], name: str, count: int, seed: int) -> list[Clip]:
    """Every clip `count // len(pool)` times, and others drawn without replacement for the rest."""
    whole, rest = divmod(count, len(pool))
    chosen = stream(seed, "per class", name).choice(len(pool), rest, replace=False)
    times = np.full(len(pool), whole)
    times[chosen] += 1
    return [clip for clip, n in zip(pool, times.tolist(), strict=True) for _ in range(n)]
