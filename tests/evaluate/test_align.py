"""Datasets whose classes are not the head's: explicit, counted, by name."""

from pathlib import Path

import pytest

from anigifs.core.errors import InputError, ProtocolError
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.evaluate.align import align, as_scored, overlap, restrict
from tests.evaluate.fakes import CLASSES, made

HEAD = ("squat", "push up", "making jewelry")


def clips(*labels, classes=None):
    made_clips = tuple(
        Clip(id=f"c{i}", path=Path("x.gif"), domain=Domain.ANIMATED_GIF, label=label)
        for i, label in enumerate(labels)
    )
    return ClipSet(name="s", classes=classes or tuple(dict.fromkeys(labels)), clips=made_clips)


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        (HEAD, "equal"),
        (("push up", "squat", "making jewelry"), "equal"),
        (("squat",), "a subset"),
        ((*HEAD, "yoga"), "a superset"),
        (("squat", "yoga"), "partly overlapping"),
        (("yoga",), "disjoint"),
    ],
)
def test_each_way_two_lists_can_meet_has_a_name(classes, kind):
    assert overlap(classes, HEAD).kind == kind


def test_names_meet_as_the_taxonomy_normalises_them():
    found = overlap(("Push Up", "making jewellery", "yoga"), HEAD)
    assert found.names == {"Push Up": "push up", "making jewellery": "making jewelry"}
    assert (found.only_set, found.only_head) == (("yoga",), ("squat",))


def test_the_description_counts():
    text = overlap(("squat", "yoga"), HEAD).describe()
    assert text == (
        "2 classes in the set, 3 in the head: 1 shared (partly overlapping), "
        "1 only in the set, 2 only in the head"
    )


def test_equal_classes_need_no_rule_and_take_the_order_of_the_head():
    found = align(clips("Push Up", "making jewellery", "Squat"), HEAD)
    assert found.rule == "exact"
    assert found.clips.classes == HEAD
    assert [clip.label for clip in found.clips.clips] == ["push up", "making jewelry", "squat"]


def test_classes_that_differ_need_a_rule_and_the_error_names_both():
    with pytest.raises(ProtocolError, match=r"--classes intersection .*--classes head"):
        align(clips("squat", "yoga"), HEAD)


@pytest.mark.parametrize("rule", ["intersection", "head"])
def test_clips_whose_class_the_head_lacks_are_left_out_and_counted(rule):
    found = align(clips("squat", "yoga", "yoga", "push up"), HEAD, rule)
    assert [clip.id for clip in found.clips.clips] == ["c0", "c3"]
    assert found.outside == 2
    assert found.rule == rule
    assert found.set_classes == ("squat", "yoga", "push up")


def test_no_shared_class_is_an_error_with_any_rule():
    with pytest.raises(ProtocolError, match="Map the set's labels"):
        align(clips("yoga"), HEAD, "head")


def test_a_head_with_one_name_in_two_spellings_is_refused():
    with pytest.raises(InputError, match="are one name"):
        overlap(("squat",), ("push up", "Push Up"))


def test_an_intersection_cuts_logits_to_the_shared_classes():
    p = made(set_classes=("lunge", "squat", "yoga"), rule="intersection")
    found = as_scored(p)
    assert found.classes == ("squat", "lunge")
    assert set(found.labels) == {"squat", "lunge"}
    kept = [i for i, label in enumerate(p.labels) if label in ("squat", "lunge")]
    assert (found.logits == p.logits[kept][:, :2]).all()


def test_the_head_rule_keeps_all_logits():
    p = made(set_classes=("lunge",), rule="head")
    assert as_scored(p) is p


def test_restricting_to_nothing_is_an_error():
    with pytest.raises(InputError, match="the head has none of yoga"):
        restrict(made(), ["yoga"])


def test_restricting_to_all_changes_nothing():
    p = made()
    assert restrict(p, CLASSES).ids == p.ids
