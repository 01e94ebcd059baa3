"""Items go out, votes come in, once; and nothing of the inside goes along."""

from uuid import uuid4

import pytest

from anigifs.annotate.app.limits import MOST_BYTES
from anigifs.catalog.annotation import Act, Answer, Example, Gold, Role
from tests.annotate.app.conftest import HOSTILE, LABELS, a_vote


def test_the_items_handed_out_stay_the_same_until_they_are_voted_on(site):
    ant = site.browser("ant")
    told = ant.get("/api/next?count=2").json()
    assert [item["sha256"] for item in told["items"]] == [
        item["sha256"] for item in ant.get("/api/next?count=2").json()["items"]
    ]
    assert (told["waiting"], told["done"]) == (6, 0)
    answer = ant.post("/api/votes", json={"votes": [a_vote(told["items"][0])], "count": 2}).json()
    assert (answer["waiting"], answer["done"]) == (5, 1)
    assert answer["items"][0]["sha256"] == told["items"][1]["sha256"]


def test_an_item_tells_what_the_page_needs_and_neither_its_reason_nor_whether_it_is_a_gold(site):
    site.workspace.guidance.define("clapping", "palms meet")
    site.workspace.guidance.add_example(
        Example(label="clapping", sha256=site.shas[0], said="rejected", note="waves")
    )
    items = site.browser("ant").get("/api/next?count=6").json()["items"]
    assert {frozenset(item) for item in items} == {frozenset({
        "sha256", "label", "media", "width", "height", "frames", "title", "provider", "page_url",
        "creator", "licence", "neighbours", "guide", "lease_until_s",
    })}  # fmt: skip
    first = next(item for item in items if item["label"] == "clapping")
    media = {"media": f"/media/{site.shas[0]}", "note": "waves"}
    assert first["guide"] == {"definition": "palms meet", "accepted": [], "rejected": [media]}
    assert first["title"] == HOSTILE  # JSON; the page writes it as text
    assert first["page_url"] == ""  # it was javascript:


def test_a_vote_is_stored_as_it_was_sent(site):
    ant = site.browser("ant")
    item = ant.get("/api/next").json()["items"][0]
    box = {"frame": 1, "time_ms": 100.0, "x1": 0.1, "y1": 0, "x2": 1, "y2": 0.75}
    other = LABELS[1 - LABELS.index(item["label"])]
    vote = a_vote(item, exact="no", other=other, flag="sensitive", note="жест\n<b>", boxes=[box])
    assert ant.post("/api/votes", json={"votes": [vote]}).json()["stored"] == [vote["client_id"]]
    (stored,) = site.workspace.votes.current()
    assert (stored.person, stored.sha256, stored.label) == ("ant", item["sha256"], item["label"])
    assert (stored.exact, stored.other, stored.note) == (Answer.NO, other, "жест\n<b>")
    assert (stored.flag, stored.took_ms) == ("sensitive", 1500)
    assert (stored.boxes[0].x1, stored.boxes[0].y2) == (0.1, 0.75)


def test_a_vote_sent_again_is_told_as_stored_and_stands_once(site):
    ant = site.browser("ant")
    vote = a_vote(ant.get("/api/next").json()["items"][0])
    for _ in range(3):
        told = ant.post("/api/votes", json={"votes": [vote, vote]}).json()
        assert set(told["stored"]) == {vote["client_id"]}
        assert told["refused"] == []
    assert len(site.workspace.votes.history()) == 1


def test_nobody_votes_on_what_was_handed_to_somebody_else_or_in_their_name(site):
    ant, bee = site.browser("ant"), site.browser("bee")
    item = ant.get("/api/next?count=1").json()["items"][0]
    assert bee.post("/api/votes", json={"votes": [a_vote(item)]}).json()["stored"] == []
    named = a_vote(item, person="bee")
    told = ant.post("/api/votes", json={"votes": [named]}).json()
    assert "person" in told["refused"][0]["why"]


BROKEN = [
    {"act": "undo"}, {"act": "delete"}, {"act": None}, {"act": []}, {"animation": "maybe"},
    {"animation": True}, {"animation": ""}, {"exact": ""}, {"other": "no such class"},
    {"other": 1}, {"flag": "x"}, {"note": "x" * 2001}, {"note": None}, {"boxes": "x"},
    {"boxes": [1]}, {"boxes": [{}]}, {"took_ms": -1}, {"took_ms": 1.5}, {"took_ms": True},
    {"took_ms": 10**30}, {"sha256": "0" * 64}, {"sha256": "../x"}, {"label": "x"}, {"label": 7},
    {"extra": 1}, {"act": "skip"},
    {"boxes": [{"frame": 0, "time_ms": 0, "x1": 0.5, "y1": 0, "x2": 0.2, "y2": 1}]},
    {"boxes": [{"frame": 0, "time_ms": 0, "x1": 0, "y1": 0, "x2": 1.5, "y2": 1}]},
    {"boxes": [{"frame": 0, "time_ms": 0, "x1": 0, "y1": 0, "x2": 1e999, "y2": 1}]},
    {"boxes": [{"frame": -1, "time_ms": 0, "x1": 0, "y1": 0, "x2": 1, "y2": 1}]},
]  # fmt: skip


