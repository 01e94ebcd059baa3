"""The server under `kill -9` while two people vote: see benchmarks/annotate_kill.py."""

import pytest

from benchmarks.annotate_kill import compare


@pytest.mark.slow
def test_every_acknowledged_vote_outlives_five_kills_once(tmp_path):
    found = compare(tmp_path, kills=5)
    assert found["kills"] == 5
    assert found["acknowledged"] > 10
    assert set(found["differences"].values()) == {0}, found["differences"]
