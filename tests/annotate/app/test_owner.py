"""The owner's pages: for whom, what they show, and what their forms do."""

import csv
import io
from html.parser import HTMLParser

import pytest

from anigifs.annotate.consensus import resolve
from anigifs.catalog.annotation import Role
from tests.annotate.app.conftest import HOSTILE, a_vote

NO = {"animation": "yes", "character": "no", "exact": ""}


def vote(client, count=6, **more):
    """Vote on everything that is handed out."""
    items = client.get(f"/api/next?count={count}").json()["items"]
    votes = [a_vote(item, **more) for item in items]
    assert client.post("/api/votes", json={"votes": votes}).json()["refused"] == []
    return items


@pytest.fixture
def split(site):
    """Two people who said the opposite of all six items, and a third of one, by the rule."""
    (site.root / "workspace.toml").write_text('[annotate]\nrule = "unanimous"\n')
    with type(site.workspace).open(site.root) as workspace:
        vote(site.browser("ant"))
        vote(site.browser("bee"), note=HOSTILE, **NO)
        resolve(workspace)
    return site


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


PAGES = ("/owner", "/owner/disagreements", "/owner/class/clapping", "/owner/export/votes.csv",
         "/owner/export/votes.json", "/owner/export/agreement.json")  # fmt: skip
POSTS = ("resolve", "settle", "define", "example", "gold", "invite", "revoke")


def test_an_annotator_sees_and_changes_nothing_of_it(site):
    ant = site.browser("ant")
    assert [ant.get(path).status_code for path in PAGES] == [403] * len(PAGES)
    assert {ant.post(f"/owner/{path}", json={}).status_code for path in POSTS} == {403}


def test_an_adjudicator_settles_and_does_nothing_else(site):
    ada = site.browser("ada", Role.ADJUDICATOR)
    assert ada.get("/owner/disagreements").status_code == 200
    assert ada.get("/owner", follow_redirects=False).headers["location"] == "/owner/disagreements"
    assert [ada.get(path).status_code for path in PAGES[2:]] == [403] * 4
    codes = {path: ada.post(f"/owner/{path}", json={}).status_code for path in POSTS}
    assert codes.pop("settle") == 422
    assert set(codes.values()) == {403}


def test_the_overview_has_the_numbers(split):
    text = split.browser("boss", Role.OWNER).get("/owner").text
    assert "0 of 6 items are settled" in text
    assert "6 wait for an adjudicator" in text
    assert "ant" in text
    assert "bee" in text


def test_disagreements_stand_side_by_side_and_hostile_text_is_only_text(split):
    text = split.browser("ada", Role.ADJUDICATOR).get("/owner/disagreements").text
    tags = Tags(text).tags
    assert [name for name, _ in tags].count("article") == 6
    assert text.count("&lt;script&gt;alert(1)") == 12  # six titles, six notes
    assert HOSTILE not in text
    scripts = [attributes for name, attributes in tags if name == "script"]
    assert scripts == [{"type": "module", "src": "/static/owner.js"}]
    assert not [a for _, a in tags if any(key.startswith("on") for key in a)]
    assert "javascript:" not in text


@pytest.mark.parametrize(
    ("body", "said", "reason"),
    [
        ({"said": "accept", "remark": "both hands are there"}, "pass", ""),
        ({"said": "not-class", "remark": "waves"}, "fail", "not-class"),
        ({"said": "other-class", "other": "squat"}, "fail", "other-class"),
    ],
)
def test_an_adjudicator_settles_a_case_and_its_votes_stay_with_it(split, body, said, reason):
    ada = split.browser("ada", Role.ADJUDICATOR)
    item = {"sha256": split.shas[0], "label": "clapping"}
    assert ada.post("/owner/settle", json=item | body).status_code == 200
    verdict = split.workspace.verdicts.of(split.shas[0])[-1]
    assert (verdict.said, verdict.reason) == (said, reason)
    assert verdict.by.endswith("ada")
    assert {vote["person"] for vote in verdict.evidence["votes"]} == {"ant", "bee"}
    assert Tags(ada.get("/owner/disagreements").text).tags.count(("article", {})) == 0
    assert ada.get("/owner/disagreements").text.count("<article") == 5


