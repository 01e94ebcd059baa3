"""Splits: nothing crosses, classes keep their shares, earlier clips stay."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.catalog import Decision, Relation
from anigifs.core.config import build
from anigifs.core.errors import ConfigError, InputError
from anigifs.release.groups import grouped
from anigifs.release.splits import Draw, Item, SplitConfig, crossing, draw, refuse_crossing

DRAWN = SplitConfig(least=3)
items = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 25)), min_size=1, max_size=80
).map(lambda pairs: [Item(f"{n:03d}", label, f"g{g}") for n, (label, g) in enumerate(pairs)])


@pytest.mark.parametrize("name", ["dg-full", "da-40", "train-val-test"])
@settings(max_examples=60)
@given(items=items, seed=st.integers(0, 9))
def test_no_group_crosses_a_split(name, items, seed):
    found = draw(name, items, DRAWN.model_copy(update={"seed": seed}))
    assert crossing(items, found.splits) == []
    assert set(found.splits) == {item.id for item in items if item.label in found.classes}


@settings(max_examples=60)
@given(items=items)
def test_the_order_of_the_clips_does_not_matter(items):
    for name in ("da-40", "train-val-test"):
        assert draw(name, items, DRAWN) == draw(name, items[::-1], DRAWN)


@settings(max_examples=60)
@given(counts=st.lists(st.integers(3, 60), min_size=1, max_size=5))
def test_without_groups_every_class_has_its_shares_within_one_clip(counts):
    listed = [
        Item(f"{c}-{n}", f"class {c}", f"{c}-{n}") for c, count in enumerate(counts)
        for n in range(count)
    ]  # fmt: skip
    found = draw("train-val-test", listed, DRAWN)
    for number, count in enumerate(counts):
        parts = Counter(found.splits[f"{number}-{n}"] for n in range(count))
        assert set(parts) == {"train", "val", "test"}
        for part, share in zip(("train", "val", "test"), DRAWN.shares, strict=True):
            assert abs(parts[part] - share * count) <= 1


@settings(max_examples=60)
@given(items=items, more=items)
def test_clips_of_an_earlier_version_stay_where_they_were(items, more):
    new = [Item(f"n{item.id}", item.label, f"n{item.group}") for item in more]
    for name in ("da-40", "train-val-test"):
        old = draw(name, items, DRAWN)
        found = draw(name, [*items, *new], DRAWN, old)
        assert {key: found.splits[key] for key in old.splits} == old.splits


def test_the_most_frequent_classes_are_those_with_most_clips_in_enough_groups():
    listed = [Item(f"a{n}", "a", f"a{n}") for n in range(5)]
    listed += [Item(f"b{n}", "b", f"b{n}") for n in range(7)]
    listed += [Item(f"c{n}", "c", "one group") for n in range(9)]
    listed += [Item(f"d{n}", "d", f"d{n}") for n in range(2)]
    assert draw("da-40", listed, DRAWN).classes == ("a", "b")
    assert draw("da-40", listed, DRAWN.model_copy(update={"top": 1})).classes == ("b",)


def test_another_seed_is_another_draw():
    listed = [Item(f"{n:03d}", "a", f"{n}") for n in range(60)]
    one, other = (
        draw("train-val-test", listed, DRAWN.model_copy(update={"seed": seed})) for seed in (0, 1)
    )
    assert one != other


def test_a_split_through_a_group_is_refused():
    listed = [Item("1", "a", "g"), Item("2", "a", "g")]
    with pytest.raises(InputError, match="cuts through the groups g"):
        refuse_crossing(listed, Draw(("a",), {"1": "train", "2": "test"}).splits, "x")


@pytest.mark.parametrize(
    "values", [{"schemes": []}, {"schemes": ["dg"]}, {"shares": [1, 0, 0]}, {"shares": [1, 1, 1]}]
)
def test_impossible_options_are_refused(values):
    with pytest.raises(ConfigError):
        build(SplitConfig, values, "the options")


def test_copies_of_copies_and_pages_are_one_group():
    related = [
        Decision(member="a", other="x", relation=Relation.DUPLICATE),
        Decision(member="x", other="b", relation=Relation.RELATED),
        Decision(member="b", other="c", relation=Relation.CONFLICT),
        Decision(member="e", other="f", relation=Relation.DISTINCT),
    ]
    found = grouped("fedcba", related, {"page": ["d", "y"], "more": ["y", "e"]})
    assert found == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "d", "f": "f"}
