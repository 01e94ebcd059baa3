"""Untrusted work: results in order, a dead worker marks its item alone."""

from anigifs.core.errors import NotDecodable
from anigifs.curate.workers import in_sandboxes
from anigifs.media.sandbox import SandboxConfig

DOUBLE = "tests.curate.made:double"


def run(items, workers=2):
    return list(in_sandboxes(DOUBLE, items, lambda item: (item,), SandboxConfig(), workers))


def test_results_come_in_order():
    assert run(range(12)) == [(n, 2 * n) for n in range(12)]


def test_a_killed_worker_marks_its_item_and_not_the_job():
    found = dict(run([1, -1, 2, -2, 3]))
    assert (found[1], found[2], found[3]) == (2, 4, 6)
    assert all(isinstance(found[n], NotDecodable) for n in (-1, -2))


def test_nothing_to_do_starts_nothing():
    assert run([]) == []
