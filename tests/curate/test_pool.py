"""Duplicates in a workspace: decisions, increments, conflicts, and people's word."""

import pytest

from anigifs.catalog import Decision, Kind, Relation
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.pool import against, dedup_workspace
from anigifs.curate.screen.config import ScreenConfig
from anigifs.curate.screen.run import screen
from tests.curate.made import clip_set, fetch, gif, workspace

CONFIG = DedupConfig()


@pytest.fixture
def space(tmp_path):
    with workspace(tmp_path) as made:
        yield made


def add(space, label, *datas, **hit):
    """Fetch, screen, and search: the sha256 of each and what the search found."""
    shas = [fetch(space, label, data, **hit) for data in datas]
    screen(space, ScreenConfig(), workers=1)
    return shas, dedup_workspace(space, CONFIG, workers=1)


def test_the_smaller_copy_is_dropped_with_pair_distance_and_transform(space):
    (one, small), found = add(space, "run", gif(0), gif(0, "resized to 50 %"))
    assert space.decisions.dropped() == {small: one}
    (decision,) = space.decisions.of(small)
    assert (decision.relation, decision.transform) == (Relation.DUPLICATE, "resized")
    assert 0 <= decision.distance <= 48
    assert found.dropped == 1
    assert space.funnel().total.duplicate == 1
    assert space.queue.counts(Kind.DEDUP)["done"] == 2


def test_new_ones_meet_the_pool_and_the_pool_is_not_compared_again(space):
    (one, other), first = add(space, "run", gif(0), gif(1))
    assert first.compared == 0
    (copy,), second = add(space, "run", gif(0, "mirrored"))
    assert second.compared == 1
    assert space.decisions.dropped() == {copy: one}
    _, third = add(space, "run")
    assert third.compared == 0
    assert [len(each.members) for each in third.clusters] == [2]
    assert len(space.decisions.of(copy)) == 1
    assert not space.decisions.of(other)


def test_a_better_copy_that_comes_later_is_kept_instead(space):
    (small,), _ = add(space, "run", gif(0, "resized to 50 %"))
    (one,), _ = add(space, "run", gif(0))
    assert space.decisions.dropped() == {small: one}
    (larger,), found = add(space, "run", gif(0, "resized to 150 %"))
    assert space.decisions.dropped()[one] == larger
    assert set(space.decisions.dropped()) == {small, one}
    assert found.dropped == 2


def test_a_second_class_takes_the_drop_back_and_asks_people(space):
    (one, small), _ = add(space, "run", gif(0), gif(0, "resized to 50 %"))
    (walking,), found = add(space, "walk", gif(0, "32 colours"))
    assert [each.conflict for each in found.clusters] == [True]
    assert not space.decisions.dropped()
    conflicts = space.decisions.current(Relation.CONFLICT)
    assert {name for each in conflicts for name in (each.member, each.other)} == {
        one, small, walking,
    }  # fmt: skip


def test_reversed_copies_are_related_and_stay(space):
    (one, backwards), _ = add(space, "sit", gif(0), gif(0, "reversed"))
    (decision,) = space.decisions.of(one)
    assert decision.relation is Relation.RELATED
    assert "reversed" in decision.transform
    assert {decision.member, decision.other} == {one, backwards}
    assert not space.decisions.dropped()


def test_what_people_call_distinct_stays_distinct(space):
    (one, other), _ = add(space, "run", gif(0), gif(0, "resized to 50 %"))
    assert other in space.decisions.dropped()
    space.decisions.append([
        Decision(member=one, other=other, relation=Relation.DISTINCT, by="person")
    ])  # fmt: skip
    _, found = add(space, "run", gif(1))
    assert not found.clusters
    assert not space.decisions.dropped()


def test_the_open_licence_is_kept_of_equal_copies(space):
    shas = [
        fetch(space, "run", gif(0), spdx="NOASSERTION"),
        fetch(space, "run", gif(0, "32 colours"), spdx="CC0-1.0"),
    ]
    screen(space, ScreenConfig(), workers=1)
    dedup_workspace(space, CONFIG, workers=1)
    assert space.decisions.dropped() == {shas[0]: shas[1]}


def test_leaks_into_another_dataset_are_found_and_nothing_is_decided(space, tmp_path):
    add(space, "run", gif(0), gif(1))
    other = clip_set(tmp_path, {"run/a.gif": gif(1, "black border"), "run/b.gif": gif(2)}, "test")
    found = against(space, other, CONFIG, workers=1)
    assert [found.items[link.other].title for link in found.links] == ["run/a.gif"]
    assert not space.decisions.current()
