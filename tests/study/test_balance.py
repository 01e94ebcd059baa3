"""The same number of clips for every class."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.core.errors import InputError
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.study.balance import balanced, counts


def clip_set(sizes):
    clips = [
        Clip(id=f"{name}{at}", path=Path("x"), domain=Domain.REAL_VIDEO, label=name)
        for name, size in sizes.items()
        for at in range(size)
    ]
    return ClipSet(name="toy", classes=tuple(sizes), clips=tuple(clips))


@given(
    sizes=st.dictionaries(st.sampled_from("abc"), st.integers(1, 30), min_size=1),
    per_class=st.integers(1, 40),
    seed=st.integers(0, 5),
)
def test_every_class_has_as_many_and_repeats_as_evenly_as_can_be(sizes, per_class, seed):
    before = clip_set(sizes)
    after = balanced(before, per_class, seed)
    assert Counter(clip.label for clip in after.clips) == dict.fromkeys(sizes, per_class)
    for name, size in sizes.items():
        times = Counter(clip.id for clip in after.clips if clip.label == name)
        fewest = min(times.values()) if len(times) == size else 0
        assert max(times.values()) - fewest <= 1
    assert counts(before, after) == {
        name: {"there": size, "used": per_class} for name, size in sizes.items()
    }


def test_a_seed_draws_the_same_and_another_seed_others():
    before = clip_set({"a": 100})
    draws = [frozenset(c.id for c in balanced(before, 20, seed).clips) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]


def test_a_class_without_clips_is_named():
    before = clip_set({"a": 2})
    with pytest.raises(InputError, match="no clip of b"):
        balanced(ClipSet(name="toy", classes=("a", "b"), clips=before.clips), 2, 0)
