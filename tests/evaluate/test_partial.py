"""Parts of a prediction on disk: found again, unless they belong to something else."""

import numpy as np
import pytest

from anigifs.core.records import Problem
from anigifs.evaluate.partial import Partial


def filled(folder, key="k"):
    store = Partial(folder, key, 3)
    for at in range(4):
        store.add(f"c{at}", np.full(3, at, np.float32))
    store.add("broken", Problem("broken", "no frames"))
    store.flush()
    return store


def test_what_was_done_is_found_and_what_was_broken_is_tried_again(tmp_path):
    filled(tmp_path)
    again = Partial(tmp_path, "k", 3)
    assert set(again.found) == {"c0", "c1", "c2", "c3"}
    assert again.found["c2"].tolist() == [2, 2, 2]


def test_later_parts_add_to_earlier_ones(tmp_path):
    filled(tmp_path)
    second = Partial(tmp_path, "k", 3)
    second.add("c9", np.zeros(3, np.float32))
    second.flush()
    assert len(Partial(tmp_path, "k", 3).found) == 5


@pytest.mark.parametrize(("key", "classes"), [("other", 3), ("k", 4)])
def test_parts_of_another_model_are_passed_over(tmp_path, key, classes):
    filled(tmp_path)
    assert Partial(tmp_path, key, classes).found == {}


def test_a_damaged_part_is_passed_over(tmp_path):
    filled(tmp_path)
    (part,) = tmp_path.glob("*.npz")
    part.write_bytes(part.read_bytes()[:-40])
    assert Partial(tmp_path, "k", 3).found == {}


def test_without_a_key_nothing_is_kept(tmp_path):
    filled(tmp_path, key="")
    assert list(tmp_path.iterdir()) == []
