"""Class by class, against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from anigifs.evaluate.predictions import from_arrays
from anigifs.report.classwise import by_class, confusion_shares, mistakes
from tests.report.fakes import CLASSES, predictions


def test_confusion_and_class_accuracy_are_those_of_scikit_learn():
    run = predictions("animated", "erm", 0)
    theirs = confusion_matrix(run.label_index, run.logits.argmax(1), normalize="true")
    names, shares, clips = confusion_shares([run])
    assert names == CLASSES
    assert np.nan_to_num(shares) == pytest.approx(theirs)
    assert clips.tolist() == [15] * 8
    assert by_class({"a": [run]}).sets["a"] == pytest.approx(np.diag(theirs))


def test_only_classes_that_both_sets_score_are_shown():
    wide = predictions("real", "erm", 0)
    cut = predictions("animated", "erm", 0, set_classes=("clapping", "squat"), rule="intersection")
    assert by_class({"real": [wide], "animated": [cut]}).classes == ("squat", "clapping")


def test_the_largest_drop_comes_first_and_absent_classes_last():
    facts = by_class(
        {"a": [predictions("real", "erm", 0)], "b": [predictions("animated", "erm", 0)]}
    )
    ranked = facts.largest_drops("a", "b", 3)
    drops = facts.sets["a"] - facts.sets["b"]
    assert len(ranked.classes) == 3
    assert (ranked.sets["a"] - ranked.sets["b"]) == pytest.approx(np.sort(drops)[::-1][:3])
    facts.sets["b"][facts.classes.index(ranked.classes[0])] = np.nan
    assert facts.largest_drops("a", "b", 8).classes[-1] == ranked.classes[0]


def test_the_commonest_mistakes_by_hand():
    logits = [[0, 1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]]
    run = from_arrays("12345", ["a", "a", "a", "b", "b"], logits, ["a", "b", "c"])
    found = mistakes([run], 5)
    assert [(m.true, m.predicted, m.share, m.clips) for m in found] == [
        ("a", "b", pytest.approx(2 / 3), 3),
        ("b", "a", 0.5, 2),
        ("b", "c", 0.5, 2),
    ]