def test_a_vote_that_cannot_be_is_refused_alone_with_a_sentence(site):
    ant = site.browser("ant")
    items = ant.get("/api/next?count=2").json()["items"]
    broken = [a_vote(items[0], **fault) for fault in BROKEN]
    good = a_vote(items[1])
    body = str({"votes": [*broken, good]}).replace("'", '"').replace("True", "true")
    body = body.replace("None", "null").replace("inf", "1e999")
    kind = {"Content-Type": "application/json"}
    told = ant.post("/api/votes", content=body, headers=kind).json()
    assert told["stored"] == [good["client_id"]]
    refused = {each["client_id"] for each in told["refused"]}
    assert refused == {vote["client_id"] for vote in broken}
    assert all(each["why"] for each in told["refused"])
    assert len(site.workspace.votes.history()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {}, {"votes": {}}, {"votes": [None]}, {"votes": [{}]}, {"votes": [{"client_id": 7}]},
        {"votes": [{"client_id": "short"}]}, {"votes": [{"client_id": "x" * 65}]},
        {"votes": [{"client_id": "no spaces!"}]}, {"votes": [], "count": "2"},
        {"votes": [], "count": 11}, {"votes": [], "count": -1}, {"votes": [], "count": True},
        {"votes": [{"client_id": "x" * 8}] * 101},
    ],
)  # fmt: skip
def test_a_message_of_the_wrong_shape_is_refused_whole_in_a_sentence(site, body):
    answer = site.browser("ant").post("/api/votes", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")


def test_undo_brings_the_item_back_with_what_was_said(site):
    ant = site.browser("ant")
    assert ant.post("/api/undo", json={"client_id": str(uuid4())}).json()["item"] is None
    item = ant.get("/api/next?count=1").json()["items"][0]
    vote = a_vote(item, exact="no", note="no palms")
    ant.post("/api/votes", json={"votes": [vote]})
    undo = {"client_id": str(uuid4())}
    back = ant.post("/api/undo", json=undo).json()
    assert back["item"]["sha256"] == item["sha256"]
    assert back["item"]["previous"] == vote
    assert back["done"] == 0
    assert ant.post("/api/undo", json=undo).json()["item"]["sha256"] == item["sha256"]
    assert site.workspace.votes.current() == []
    assert ant.post("/api/undo", json={"client_id": 5}).status_code == 422


def test_a_skipped_item_goes_to_somebody_else_only(site):
    ant = site.browser("ant")
    item = ant.get("/api/next?count=1").json()["items"][0]
    none = {"animation": "", "character": "", "exact": ""}
    told = ant.post("/api/votes", json={"votes": [a_vote(item, act="skip", **none)], "count": 6})
    assert item["sha256"] not in [each["sha256"] for each in told.json()["items"]]
    assert site.workspace.votes.history()[0].act == Act.SKIP


def test_classes_and_me_are_told(site):
    ant = site.browser("ant", Role.ADJUDICATOR)
    assert {"clapping", "squat"} <= set(ant.get("/api/classes").json()["classes"])
    assert ant.get("/api/me").json() == {
        "name": "ant", "role": "adjudicator", "waiting": 6, "done": 0,
    }  # fmt: skip


def test_nobody_sees_the_vote_of_another(site):
    ant, bee = site.browser("ant"), site.browser("bee")
    site.workspace.guidance.add_golds(
        [Gold(sha256=site.shas[0], label="clapping", answers={"exact": "no"})]
    )
    item = ant.get("/api/next?count=1").json()["items"][0]
    ant.post("/api/votes", json={"votes": [a_vote(item, note="a secret note")]})
    for path in ("/", "/api/next?count=6", "/api/me", "/api/classes"):
        assert "secret" not in bee.get(path).text
    assert len(a_vote(item)["client_id"]) < MOST_BYTES


def test_wrong_numbers_in_a_query_are_refused_in_a_sentence(site):
    ant = site.browser("ant")
    for count in ("x", "-1", "11", "1e3", ""):
        answer = ant.get("/api/next", params={"count": count})
        assert answer.status_code == 422
        assert list(answer.json()) == ["error"]
