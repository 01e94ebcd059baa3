"""Student's t against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from anigifs.evaluate.student import paired_t, quantile, two_sided_p


@given(st.floats(-50, 50), st.integers(1, 60))
def test_p_is_that_of_scipy(t, degrees):
    assert two_sided_p(t, degrees) == pytest.approx(2 * stats.t.sf(abs(t), degrees), abs=1e-9)


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 9, 30])
def test_quantile_is_that_of_scipy(degrees):
    assert quantile(0.95, degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=1e-6)


def test_the_paired_test_is_that_of_scipy():
    a, b = np.random.default_rng(1).normal(0.4, 1, size=(2, 5))
    half, t, p = paired_t(a - b)
    theirs = stats.ttest_rel(a, b)
    low, high = theirs.confidence_interval(0.95)
    assert (t, p) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert (high - low) / 2 == pytest.approx(half)


def test_differences_without_spread_are_decided_by_their_sign():
    assert paired_t(np.zeros(3)) == (0.0, 0.0, 1.0)
    assert paired_t(np.full(3, -0.25)) == (0.0, -np.inf, 0.0)
