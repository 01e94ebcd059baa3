from __future__ import annotations

import numpy as np
import pytest

from anigifs.annotate.agreement.report import AgreementConfig, report
from anigifs.annotate.simulate import (
    Annotator,
    AnnotatorConfig,
    Rates,
    Truth,
    annotators,
    vote_all,
)
from anigifs.annotate.visit import Visit, wire
from anigifs.catalog import OK, Outcome, Then, Workspace
from anigifs.catalog.annotation import QUESTIONS, Act, Answer, Flag, NewTask
from anigifs.core.errors import AnigifsError, InputError

NEVER = {"false_accept": Rates(), "false_reject": Rates(), "unsure": Rates()}
PERFECT = AnnotatorConfig(**NEVER, names_other=1, notices_sensitive=1)


def shas(count):
    return [f"{number:064x}" for number in range(count)]


def votes_of(config, truth, label="walking", items=4_000):
    annotator = Annotator("simulated-1", config)
    return [annotator.vote(sha, label, truth) for sha in shas(items)]


def share(votes, question, answer):
    asked = [getattr(vote, question) for vote in votes if getattr(vote, question) != Answer.NONE]
    return sum(said == answer for said in asked) / len(asked)


@pytest.mark.parametrize(
    ("truth", "answers"),
    [
        (Truth("walking"), ("yes", "yes", "yes")),
        (Truth("running"), ("yes", "yes", "no")),
        (Truth(None, character=False), ("yes", "no", "")),
        (Truth("walking", animation=False, character=False), ("no", "", "")),
    ],
)
def test_one_who_never_errs_tells_the_truth_and_asks_no_settled_question(truth, answers):
    vote = votes_of(PERFECT, truth, items=1)[0]
    assert tuple(getattr(vote, name) for name in QUESTIONS) == answers
    assert vote.other == ("running" if truth.label == "running" else "")


def test_errors_come_as_often_as_was_stated():
    config = AnnotatorConfig(
        false_reject=Rates(animation=0.05, character=0.10, exact=0.20),
        false_accept=Rates(exact=0.25), unsure=Rates(),
    )  # fmt: skip
    votes = votes_of(config, Truth("walking"))
    # 4 standard errors of a share of 0.2 of 3,400 are 0.027
    for question, rate in (("animation", 0.05), ("character", 0.10), ("exact", 0.20)):
        assert share(votes, question, Answer.NO) == pytest.approx(rate, abs=0.028)
    wrong = votes_of(config, Truth("running"))
    assert share(wrong, "exact", Answer.YES) == pytest.approx(0.25, abs=0.028)
    unsure = votes_of(AnnotatorConfig(unsure=Rates(exact=0.3)), Truth("walking"))
    assert share(unsure, "exact", Answer.UNSURE) == pytest.approx(0.3, abs=0.03)


def test_times_flags_skips_and_other_classes_come_as_stated():
    config = AnnotatorConfig(**NEVER, names_other=0.5, notices_sensitive=0.5, skips=0.1, median_s=3)
    votes = votes_of(config, Truth("running", sensitive=True))
    skipped = [vote for vote in votes if vote.act == Act.SKIP]
    assert len(skipped) / len(votes) == pytest.approx(0.1, abs=0.02)
    assert not any(getattr(vote, name) for vote in skipped for name in QUESTIONS)
    assert not any(vote.other for vote in skipped)
    voted = [vote for vote in votes if vote.act == Act.VOTE]
    assert np.mean([vote.other == "running" for vote in voted]) == pytest.approx(0.5, abs=0.035)
    assert np.mean([v.flag == Flag.SENSITIVE for v in votes]) == pytest.approx(0.5, abs=0.035)
    assert np.median([vote.took_ms for vote in votes]) == pytest.approx(3_000, rel=0.05)


def test_what_one_says_depends_on_seed_name_and_item_alone():
    truth = Truth("walking")
    config = AnnotatorConfig(false_reject=Rates(exact=0.5))
    first, second = annotators([config, config])
    there = [first.vote(sha, "walking", truth) for sha in shas(50)]
    assert there == [first.vote(sha, "walking", truth) for sha in reversed(shas(50))][::-1]
    assert [v.exact for v in there] != [second.vote(s, "walking", truth).exact for s in shas(50)]
    other = Annotator("simulated-1", config, seed=1)
    assert [v.exact for v in there] != [other.vote(s, "walking", truth).exact for s in shas(50)]
    assert first.vote("a" * 64, "x", truth, repeat=1).client_id != there[0].client_id


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(tmp_path / "w") as made:
        names = made.blobs.put_all([b"GIF89a %d" % number for number in range(60)])
        made.fetches.record([
            Outcome(url=f"https://a.example/{name}", reason=OK, then=Then.DONE, sha256=name,
                    size_bytes=9) for name in names
        ])  # fmt: skip
        made.tasks.refresh([NewTask(sha256=name, label="walking") for name in names], 2)
        yield made


