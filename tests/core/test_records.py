"""Records: filters keep the order and say nothing new."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from anigifs.core.records import Clip, ClipSet, Domain, Problem


def clip(name, label, split):
    return Clip(id=name, path=Path(name), domain=Domain.REAL_GIF, label=label, split=split)


CLIPS = ClipSet(
    name="toy",
    classes=("b", "a"),
    clips=(clip("1", "a", "train"), clip("2", "b", "test"), clip("3", "a", "test")),
    problems=(Problem("4", "missing"),),
    simulated=True,
)


def ids(found):
    return [one.id for one in found.clips]


def test_a_split_keeps_classes_problems_and_what_is_simulated():
    found = CLIPS.split("test")
    assert ids(found) == ["2", "3"]
    assert (found.classes, found.problems, found.simulated) == (("b", "a"), CLIPS.problems, True)


def test_only_classes_sets_their_order():
    found = CLIPS.only_classes(["a"])
    assert (ids(found), found.classes) == (["1", "3"], ("a",))
    assert CLIPS.only_classes(iter(["a", "b"])).classes == ("a", "b")


def test_where_keeps_what_is_asked_for():
    assert ids(CLIPS.where(lambda one: one.id > "1")) == ["2", "3"]


def test_domains_are_written_as_words():
    assert [str(domain) for domain in Domain] == ["real-video", "real-gif", "animated-gif"]


def test_nobody_rewrites_a_fact():
    with pytest.raises(FrozenInstanceError):
        CLIPS.clips[0].label = "b"
