"""Places of methods on a set."""

import numpy as np
import pytest
from scipy.stats import rankdata

from anigifs.report.ranks import mean_ranks, places
from tests.report.fakes import predictions


@pytest.mark.parametrize("values", [[0.1, 0.9, 0.5], [0.5, 0.5, 0.2, 0.5], [1.0]])
def test_places_are_scipys_ranks_from_the_top(values):
    assert places(np.array(values)).tolist() == rankdata([-v for v in values]).tolist()


def test_ranks_are_means_over_the_seeds_that_all_methods_have():
    runs = {
        name: [predictions("real", name, seed, lift) for seed in seeds]
        for name, lift, seeds in (("a", 0.0, (0, 1, 2)), ("b", 9.0, (1, 2)), ("c", 1.0, (2, 1)))
    }
    assert mean_ranks(runs) == {"a": 3.0, "b": 1.0, "c": 2.0}


def test_without_common_seeds_or_rivals_there_is_no_rank():
    one, two = predictions("real", "a", 0), predictions("real", "b", 1)
    assert mean_ranks({"a": [one], "b": [two]}) == {}
    assert mean_ranks({"a": [one]}) == {}
