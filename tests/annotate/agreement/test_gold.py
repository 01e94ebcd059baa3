from __future__ import annotations

import pytest
from statsmodels.stats.proportion import proportion_confint

from anigifs.annotate.agreement.gold import gold_scores, wilson
from tests.annotate.agreement.made import gold, vote


@pytest.mark.parametrize(("right", "asked"), [(0, 5), (1, 3), (7, 10), (20, 20), (480, 1000)])
def test_wilsons_interval_is_that_of_statsmodels(right, asked):
    found = wilson(right, asked)
    low, high = proportion_confint(right, asked, method="wilson")
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_nothing_asked_is_no_share():
    assert (wilson(0, 0).value, wilson(0, 0).low, wilson(0, 0).high) == (None, None, None)


def test_accuracy_and_confusion_by_person_and_question():
    golds = [gold(1, "yyy"), gold(2, "yyn"), gold(3, "n--")]
    votes = [
        vote("ada", 1, "yyy"), vote("ada", 2, "yyy"), vote("ada", 3, "n--"), vote("ada", 9, "yyy"),
        vote("bo", 1, "yyu"), vote("bo", 2, "yn-"),
    ]  # fmt: skip
    found = {(score.person, score.asked): score for score in gold_scores(votes, golds)}
    ada = found["ada", "accept"]
    assert (ada.share.right, ada.share.asked) == (2, 3)
    assert ada.confusion == {("no", "no"): 1, ("no", "yes"): 1, ("yes", "yes"): 1}
    assert (found["ada", "animation"].share.right, found["ada", "animation"].share.asked) == (3, 3)
    bo = found["bo", "accept"]
    assert bo.confusion == {("yes", "unsure"): 1, ("no", "no"): 1}  # unsure is not right
    assert (bo.share.right, bo.share.asked) == (1, 2)
    assert found["bo", "exact"].share.asked == 1  # on the second item it was not asked


def test_a_gold_under_another_class_is_another_gold():
    assert gold_scores([vote("ada", 1, "yyy", label="running")], [gold(1, "yyy")]) == []


def test_answers_that_the_owner_left_open_are_not_scored():
    found = gold_scores([vote("ada", 1, "yyy")], [gold(1, "yy-")])
    assert [score.asked for score in found] == ["animation", "character"]
