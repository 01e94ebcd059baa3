"""A collect under `kill -9`, the fake web's log as witness: see benchmarks/collect_kill.py."""

import pytest

from benchmarks.collect_kill import compare


@pytest.mark.slow
def test_a_collect_killed_five_times_ends_like_one_that_never_was(tmp_path):
    found = compare(tmp_path, per_class=15, kills=5)
    assert found["kills"] >= 3
    assert found["urls"] > 200
    assert set(found["differences"].values()) == {0}, found["differences"]
    assert found["files_sent_twice"] <= found["most_allowed"]
    assert found["searches_twice"] <= found["most_searches_allowed"]
