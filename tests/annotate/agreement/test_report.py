from __future__ import annotations

import json
import random

import pytest
from sklearn.metrics import cohen_kappa_score

from anigifs.annotate.agreement.report import AgreementConfig, report_on
from tests.annotate.agreement.made import gold, vote

CONFIG = AgreementConfig(replicates=100)


def votes_of(people=("ada", "bo"), items=40, seed=0, label="walking"):
    """Everybody on every item; one in seven says no where the others say yes, or back."""
    rng = random.Random(seed)
    found = []
    for item in range(items):
        usual = rng.random() < 0.6
        for person in people:
            yes = usual != (rng.random() < 1 / 7)
            found.append(vote(person, item, "yyy" if yes else "yyn", label=label))
    return found


def test_the_overall_answer_is_measured_beside_the_three_questions():
    votes = votes_of()
    found = report_on(votes, config=CONFIG)
    said = {name: [v.accepts for v in votes if v.person == name] for name in ("ada", "bo")}
    theirs = cohen_kappa_score(said["ada"], said["bo"])
    assert found.questions["accept"].cohen.value == pytest.approx(theirs)
    assert found.questions["exact"].cohen.value == pytest.approx(theirs)
    assert found.questions["animation"].alpha.value is None  # all said yes
    assert (found.items, found.votes, found.shared) == (40, 80, 40)


def test_a_question_that_was_not_asked_is_a_missing_vote():
    votes = [vote("ada", i, "n--") for i in range(20)] + [vote("bo", i, "yyy") for i in range(20)]
    found = report_on(votes, config=CONFIG).questions
    assert found["animation"].percent.value == 0
    assert found["exact"].percent.value is None
    assert found["exact"].percent.why == "0 with two votes; at least 10 are needed"
    assert found["exact"].said == {"yes": 20, "no": 0, "unsure": 0}


def test_unsure_is_an_answer_unless_asked_to_be_none():
    votes = [vote("ada", i, "yyy") for i in range(20)] + [vote("bo", i, "yyu") for i in range(20)]
    as_answer = report_on(votes, config=CONFIG)
    assert as_answer.questions["accept"].percent.value == 0
    missing = report_on(votes, config=AgreementConfig(unsure="missing"))
    assert missing.questions["accept"].percent.value is None
    assert "unsure counts as no vote" in missing.lines()


def test_golds_are_left_out_of_agreement_and_told():
    votes, golds = votes_of(), [gold(1, "yyy"), gold(2, "yyy"), gold(99, "yyy")]
    found = report_on(votes, golds, CONFIG)
    assert (found.items, found.golds_left_out) == (38, 2)
    with_golds = report_on(votes, golds, AgreementConfig(replicates=100, golds=True))
    assert (with_golds.items, with_golds.golds_left_out) == (40, 0)
    assert [score.share.asked for score in found.people[0].golds] == [2, 2, 2, 2]


def test_each_class_is_measured_alone():
    votes = votes_of() + votes_of(items=15, seed=3, label="running") + votes_of(items=3, label="x")
    found = {row.label: row for row in report_on(votes, config=CONFIG).classes}
    assert {label: row.items for label, row in found.items()} == {
        "running": 15, "walking": 40, "x": 3,
    }  # fmt: skip
    alone = report_on(votes_of(), config=CONFIG).questions["accept"]
    assert found["walking"].questions["accept"] == alone
    assert found["x"].questions["accept"].alpha.value is None
    assert report_on(votes, config=AgreementConfig(classes=False)).classes == ()


def test_the_time_of_an_item_by_person_in_seconds():
    votes = [vote("ada", i, "yyy", took_ms=ms) for i, ms in enumerate([0, 1000, 2000, 3000, 9000])]
    person = report_on(votes, config=CONFIG).people[0]
    # of 1, 2, 3, 9 (0: not measured), by hand
    assert (person.median_s, person.q25_s, person.q75_s) == (2.5, 1.75, 4.5)
    assert report_on([vote("bo", 1, "yyy", took_ms=0)]).people[0].median_s is None


def test_simulated_people_are_marked_first_of_all():
    found = report_on(votes_of(("ada", "simulated-1")), config=CONFIG)
    assert found.simulated == ("simulated-1",)
    assert found.lines()[1].startswith("SIMULATED: simulated-1 ")
    assert found.as_json()["simulated"] == ["simulated-1"]
    assert not any("SIMULATED" in line for line in report_on(votes_of(), config=CONFIG).lines())


def test_the_order_of_votes_is_no_matter():
    votes = votes_of(("ada", "bo", "cy"))
    shuffled = random.Random(1).sample(votes, len(votes))
    assert report_on(votes, config=CONFIG) == report_on(shuffled, config=CONFIG)


def test_json_holds_every_number_and_no_nan():
    found = report_on(votes_of(("ada", "bo", "cy")), [gold(1, "yyn")], CONFIG)
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert told["questions"]["accept"]["alpha"]["value"] == found.questions["accept"].alpha.value
    assert len(told["pairs"]) == 3 * 4
    assert told["people"][0]["golds"][0]["share"]["asked"] == 1
    assert told["people"][0]["golds"][0]["confusion"][0].keys() == {"owner", "said", "times"}


def test_the_text_names_each_question_and_stays_within_a_wide_terminal():
    long = "a person with a name of sixty-four characters, as many as fit in"
    lines = report_on(votes_of((long, "bo")), [gold(1, "yyn")], CONFIG).lines()
    text = "\n".join(lines)
    for words in ("is an animation", "a character performs", "exactly this class", "accept"):
        assert words in text
    assert "nan" not in text.lower().replace("nanimation", "")
    assert all(not line.endswith(" ") for line in lines)


def test_no_votes_at_all_are_a_report_too():
    found = report_on([], config=CONFIG)
    assert (found.items, found.votes, found.people, found.classes) == (0, 0, (), ())
    assert "0 with two votes" in "\n".join(found.lines())
    json.dumps(found.as_json(), allow_nan=False)
