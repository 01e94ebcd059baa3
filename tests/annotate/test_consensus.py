"""From votes to verdicts: expected by hand, from the rules as the document words them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.annotate.consensus import RULES, adjudicate, disputed, resolve
from anigifs.annotate.queue import refresh
from anigifs.annotate.rules import Outcome
from anigifs.catalog import Said
from anigifs.catalog.annotation import Gold, Role
from anigifs.core.errors import InputError, UnknownName
from tests.annotate.made import invite, say, vote, waiting

ITEM = ("a" * 64, "run")
PASS = Outcome(Said.PASS)


def fail(reason, other=""):
    return Outcome(Said.FAIL, reason, other)


@pytest.mark.parametrize(
    ("said", "majority", "unanimous"),
    [
        (["yyy", "yyy"], PASS, PASS),
        (["yyy", "yyn"], None, None),
        (["yyy", "yyu"], None, None),
        (["yyy", "yyy", "yyn"], PASS, None),
        (["yyy", "yyu", "yyu"], None, None),
        (["n--", "n--"], fail("not-animation"), fail("not-animation")),
        (["n--", "yn-", "yn-"], fail("no-character"), fail("no-character")),
        (["n--", "yn-"], fail("not-animation"), fail("not-animation")),
        (["yyn", "yyn", "yyy"], fail("not-class"), None),
        (["yyn:jump", "yyn:jump"], fail("other-class", "jump"), fail("other-class", "jump")),
        (["yyn:jump", "yyn:swim"], fail("not-class"), fail("not-class")),
        (["yyn:jump", "yyn:jump", "n--"], *[fail("other-class", "jump")] * 2),
        (["yyn:jump", "yyn", "n--"], *[fail("not-class")] * 2),
        (["yyy"], PASS, PASS),
    ],
)
def test_a_rule_says_what_the_table_says(said, majority, unanimous):
    votes = [vote(*ITEM, text[:3], other=text[4:], by=str(n)) for n, text in enumerate(said)]
    assert RULES["majority"].decide(votes) == majority
    assert RULES["unanimous"].decide(votes) == unanimous
    assert RULES["adjudicated"].decide(votes) is None


SAID = st.sampled_from(["yyy", "yyn", "yn-", "n--", "yyu", "u--"])


@given(st.lists(SAID, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_no_rule_minds_the_order_of_votes_and_majority_accepts_what_all_accept(said, random):
    votes = [vote(*ITEM, text, by=str(n)) for n, text in enumerate(said)]
    mixed = random.sample(votes, len(votes))
    for name in RULES:
        assert RULES[name].decide(votes) == RULES[name].decide(mixed)
    if (all_ := RULES["unanimous"].decide(votes)) is not None:
        assert RULES["majority"].decide(votes) == all_


@pytest.fixture
def work(tmp_path):
    workspace, shas = waiting(tmp_path, {"run": 4, "jump": 2})
    with workspace:
        refresh(workspace)
        yield workspace, shas["run"], invite(workspace, "ann", "bob", "cleo", "dan")


def counts(found):
    return found.accepted, found.rejected, found.disagreements, found.asked_more


def test_what_has_its_votes_is_settled_once_and_keeps_them(work):
    w, run, people = work
    say(w, people[:2], (run[0], "run"), "yyy", "yyy")
    say(w, people[:2], (run[1], "run"), "n--", "n--")
    say(w, people[:1], (run[2], "run"), "yyy")
    assert counts(resolve(w)) == (1, 1, 0, 0)
    assert counts(resolve(w)) == (0, 0, 0, 0)
    yes, no = sorted(w.verdicts.current(), key=lambda verdict: run.index(verdict.sha256))
    assert (yes.sha256, yes.said, yes.by) == (run[0], Said.PASS, "rule:majority")
    assert (no.sha256, no.said, no.reason) == (run[1], Said.FAIL, "not-animation")
    assert [(v["person"], v["exact"]) for v in yes.evidence["votes"]] == [
        ("ann", "yes"), ("bob", "yes"),
    ]  # fmt: skip


def test_without_a_majority_one_more_is_asked_and_then_an_adjudicator(work):
    w, run, people = work
    say(w, people[:2], (run[0], "run"), "yyy", "yyn")
    assert counts(resolve(w)) == (0, 0, 0, 1)
    assert not w.tasks.get(run[0], "run").closed
    assert w.funnel().total.disputed == 0
    say(w, people[2:3], (run[0], "run"), "yyu")
    assert counts(resolve(w)) == (0, 0, 1, 0)
    assert [task.sha256 for task in disputed(w)] == [run[0]]
    assert (w.funnel().total.disputed, w.funnel().total.waiting) == (1, 6)
    assert w.verdicts.current() == []
    invite(w, "judge", role=Role.ADJUDICATOR)
    ruled = adjudicate(w, "judge", run[0], "run", Said.FAIL, "no-character: a photo")
    assert (ruled.reason, ruled.evidence["remark"]) == ("no-character", "a photo")
    assert disputed(w) == []
    assert counts(resolve(w, "unanimous")) == (0, 0, 0, 0), "a person's word stands above votes"
    assert w.funnel().total.rejected == {"no-character": 1}


def test_unanimous_sends_a_split_to_the_adjudicator_at_once(work):
    w, run, people = work
    say(w, people[:2], (run[0], "run"), "yyy", "yyn")
    assert counts(resolve(w, "unanimous")) == (0, 0, 1, 0)
    assert counts(resolve(w, "adjudicated")) == (0, 0, 1, 0)


def test_another_rule_looks_at_all_votes_again(work):
    w, run, people = work
    say(w, people[:2], (run[0], "run"), "yyy", "yyy")
    resolve(w)
    assert counts(resolve(w, "adjudicated")) == (0, 0, 1, 0)
    assert w.verdicts.current() == []
    assert counts(resolve(w)) == (1, 0, 0, 0)


def test_a_vote_taken_back_withdraws_the_verdict(work):
    w, run, people = work
    say(w, people[:2], (run[0], "run"), "yyy", "yyy")
    resolve(w)
    w.votes.undo_last(people[1].id, "undo")
    assert w.verdicts.current() == []
    assert not w.tasks.get(run[0], "run").closed
    assert [task.sha256 for task in w.tasks.take(people[1].id, 1)] == [run[0]]
    say(w, people[1:2], (run[0], "run"), "yyn")
    assert counts(resolve(w)) == (0, 0, 0, 1)


def test_the_other_class_becomes_a_task_and_one_vote_does_not_settle_it(work):
    w, run, people = work
    say(w, people[:2], (run[0], "run"), "yyn:swim", "yyn:swim")
    assert counts(resolve(w)) == (0, 1, 0, 0)
    moved = w.tasks.get(run[0], "swim")
    assert (moved.closed, moved.voted, moved.wanted) == (False, 0, 2)
    assert w.funnel().classes["swim"].waiting == 1
    say(w, people[:1], (run[0], "swim"), "yyy")
    assert counts(resolve(w)) == (0, 0, 0, 0)
    say(w, people[1:2], (run[0], "swim"), "yyy")
    assert counts(resolve(w)) == (1, 0, 0, 0)
    funnel = w.funnel()
    assert (funnel.classes["swim"].accepted, funnel.total.accepted) == (1, 1)
    assert funnel.total.fetched == 6, "an item under two classes counts once"


def test_only_adjudicators_rule_and_only_on_what_was_asked(work):
    w, run, _ = work
    invite(w, "judge", role=Role.ADJUDICATOR)
    with pytest.raises(InputError, match="may not adjudicate"):
        adjudicate(w, "ann", run[0], "run", Said.PASS)
    with pytest.raises(InputError, match="never held"):
        adjudicate(w, "judge", run[0], "fly", Said.PASS)
    with pytest.raises(InputError, match="name the class"):
        adjudicate(w, "judge", run[0], "run", Said.FAIL, "other-class")
    with pytest.raises(UnknownName, match="majority"):
        resolve(w, "majorty")


def test_golds_are_settled_by_their_answers_and_open_again_without(work):
    w, run, _ = work
    answers = {"animation": "yes", "character": "no"}
    w.guidance.add_golds([Gold(sha256=run[0], label="run", answers=answers, by="me")])
    resolve(w)
    (verdict,) = w.verdicts.current()
    assert (verdict.said, verdict.reason, verdict.by) == (Said.FAIL, "no-character", "gold:me")
    w.guidance.add_golds([Gold(sha256=run[0], label="run", answers={})])
    resolve(w)
    assert w.verdicts.current() == []