def truth_of(workspace):
    names = sorted({task.sha256 for task in workspace.tasks.all()})
    return {name: Truth("walking" if at % 3 else "running") for at, name in enumerate(names)}


def test_a_crowd_empties_the_queue_with_as_many_votes_as_were_wanted(workspace):
    truth = truth_of(workspace)
    stored = vote_all(workspace, annotators([PERFECT] * 3), truth)
    votes = workspace.votes.current()
    assert sum(stored.values()) == len(votes) == 120
    assert {vote.person for vote in votes} <= {"simulated-1", "simulated-2", "simulated-3"}
    assert all(vote.accepts == (truth[vote.sha256].label == "walking") for vote in votes)
    assert all(task.closed for task in workspace.tasks.all())
    found = report(workspace, AgreementConfig(replicates=100))
    assert found.questions["accept"].alpha.value == 1
    assert found.simulated
    assert sum(vote_all(workspace, annotators([PERFECT] * 3), truth).values()) == 0


def test_a_crowd_that_skips_ends_too(workspace):
    crowd = annotators([AnnotatorConfig(skips=1), PERFECT])
    stored = vote_all(workspace, crowd, truth_of(workspace))
    assert stored == {"simulated-1": 60, "simulated-2": 60}
    assert len(workspace.votes.current()) == 60


def test_an_item_without_truth_is_an_error_that_names_it(workspace):
    with pytest.raises(InputError, match=r"were not told what [0-9a-f]{64} is"):
        vote_all(workspace, annotators([PERFECT]), {})


class Replies:
    """A server that hands out three items, and keeps what it was sent."""

    def __init__(self, refuse=False):
        self.left, self.sent, self.refuse = shas(3), [], refuse

    def get(self, url):
        if url == "/":
            return Reply(200, text='<meta name="csrf-token" content="abc">')
        return Reply(200, {"items": self._items()})

    def post(self, url, *, json, headers):
        self.sent.append((url, json, headers))
        if url == "/join":
            return Reply(204 if json["token"] == "right" else 403, text="no")
        votes = json["votes"]
        if self.refuse:
            refused = [{"client_id": votes[0]["client_id"], "why": "not yours"}]
            return Reply(200, {"stored": [], "refused": refused, "items": self._items()})
        self.left = [sha for sha in self.left if sha != votes[0]["sha256"]]
        stored = [vote["client_id"] for vote in votes]
        return Reply(200, {"stored": stored, "refused": [], "items": self._items()})

    def _items(self):
        return [{"sha256": sha, "label": "walking"} for sha in self.left[:2]]


class Reply:
    def __init__(self, status_code, body=None, text=""):
        self.status_code, self.body, self.text = status_code, body, text

    def json(self):
        return self.body


def test_an_annotator_votes_over_http_until_nothing_is_left():
    server, truth = Replies(), dict.fromkeys(shas(3), Truth("walking"))
    visit = Visit(server, "http://127.0.0.1:1")
    csrf = visit.join("right")
    acknowledged = visit.vote(annotators([PERFECT])[0], csrf, truth)
    assert len(set(acknowledged)) == 3
    url, body, headers = server.sent[-1]
    assert (url, headers) == (
        "/api/votes", {"Origin": "http://127.0.0.1:1", "X-CSRF-Token": "abc"},
    )  # fmt: skip
    assert body["votes"][0]["exact"] == "yes"


def test_a_busy_server_is_sent_the_same_vote_again(monkeypatch):
    monkeypatch.setattr("anigifs.annotate.visit.sleep", lambda _: None)
    server, truth = Replies(), dict.fromkeys(shas(3), Truth("walking"))
    answer, busy = server.post, [False, True, True, False, False]
    server.post = lambda url, **given: Reply(503) if busy.pop() else answer(url, **given)
    acknowledged = Visit(server, "").vote(annotators([PERFECT])[0], "", truth)
    assert (len(acknowledged), busy) == (3, [])


def test_a_server_that_refuses_ends_the_visit():
    with pytest.raises(AnigifsError, match="/join answered 403"):
        Visit(Replies(), "").join("wrong")
    truth = dict.fromkeys(shas(3), Truth("walking"))
    with pytest.raises(AnigifsError, match="not yours"):
        Visit(Replies(refuse=True), "").vote(annotators([PERFECT])[0], "", truth)


def test_a_vote_on_the_wire_has_the_keys_of_the_contract():
    vote = votes_of(PERFECT, Truth("walking"), items=1)[0]
    assert wire(vote).keys() == {
        "client_id", "sha256", "label", "act", "animation", "character", "exact", "other", "flag",
        "note", "boxes", "took_ms",
    }  # fmt: skip
