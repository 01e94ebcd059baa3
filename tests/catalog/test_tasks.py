"""Whom an item goes to: never too many at once, never twice to one person, best first."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from anigifs.catalog.annotation import Act, NewTask
from anigifs.catalog.settling import unsettled
from anigifs.catalog.tasks import next_for
from tests.annotate.made import invite, vote, waiting


@pytest.fixture
def work(tmp_path):
    workspace, shas = waiting(tmp_path, {"run": 6})
    with workspace:
        yield workspace, shas["run"], invite(workspace, "ann", "bob", "cleo")


def rows(shas, label="run", golds=()):
    return [
        NewTask(sha256=sha, label=label, rank=float(n), why=f"reason {n}", gold=n in golds)
        for n, sha in enumerate(shas)
    ]


def taken(workspace, person, count, **more):
    return [task.sha256 for task in workspace.tasks.take(person.id, count, **more)]


def test_items_come_by_rank_and_the_same_again_until_they_are_voted_on(work):
    w, shas, (ann, *_) = work
    assert w.tasks.refresh(reversed(rows(shas)), 2) == 6
    assert taken(w, ann, 2) == shas[:2]
    assert taken(w, ann, 2) == shas[:2]
    assert taken(w, ann, 3) == shas[:3]
    w.votes.record(ann.id, [vote(shas[0], "run")])
    assert taken(w, ann, 3) == shas[1:4]


def test_an_item_goes_to_k_people(work):
    w, shas, people = work
    w.tasks.refresh(rows(shas[:1]), 2)
    assert [taken(w, person, 5) for person in people] == [shas[:1], shas[:1], []]
    assert [w.tasks.waiting(person.id) for person in people] == [1, 1, 0]


def test_a_lease_that_ran_out_goes_to_another_and_its_holder_may_still_vote(work):
    w, shas, (ann, bob, _) = work
    w.tasks.refresh(rows(shas[:1]), 1)
    assert taken(w, ann, 1, lease_s=-1) == shas[:1]
    assert taken(w, bob, 1) == shas[:1]
    late = vote(shas[0], "run", by="ann")
    assert w.votes.record(ann.id, [late]) == [late.client_id]
    assert w.tasks.get(shas[0], "run").voted == 1
    assert taken(w, ann, 1) == []


def test_a_skip_gives_the_item_to_others_and_never_back(work):
    w, shas, (ann, bob, _) = work
    w.tasks.refresh(rows(shas[:1]), 1)
    taken(w, ann, 1)
    w.votes.record(ann.id, [vote(shas[0], "run", act=Act.SKIP)])
    assert taken(w, ann, 1) == []
    assert taken(w, bob, 1) == shas[:1]


def test_who_is_revoked_gives_back_what_they_held(work):
    w, shas, (ann, bob, _) = work
    w.tasks.refresh(rows(shas[:1]), 1)
    taken(w, ann, 1)
    w.people.revoke("ann")
    assert taken(w, bob, 1) == shas[:1]


def test_refreshing_twice_changes_nothing_and_what_waits_no_more_leaves(work):
    w, shas, (ann, bob, _) = work
    assert w.tasks.refresh(rows(shas), 2) == 6
    before = w.tasks.all()
    assert w.tasks.refresh(rows(shas), 2) == 0
    assert w.tasks.all() == before
    assert w.tasks.refresh(rows(shas[:2]), 2) == 0
    assert taken(w, ann, 9) == shas[:2]
    assert w.tasks.refresh(rows(shas), 2) == 4
    assert taken(w, bob, 9) == shas


def test_a_new_rank_and_another_k_hold_at_once(work):
    w, shas, people = work
    w.tasks.refresh(rows(shas), 1)
    w.tasks.refresh(rows(shas[::-1]), 2)
    assert [taken(w, person, 1) for person in people] == [[shas[5]], [shas[5]], [shas[4]]]


def test_golds_come_one_in_each_block_to_everybody_and_are_not_all_that_is_left(tmp_path):
    workspace, shas = waiting(tmp_path, {"run": 24})
    with workspace as w:
        people = invite(w, "ann", "bob", "cleo")
        golds = range(4)
        w.tasks.refresh(rows(shas["run"], golds=golds), 2)
        places = {}
        for person in people:
            tasks = w.tasks.take(person.id, 20, gold_share=0.2)
            places[person.name] = [n for n, task in enumerate(tasks) if task.gold]
            assert [n // 5 for n in places[person.name]] == [0, 1, 2, 3][: len(tasks) // 5]
        assert all(task.voted == 0 and not task.closed for task in w.tasks.all())
        assert w.tasks.take(people[0].id, 20, gold_share=0.2)[0].gold == (0 in places["ann"])
        w.tasks.refresh([row for row in rows(shas["run"], golds=golds) if row.gold], 2)
        w.people.revoke("ann")
        assert taken(w, people[0], 4, gold_share=1.0) == []


def test_the_next_item_and_what_is_unsettled_are_found_through_indexes(work):
    w, shas, _ = work
    w.tasks.refresh(rows(shas), 2)
    for query in (next_for(1), unsettled("majority").limit(5)):
        with w._database.read() as connection:
            sql = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
        scans = [step for step in plan if step.startswith("SCAN") and "turns" not in step]
        assert scans == [], plan


class Queue(RuleBasedStateMachine):
    """People take, vote, skip, undo and lose leases in any order."""

    K, ITEMS, PEOPLE = 2, 4, 3

    @initialize()
    def start(self):
        self.folder = tempfile.TemporaryDirectory()
        self.w, shas = waiting(Path(self.folder.name), {"run": self.ITEMS})
        self.people = invite(self.w, *(f"p{n}" for n in range(self.PEOPLE)))
        self.w.tasks.refresh(rows(shas["run"]), self.K)
        self.sent = 0
        self.counted = {person.id: {} for person in self.people}
        self.order = {person.id: [] for person in self.people}

    @rule(n=st.integers(0, PEOPLE - 1), count=st.integers(1, 3))
    def take(self, n, count):
        person = self.people[n].id
        for task in self.w.tasks.take(person, count):
            assert task.sha256 not in self.counted[person]
            said = [said.get(task.sha256) for said in self.counted.values()]
            assert said.count(Act.VOTE) < self.K

    @rule(n=st.integers(0, PEOPLE - 1), act=st.sampled_from([Act.VOTE, Act.SKIP]))
    def say(self, n, act):
        person = self.people[n].id
        for task in self.w.tasks.take(person, 1):
            self.sent += 1
            new = vote(task.sha256, "run", act=act, client_id=str(self.sent))
            assert self.w.votes.record(person, [new, new]) == [new.client_id]
            assert self.w.votes.record(person, [new]) == [new.client_id]
            self.counted[person][task.sha256] = act
            self.order[person].append(task.sha256)

    @rule(n=st.integers(0, PEOPLE - 1))
    def undo(self, n):
        person = self.people[n].id
        self.sent += 1
        back = self.w.votes.undo_last(person, str(self.sent))
        assert self.w.votes.undo_last(person, str(self.sent)) == back
        if not self.order[person]:
            assert back is None
            return
        assert back.sha256 == self.order[person].pop()
        del self.counted[person][back.sha256]
        held = self.w.tasks.take(person, 1)
        assert back.act == Act.SKIP or held[0].sha256 == back.sha256

    @invariant()
    def counts_are_right(self):
        if not hasattr(self, "w"):
            return
        votes = Counter(
            sha for said in self.counted.values() for sha, act in said.items() if act == Act.VOTE
        )
        assert {task.sha256: task.voted for task in self.w.tasks.all() if task.voted} == votes
        assert Counter(vote.sha256 for vote in self.w.votes.current()) == votes
        assert sum(self.w.people.done().values()) == sum(votes.values())

    @invariant()
    def no_item_has_more_than_k_votes_and_holders(self):
        if not hasattr(self, "w"):
            return
        with self.w._database.read() as connection:
            live = connection.exec_driver_sql("SELECT task_id FROM leases WHERE live").scalars()
            held = Counter(live.all())
        assert all(task.voted + held[task.id] <= self.K for task in self.w.tasks.all())

    def teardown(self):
        if hasattr(self, "w"):
            self.w.close()
            self.folder.cleanup()


Queue.TestCase.settings = settings(max_examples=6, stateful_step_count=12, deadline=None)
TestQueue = Queue.TestCase
