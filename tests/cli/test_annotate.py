"""`anigifs annotate …`: what a person reads, and what a program does."""

import json

import pytest

from anigifs.catalog import Workspace
from anigifs.cli.main import main
from tests.annotate.made import say, waiting


@pytest.fixture
def root(tmp_path):
    workspace, _ = waiting(tmp_path, {"playing guitar": 2, "playing piano": 1})
    workspace.close()
    return workspace.root


def run(capsys, *words):
    with pytest.raises(SystemExit) as end:
        main(["annotate", *map(str, words)])
    return end.value.code, *capsys.readouterr()


def test_a_link_is_printed_once_and_lets_that_person_in(root, capsys):
    _, out, _ = run(capsys, "invite", root, "ann", "--role", "owner", "--url", "https://a.test/")
    link = out.splitlines()[-1]
    assert link.startswith("https://a.test/join#")
    with Workspace.open(root) as workspace:
        person = workspace.people.enter(link.partition("#")[2])
    assert (person.name, person.role) == ("ann", "owner")
    _, listed, _ = run(capsys, "list", root, "--json")
    assert json.loads(listed) == [{"name": "ann", "role": "owner", "revoked": False, "votes": 0}]
    assert link.partition("#")[2] not in listed
    assert "ann may not enter" in run(capsys, "revoke", root, "ann")[1]
    assert "ann: owner, revoked, 0 votes" in run(capsys, "list", root)[1]


def test_mistakes_are_told_with_what_to_do(root, capsys):
    code, _, told = run(capsys, "invite", root, "ann", "--role", "adjudicater")
    assert (code, "Did you mean 'adjudicator'?" in told) == (2, True)
    assert "annotate list" in run(capsys, "revoke", root, "nobody")[2]
    assert "--rename OLD with --to NEW" in run(capsys, "classes", root, "--rename", "x")[2]
    assert "consensus rule" in run(capsys, "resolve", root, "--rule", "most")[2]


def test_from_the_queue_to_verdicts_and_a_renamed_class(root, capsys):
    _, out, _ = run(capsys, "queue", root, "--top", 1, "--json")
    first = json.loads(out)
    assert (first["new"], len(first["first"])) == (3, 1)
    with Workspace.open(root) as workspace:
        people = [workspace.people.invite(name)[0] for name in ("ann", "bob")]
        item = (first["first"][0]["sha256"], first["first"][0]["label"])
        say(workspace, people, item, "yyy", "yyy")
    _, out, _ = run(capsys, "resolve", root, "--json")
    assert json.loads(out) == {
        "rule": "majority", "accepted": 1, "rejected": 0, "disagreements": 0, "asked_more": 0,
    }  # fmt: skip
    assert "playing guitar: near " in run(capsys, "classes", root)[1]
    _, out, _ = run(
        capsys, "classes", root, "--rename", "playing guitar", "--to", "strumming", "--json"
    )
    assert json.loads(out)["back"] == 2
    assert "boxes of 0 accepted" in run(capsys, "boxes", root, "-o", root.parent / "b.csv")[1]
