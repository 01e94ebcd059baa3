"""Votes: durable, once each, refused where the item was not handed out, taken back one by one."""

import sqlite3
import threading

import pytest

from anigifs.catalog import Workspace
from anigifs.catalog.annotation import Act, Flag, KeyBox, NewTask
from anigifs.catalog.votes import NOT_AN_ACT, NOT_HANDED, STORED, TAKEN
from anigifs.core.errors import InputError
from tests.annotate.made import invite, vote, waiting


@pytest.fixture
def work(tmp_path):
    workspace, shas = waiting(tmp_path, {"run": 4})
    with workspace:
        people = invite(workspace, "ann", "bob")
        items = [NewTask(sha256=sha, label="run", rank=n) for n, sha in enumerate(shas["run"])]
        workspace.tasks.refresh(items, 2)
        yield workspace, shas["run"], *people


def test_a_vote_comes_back_whole_also_after_the_workspace_was_closed(work):
    w, shas, ann, _ = work
    w.tasks.take(ann.id, 1)
    box = KeyBox(frame=3, time_ms=120.0, x1=0.1, y1=0.2, x2=0.5, y2=0.75)
    said = vote(shas[0], "run", "yyn", other="jump", note="<i>", flag=Flag.SENSITIVE, took_ms=900,
                boxes=(box,))  # fmt: skip
    w.votes.record(ann.id, [said])
    with Workspace.open(w.root) as again:
        (kept,) = again.votes.of(shas[0], "run")
    assert kept.at_s > 0
    assert kept == vote(shas[0], "run", "yyn", other="jump", note="<i>", flag=Flag.SENSITIVE,
                        took_ms=900, boxes=(box,), person="ann", at_s=kept.at_s)  # fmt: skip


def test_each_refusal_says_why(work):
    w, shas, ann, bob = work
    w.tasks.take(ann.id, 1)
    w.tasks.take(bob.id, 1)
    mine = vote(shas[0], "run", by="ann")
    strange = vote(shas[3], "run")
    undo = vote(shas[0], "run", act=Act.UNDO, client_id="u")
    told = w.votes.record_each(ann.id, [mine, strange, undo])
    assert told == {
        mine.client_id: STORED, strange.client_id: NOT_HANDED, undo.client_id: NOT_AN_ACT,
    }  # fmt: skip
    assert w.votes.record_each(bob.id, [mine]) == {mine.client_id: TAKEN}
    with pytest.raises(InputError, match="another vote"):
        w.votes.undo_last(ann.id, mine.client_id)


def test_a_second_vote_of_a_person_replaces_the_first(work):
    w, shas, ann, _ = work
    w.tasks.take(ann.id, 1)
    first, second = (vote(shas[0], "run", answers) for answers in ("yyy", "n--"))
    w.votes.record(ann.id, [first])
    w.votes.record(ann.id, [second])
    assert [v.client_id for v in w.votes.of(shas[0], "run")] == [second.client_id]
    assert w.people.done()["ann"] == 1
    assert w.tasks.get(shas[0], "run").voted == 1
    assert len(w.votes.history()) == 2


def test_flags_reach_the_owner_until_they_are_taken_back(work):
    w, shas, ann, bob = work
    for person, act in ((ann, Act.VOTE), (bob, Act.SKIP)):
        w.tasks.take(person.id, 1)
        flagged = vote(shas[0], "run", flag=Flag.TAKEDOWN, act=act, by=person.name)
        w.votes.record(person.id, [flagged])
    assert [(v.person, v.flag) for v in w.votes.flagged()] == [
        ("ann", "takedown"), ("bob", "takedown"),
    ]  # fmt: skip
    w.votes.undo_last(bob.id, "u")
    assert [v.person for v in w.votes.flagged()] == ["ann"]


def test_undo_goes_back_step_by_step(work):
    w, shas, ann, _ = work
    for sha in shas[:2]:
        w.tasks.take(ann.id, 1)
        w.votes.record(ann.id, [vote(sha, "run")])
    undone = [w.votes.undo_last(ann.id, f"u{n}") for n in range(3)]
    assert [v and v.sha256 for v in undone] == [shas[1], shas[0], None]
    assert [task.sha256 for task in w.tasks.take(ann.id, 2)] == [shas[0], shas[1]]


def test_votes_are_synced_and_other_writes_are_not(work, monkeypatch):
    """SQLite syncs a commit in WAL mode only at synchronous=FULL (2)."""
    w, shas, ann, _ = work
    levels = []

    def level(durable):
        with w._database.write(durable=durable) as connection:
            levels.append(connection.exec_driver_sql("PRAGMA synchronous").scalar())

    level(True)
    level(False)
    assert levels == [2, 1]
    asked = []
    real = w._database.write
    monkeypatch.setattr(
        w._database, "write", lambda durable=False: (asked.append(durable), real(durable))[1]
    )
    w.tasks.take(ann.id, 1)
    w.votes.record(ann.id, [vote(shas[0], "run")])
    w.votes.undo_last(ann.id, "u")
    assert asked == [False, True, True]


def test_many_at_once_never_exceed_k_and_lose_nothing(tmp_path):
    workspace, shas = waiting(tmp_path, {"run": 12})
    with workspace as w:
        people = invite(w, *"abcd")
        w.tasks.refresh([NewTask(sha256=sha, label="run") for sha in shas["run"]], 2)
        told = {person.name: [] for person in people}

        def work_off(person):
            while items := w.tasks.take(person.id, 2):
                new = [vote(i.sha256, "run", client_id=f"{person.name}{i.id}") for i in items]
                told[person.name] += w.votes.record(person.id, new)

        threads = [threading.Thread(target=work_off, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {task.voted for task in w.tasks.all()} == {2}
        stored = sorted(v.client_id for v in w.votes.history())
        assert stored == sorted(name for names in told.values() for name in names)
        assert len(stored) == len(set(stored)) == 24


def test_tokens_open_the_door_once_invited_and_are_stored_nowhere(tmp_path):
    with Workspace.create(tmp_path / "work") as w:
        ann, first = w.people.invite("ann")
        again, second = w.people.invite("ann", ann.role)
        assert again.id == ann.id
        assert w.people.enter(first) is None
        assert w.people.enter(second) == ann
        assert w.people.enter("") is None
        assert w.people.revoke("ann").revoked
        assert w.people.enter(second) is None
        assert len(second) >= 43
    raw = sqlite3.connect(tmp_path / "work" / "catalog.db")
    dump = "\n".join(raw.iterdump())
    raw.close()
    assert first not in dump
    assert second not in dump


@pytest.mark.parametrize("name", ["", " ann", "a" * 65, "a\nb", "a\x1b[31m"])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    with Workspace.create(tmp_path / "work") as w, pytest.raises(InputError, match="pseudonym"):
        w.people.invite(name)
