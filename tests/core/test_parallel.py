"""Work over processes."""

import os
import time

import pytest

from anigifs.core.errors import AnigifsError, InputError
from anigifs.core.parallel import cores, ordered_map


def slow_square(number):
    time.sleep(0.05 if number == 0 else 0)
    return number * number, os.getpid()


def die(number):
    os._exit(1)


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_whoever_is_first(workers):
    results = list(ordered_map(slow_square, range(12), workers))
    assert [square for square, _ in results] == [n * n for n in range(12)]
    elsewhere = {pid for _, pid in results} - {os.getpid()}
    assert bool(elsewhere) == (workers > 1)


def test_only_a_few_items_are_taken_ahead():
    taken = []
    results = ordered_map(slow_square, (taken.append(n) or n for n in range(100)), 2)
    next(results)
    results.close()
    assert len(taken) <= 5


def test_a_dead_worker_is_one_clear_error():
    with pytest.raises(AnigifsError, match="a worker process died"):
        list(ordered_map(die, range(3), 2))


def test_no_worker_is_refused():
    with pytest.raises(InputError, match="1 or more; got 0"):
        list(ordered_map(slow_square, [1], 0))


def test_there_is_a_core():
    assert cores() >= 1
