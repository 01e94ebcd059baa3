"""The queue: each key once, in turns, leased for a while."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from anigifs.catalog import OK, Hit, Kind, NewQuery, Outcome, Then, Workspace
from anigifs.catalog.database import now
from anigifs.catalog.schema import work
from tests.catalog.test_workspace import fill, workspace  # noqa: F401


def keys(jobs):
    return [job.key for job in jobs]


def test_a_key_is_queued_once_and_handed_out_once(workspace):  # noqa: F811
    queue = workspace.queue
    assert queue.add(Kind.SCREEN, ["a", "b", "a"]) == 2
    assert queue.add(Kind.SCREEN, ["b", "c"]) == 1
    assert queue.add(Kind.DEDUP, ["a"]) == 1, "kinds are apart"
    assert keys(queue.lease(Kind.SCREEN, "me", 2)) == ["a", "b"]
    assert keys(queue.lease(Kind.SCREEN, "you", 9)) == ["c"]
    assert queue.lease(Kind.SCREEN, "you", 9) == []


def test_hosts_take_turns(workspace):  # noqa: F811
    workspace.queries.add([NewQuery("p", "run", "run gif")])
    urls = [f"http://big.test/{n}" for n in range(5)] + ["http://small.test/0"]
    hits = [
        Hit(provider="p", id=url, label="run", url=url, may_store=True) for url in urls
    ]  # fmt: skip
    workspace.queries.record_page(1, hits[:3], "2")
    workspace.queries.record_page(1, hits[3:], None)
    got = keys(workspace.queue.lease(Kind.FETCH, "me", 9))
    assert got[:2] == ["http://big.test/0", "http://small.test/0"]
    assert got[2:] == urls[1:5]


def test_work_of_one_lane_can_be_asked_for(workspace):  # noqa: F811
    workspace.queue.add(Kind.QUERY, ["1", "2"], "bing")
    workspace.queue.add(Kind.QUERY, ["3"], "giphy")
    assert keys(workspace.queue.lease(Kind.QUERY, "me", 9, lane="giphy")) == ["3"]


def test_a_lease_that_ran_out_is_handed_out_again_and_counted(workspace):  # noqa: F811
    queue = workspace.queue
    queue.add(Kind.SCREEN, ["a"])
    (first,) = queue.lease(Kind.SCREEN, "me", 1, seconds=-1)
    (second,) = queue.lease(Kind.SCREEN, "you", 1)
    assert (first.attempts, second.attempts) == (0, 1)
    queue.extend("you", 1000)
    assert queue.lease(Kind.SCREEN, "me", 1) == []


def test_put_off_work_waits_for_its_time(workspace):  # noqa: F811
    queue = workspace.queue
    queue.add(Kind.FETCH, ["a"])
    queue.lease(Kind.FETCH, "me", 1)
    until = now() + 100
    queue.postpone(Kind.FETCH, "a", until, "rate-limited")
    assert queue.lease(Kind.FETCH, "me", 1) == []
    assert queue.next_at(Kind.FETCH) == until
    assert queue.postponed(Kind.FETCH) == {"rate-limited": 1}
    assert queue.next_at(Kind.SCREEN) is None


def test_failed_work_is_tried_again_by_its_reason(workspace):  # noqa: F811
    queue = workspace.queue
    queue.add(Kind.FETCH, ["a", "b", "c"])
    queue.lease(Kind.FETCH, "me", 9)
    queue.fail(Kind.FETCH, [("a", "dns"), ("b", "gone")])
    queue.finish(Kind.FETCH, ["c"])
    assert queue.failures(Kind.FETCH) == {"dns": 1, "gone": 1}
    assert queue.retry(Kind.FETCH, "dns") == 1
    assert keys(queue.lease(Kind.FETCH, "me", 9)) == ["a"]
    assert queue.retry(Kind.FETCH) == 1
    assert queue.counts(Kind.FETCH) == {"waiting": 1, "leased": 1, "done": 1, "failed": 0}


def test_given_back_work_counts_as_never_taken(workspace):  # noqa: F811
    workspace.queue.add(Kind.SCREEN, ["a"])
    workspace.queue.lease(Kind.SCREEN, "me", 1)
    assert workspace.queue.give_back("me") == 1
    assert workspace.queue.lease(Kind.SCREEN, "you", 1)[0].attempts == 0


def test_a_fetched_blob_is_queued_for_screening_once(workspace):  # noqa: F811
    (sha,) = fill(workspace, 1)
    again = Outcome(url="http://b.test/same.gif", reason=OK, then=Then.DONE, sha256=sha)
    workspace.fetches.record([again])
    assert keys(workspace.queue.lease(Kind.SCREEN, "me", 9)) == [sha]


def test_a_query_remembers_its_page_and_says_when_paging_goes_in_circles(workspace):  # noqa: F811
    workspace.queries.add([NewQuery("p", "run", "run gif", "{class} gif")])
    assert workspace.queries.add([NewQuery("p", "run", "run gif")]) == 0
    page = [Hit(provider="p", id=str(n), label="run", url=f"http://a.test/{n}") for n in range(3)]
    assert workspace.queries.record_page(1, page, "offset=3") == 3
    assert workspace.queries.record_page(1, page, "offset=6") == 0
    query = workspace.queries.get("1")
    assert (query.cursor, query.pages, query.found, query.complete) == ("offset=6", 2, 3, False)
    workspace.queries.record_page(1, [], None)
    assert workspace.queries.get(1).complete
    assert workspace.queue.counts(Kind.QUERY)["done"] == 1
    assert workspace.queue.counts(Kind.FETCH)["waiting"] == 0, "may not be stored, so not fetched"


def test_a_list_longer_than_any_database_takes_at_once(workspace):  # noqa: F811
    shas = fill(workspace, 3)
    many = [f"{n:064x}" for n in range(40_000)]
    assert workspace.queue.add(Kind.DEDUP, many) == 40_000
    assert workspace.hits.labels([*many, *shas]) == {}
    assert len(workspace.queue.lease(Kind.DEDUP, "me", 2_000)) == 2_000


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=30))
def test_whatever_the_order_no_lane_is_served_twice_before_the_others(tmp_path_factory, items):
    root = tmp_path_factory.mktemp("queue") / "work"
    with Workspace.create(root) as made:
        for lane, number in items:
            made.queue.add(Kind.FETCH, [f"{lane}{number}"], lane)
        lanes = [job.lane for job in made.queue.lease(Kind.FETCH, "me", 99)]
        with made._database.write() as connection:
            connection.execute(update(work).values(state="done"))
    assert len(lanes) == len(set(items))
    for end in range(len(lanes) + 1):
        served = {lane: lanes[:end].count(lane) for lane in set(lanes)}
        left = {lane for lane in served if lanes[end:].count(lane)}
        assert not left or max(served.values()) <= min(served[lane] for lane in left) + 1
