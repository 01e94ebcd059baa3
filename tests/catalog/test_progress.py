"""How far people have come: counted by hand over a few items."""

import pytest

from anigifs.catalog import OK, Outcome, Said, Then, Verdict, Workspace
from anigifs.catalog.annotation import Act, Answer, NewTask, Vote
from anigifs.catalog.progress import ClassProgress


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(tmp_path / "work") as made:
        yield made


def items(workspace, count):
    outcomes = []
    for number in range(count):
        sha = workspace.blobs.put(b"GIF89a %d" % number)
        url = f"http://a.test/{number}.gif"
        outcomes.append(Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha))
    workspace.fetches.record(outcomes)
    return [outcome.sha256 for outcome in outcomes]


def a_vote(name, sha, **more):
    answers = {"animation": Answer.YES, "character": Answer.YES, "exact": Answer.YES}
    return Vote(client_id=name, person="", sha256=sha, label="clapping", **(answers | more))


def test_items_stand_in_one_state_each_and_golds_and_retired_ones_in_none(workspace):
    shas = items(workspace, 6)
    rows = [NewTask(sha256=sha, label="clapping") for sha in shas[:5]]
    gold = NewTask(sha256=shas[5], label="clapping", gold=True)
    workspace.tasks.refresh([*rows, gold], wanted=2)
    one, two = (workspace.people.invite(name)[0].id for name in ("ant", "bee"))
    workspace.votes.bring(one, [a_vote("one-0", shas[0]), a_vote("one-1", shas[1])])
    workspace.votes.bring(two, [a_vote("two-0", shas[0])])
    workspace.verdicts.append(
        [Verdict(sha256=sha, label="clapping", said=said, by="majority")
         for sha, said in ((shas[2], Said.PASS), (shas[3], Said.FAIL))]
    )  # fmt: skip
    assert workspace.overview.progress().classes == (
        ClassProgress(label="clapping", items=5, accepted=1, rejected=1, voted=1, begun=1,
                      untouched=1),
    )  # fmt: skip
    workspace.tasks.refresh([*rows[:4], gold], wanted=2)
    assert workspace.overview.progress().classes[0].untouched == 0


def test_of_a_person_counts_what_stands(workspace):
    shas = items(workspace, 3)
    workspace.tasks.refresh([NewTask(sha256=sha, label="clapping") for sha in shas], wanted=1)
    person = workspace.people.invite("ant")[0].id
    none = {"animation": Answer.NONE, "character": Answer.NONE, "exact": Answer.NONE}
    workspace.votes.bring(person, [
        a_vote("first", shas[0]), a_vote("again", shas[0], exact=Answer.NO),
        a_vote("skip", shas[1], act=Act.SKIP, **none), a_vote("undone", shas[2]),
    ])  # fmt: skip
    workspace.votes.undo_last(person, "undo")
    workspace.people.invite("bee")
    workspace.people.revoke("bee")
    ant, bee = workspace.overview.progress().people
    assert (ant.name, ant.votes, ant.skips) == ("ant", 1, 1)
    assert ant.last_s is not None
    assert (bee.votes, bee.last_s, bee.revoked) == (0, None, True)


def test_items_of_a_class_come_with_what_was_settled_the_most_voted_first(workspace):
    shas = items(workspace, 3)
    workspace.tasks.refresh([NewTask(sha256=sha, label="clapping") for sha in shas], wanted=2)
    person = workspace.people.invite("ant")[0].id
    workspace.votes.bring(person, [a_vote("one", shas[2])])
    workspace.verdicts.append(
        [Verdict(sha256=shas[2], label="clapping", said=Said.FAIL),
         Verdict(sha256=shas[2], label="clapping", said=Said.PASS)]
    )  # fmt: skip
    listed = workspace.overview.items("clapping", 2)
    assert [(item.sha256, item.voted, item.said) for item in listed] == [
        (shas[2], 1, "accepted"), (shas[0], 0, ""),
    ]  # fmt: skip
    assert workspace.overview.items("situp", 2) == []
