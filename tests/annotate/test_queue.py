"""What comes into the queue, in which order, under which name, and what the page is told."""

import pytest

from anigifs.annotate.boxes import write_boxes
from anigifs.annotate.classes import change_class
from anigifs.annotate.consensus import resolve
from anigifs.annotate.neighbours import neighbours
from anigifs.annotate.queue import config_of, next_items, refresh
from anigifs.catalog import Decision, Fact, Relation, Said, Workspace
from anigifs.catalog.annotation import Gold, KeyBox, Takedown
from anigifs.catalog.keyboxes import between
from anigifs.core.errors import ConfigError, InputError, UnknownName
from anigifs.core.records import Box
from tests.annotate.made import find, invite, say, waiting


@pytest.fixture
def work(tmp_path):
    workspace, shas = waiting(tmp_path, {"run": 3, "jump": 2})
    with workspace:
        yield workspace, shas["run"], shas["jump"]


def queued(workspace):
    return {(task.sha256, task.label) for task in workspace.tasks.open(99)}


def test_only_what_waits_for_people_is_asked(work):
    w, run, jump = work
    w.facts.append([Fact(sha256=run[0], check="screened", said=Said.FAIL, reason="too-small")])
    w.decisions.append([Decision(member=run[1], other=run[2], relation=Relation.DUPLICATE)])
    w.takedowns.append(Takedown(sha256=jump[0], asked="x", reason="asked"))
    assert refresh(w) == 2
    assert queued(w) == {(run[2], "run"), (jump[1], "jump")}
    assert refresh(w) == 0


def test_a_blob_found_for_two_classes_is_asked_twice_and_first(work):
    w, run, _ = work
    find(w, "swim", 1, data="run")
    refresh(w)
    assert queued(w) >= {(run[0], "run"), (run[0], "swim")}
    first, second = w.tasks.open(2)
    assert {first.sha256, second.sha256} == {run[0]}
    assert "also proposed as" in first.why


def test_doubtful_drawings_and_rare_classes_come_early_with_the_reason(work):
    w, run, _ = work
    scores = zip(run, (0.9, 0.5, 0.1), strict=True)
    w.facts.append(
        [Fact(sha256=s, check="drawn", said=Said.NOTE, evidence={"score": v}) for s, v in scores]
    )
    refresh(w)
    best = w.tasks.open(1)[0]
    assert best.sha256 == run[1]
    assert best.why == "drawn or filmed is unclear (0.50); a rare class (3 candidates)"


def test_near_copies_of_decided_items_come_earlier(work):
    w, run, _ = work
    w.decisions.append([Decision(member=run[2], other=run[0], relation=Relation.RELATED)])
    people = invite(w, "ann", "bob")
    refresh(w)
    say(w, people, (run[0], "run"), "yyy", "yyy")
    resolve(w)
    refresh(w)
    task = w.tasks.get(run[2], "run")
    assert "nearly the same as one decided as 'run'" in task.why
    assert task.rank < w.tasks.get(run[1], "run").rank


def test_classes_on_which_people_split_come_earlier(work):
    w, run, _ = work
    people = invite(w, "ann", "bob")
    refresh(w)
    say(w, people, (run[0], "run"), "yyy", "yyn")
    say(w, people, (run[1], "run"), "yyy", "yyn")
    refresh(w)
    assert "people split on 30% of this class" in w.tasks.get(run[2], "run").why


def test_an_item_tells_the_page_what_is_known(work):
    w, run, _ = work
    size = {"width": 320, "height": 200}
    w.facts.append([Fact(sha256=sha, check="size", said=Said.PASS, evidence=size) for sha in run])
    refresh(w)
    (ann,) = invite(w, "ann")
    item = next(i for i in next_items(w, ann, 5) if i.task.label == "run")
    assert (item.title, item.provider, item.width, item.height) == ("<b>run</b>", "p", 320, 200)
    assert item.task.lease_until_s > 0


def test_settings_stand_in_workspace_toml_and_a_faulty_key_is_named(work):
    w, _, _ = work
    file = w.root / "workspace.toml"
    file.write_text(file.read_text() + "\n[annotate]\nk = 3\n")
    with Workspace.open(w.root) as again:
        assert config_of(again).k == 3
    file.write_text(file.read_text().replace("k = 3", "kk = 3"))
    with Workspace.open(w.root) as again, pytest.raises(ConfigError, match="kk"):
        config_of(again)


def test_golds_are_queued_as_golds(work):
    w, run, _ = work
    w.guidance.add_golds([Gold(sha256=run[0], label="run", answers={"animation": "no"})])
    refresh(w)
    assert w.tasks.get(run[0], "run").gold
    assert (run[0], "run") not in queued(w)