@pytest.mark.parametrize(
    "body",
    [
        {}, {"said": "maybe"}, {"said": "other-class", "other": "no such class"},
        {"said": "other-class", "other": "clapping"}, {"said": 1},
        {"said": "accept", "sha256": "0" * 64}, {"said": "accept", "label": "x"},
        {"said": "accept", "remark": 7}, {"said": "not-class", "remark": "x" * 501},
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_is_refused_in_a_sentence(split, body):
    ada = split.browser("ada", Role.ADJUDICATOR)
    item = {"sha256": split.shas[0], "label": "clapping"}
    answer = ada.post("/owner/settle", json=item | body)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")


def test_the_card_is_written_and_examples_are_picked(site):
    boss, ant = site.browser("boss", Role.OWNER), site.browser("ant")
    item = {"sha256": site.shas[0], "label": "clapping"}
    ant.get("/api/next")  # the card is remembered from here on
    boss.post("/owner/define", json={"label": "clapping", "definition": f"palms {HOSTILE}"})
    boss.post("/owner/example", json=item | {"said": "accepted", "note": "clear"})
    cards = [each["guide"] for each in ant.get("/api/next?count=6").json()["items"]
             if each["label"] == "clapping"]  # fmt: skip
    assert cards[0]["definition"] == f"palms {HOSTILE}"
    assert cards[0]["accepted"] == [{"media": f"/media/{site.shas[0]}", "note": "clear"}]
    page = boss.get("/owner/class/clapping").text
    assert HOSTILE not in page
    assert "Take off the card" in page
    boss.post("/owner/example", json=item | {"said": "removed"})
    assert "Take off the card" not in boss.get("/owner/class/clapping").text
    assert boss.get("/owner/class/no%20such").status_code == 404


def test_a_gold_is_set_handed_to_everybody_and_taken_back(site):
    boss = site.browser("boss", Role.OWNER)
    item = {"sha256": site.shas[0], "label": "clapping"}
    said = {"animation": "yes", "character": "no", "exact": ""}
    assert boss.post("/owner/gold", json=item | said).status_code == 200
    (gold,) = site.workspace.guidance.golds()
    assert (dict(gold.answers), gold.by) == ({"animation": "yes", "character": "no"}, "boss")
    assert site.workspace.tasks.get(site.shas[0], "clapping").gold
    boss.post("/owner/gold", json=item | dict.fromkeys(said, ""))
    assert site.workspace.guidance.golds() == []
    assert boss.post("/owner/gold", json=item | {"exact": "maybe"}).status_code == 422


def test_an_invitation_from_the_page_opens_a_session_and_a_revocation_ends_it(site):
    boss = site.browser("boss", Role.OWNER)
    told = boss.post("/owner/invite", json={"name": "cicada", "role": "annotator"}).json()
    guest = site.stranger()
    assert guest.post("/join", json={"token": told["token"]}).status_code == 204
    assert guest.get("/api/me").json()["name"] == "cicada"
    boss.post("/owner/revoke", json={"name": "cicada"})
    assert guest.get("/api/me").status_code == 401
    assert boss.post("/owner/revoke", json={"name": "boss"}).status_code == 422
    assert boss.post("/owner/revoke", json={"name": "nobody"}).status_code == 422
    assert boss.post("/owner/invite", json={"name": "", "role": "annotator"}).status_code == 422
    assert boss.post("/owner/invite", json={"name": "x", "role": "king"}).status_code == 422


def test_the_rule_is_applied_from_the_page(site):
    vote(site.browser("ant"))
    vote(site.browser("bee"))
    boss = site.browser("boss", Role.OWNER)
    assert "6 accepted" in boss.post("/owner/resolve").json()["told"]
    assert "6 of 6 items are settled" in boss.get("/owner").text


def test_votes_are_exported_under_pseudonyms_and_no_cell_is_a_formula(site):
    vote(site.browser("ant"), note='=HYPERLINK("http://evil.example")')
    boss = site.browser("boss", Role.OWNER)
    rows = list(csv.DictReader(io.StringIO(boss.get("/owner/export/votes.csv").text)))
    assert len(rows) == 6
    assert {row["person"] for row in rows} == {"ant"}
    assert {row["counts"] for row in rows} == {"True"}
    assert {row["note"][:2] for row in rows} == {"'="}
    told = boss.get("/owner/export/votes.json").json()
    assert {row["note"] for row in told} == {'=HYPERLINK("http://evil.example")'}
    assert boss.get("/owner/export/agreement.json").json()["votes"] == 6


def test_nothing_to_export_is_an_empty_list(site):
    boss = site.browser("boss", Role.OWNER)
    assert boss.get("/owner/export/votes.json").json() == []
    assert boss.get("/owner/export/votes.csv").text.count("\n") == 1