def test_a_renamed_class_comes_back_under_its_new_name_and_votes_keep_theirs(work):
    w, run, jump = work
    people = invite(w, "ann", "bob")
    refresh(w)
    say(w, people, (run[0], "run"), "yyy", "yyy")
    say(w, people, (run[1], "run"), "n--", "n--")
    say(w, people, (jump[0], "jump"), "yyy", "yyy")
    resolve(w)
    done = change_class(w, "run", "sprint")
    assert (done.back, done.kept, done.withdrawn) == (2, 1, 2)
    assert queued(w) == {(run[0], "sprint"), (run[2], "sprint"), (jump[1], "jump")}
    assert {vote.label for vote in w.votes.current()} == {"run", "jump"}
    funnel = w.funnel()
    assert (funnel.classes["jump"].accepted, funnel.classes["sprint"].waiting) == (1, 2)
    assert funnel.classes["sprint"].rejected == {"not-animation": 1}
    assert "run" not in funnel.classes
    change_class(w, "sprint", "run")
    resolve(w)
    assert w.funnel().classes["run"].accepted == 1, "the old votes count again"


def test_a_dropped_class_leaves_the_queue(work):
    w, _, _ = work
    refresh(w)
    change_class(w, "run", "")
    assert {label for _, label in queued(w)} == {"jump"}
    assert w.funnel().classes["run"].rejected == {"class-dropped": 3}
    with pytest.raises(UnknownName, match="class in use"):
        change_class(w, "run", "sprint")
    with pytest.raises(InputError, match="another printable name"):
        change_class(w, "jump", "jump")


def test_neighbours_share_words_and_rare_words_weigh_more():
    classes = (
        "playing guitar", "playing piano", "playing drums", "tapping guitar", "swimming",
        "swim backstroke",
    )  # fmt: skip
    assert neighbours("playing guitar", classes, 2) == ("tapping guitar", "playing piano")
    assert neighbours("swimming", classes) == ("swim backstroke",)
    assert neighbours("juggling", classes) == ()


def key(frame, left):
    return KeyBox(frame=frame, time_ms=0, x1=left, y1=0.0, x2=left + 0.5, y2=1.0)


def test_boxes_move_linearly_in_time_between_key_frames_and_nowhere_else():
    starts = [0.0, 100.0, 400.0, 500.0, 900.0]
    found = between([key(3, 0.4), key(1, 0.0), key(9, 0.1)], starts)
    assert [(box.time_ms, round(box.x1, 6)) for box in found] == [
        (100.0, 0.0), (400.0, 0.3), (500.0, 0.4),
    ]  # fmt: skip
    assert between([key(2, 0.1)], starts) == (Box(400.0, 0.1, 0.0, 0.6, 1.0),)
    assert between([], starts) == ()


def test_boxes_of_accepted_items_are_written_for_each_frame(tmp_path):
    import numpy as np

    from anigifs.catalog import OK, Hit, NewQuery, Outcome, Then
    from anigifs.media.encode import encode_gif
    from tests.annotate.made import vote

    frames = np.stack([np.full((8, 8, 3), 60 * n, np.uint8) for n in range(4)])
    with Workspace.create(tmp_path / "work") as w:
        sha = w.blobs.put(encode_gif(frames, np.array([100, 300, 100, 50])))
        w.queries.add([NewQuery("p", "run", "")])
        url = "http://a.test/1"
        w.hits.add(1, [Hit(provider="p", id="1", label="run", url=url, may_store=True)])
        w.fetches.record([Outcome(url=url, reason=OK, then=Then.DONE, sha256=sha)])
        w.facts.append([Fact(sha256=sha, check="screened", said=Said.PASS)])
        refresh(w)
        for person, boxes in zip(
            invite(w, "ann", "bob"), [(), (key(0, 0.0), key(2, 0.4))], strict=True
        ):
            w.votes.bring(person.id, [vote(sha, "run", boxes=boxes, by=person.name)])
        assert write_boxes(w, tmp_path / "boxes.csv") == (0, [])
        resolve(w)
        assert write_boxes(w, tmp_path / "boxes.csv") == (1, [])
    assert (tmp_path / "boxes.csv").read_text().splitlines() == [
        "clip_id,time_ms,x1,y1,x2,y2",
        f"g{sha[:16]},0.0,0.0,0.0,0.5,1.0",
        f"g{sha[:16]},100.0,0.1,0.0,0.6,1.0",
        f"g{sha[:16]},400.0,0.4,0.0,0.9,1.0",
    ]
