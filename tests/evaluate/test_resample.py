"""The two-level bootstrap against scipy's, by hand, and by how often it covers the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from anigifs.evaluate.resample import (
    Estimate,
    draw,
    estimate,
    estimate_rate,
    replicate,
    statistic,
    tally,
)


def test_one_run_with_single_clips_gives_the_percentile_bootstrap_of_scipy():
    values = np.random.default_rng(0).exponential(size=80)
    ours = estimate(values[None], np.arange(80), None, "x")
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=4000, method="percentile", rng=1
    ).confidence_interval
    assert ours.value == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.03)


def test_copies_of_one_clip_in_a_group_add_no_certainty():
    few = np.random.default_rng(0).integers(0, 2, 40).astype(float)
    many = np.repeat(few, 25)
    alone = estimate_rate(few[None], np.arange(40), None, "x")
    copied = estimate_rate(many[None], np.repeat(np.arange(40), 25), None, "x")
    naive = estimate_rate(many[None], np.arange(1000), None, "x")
    assert copied == alone
    assert naive.high - naive.low < (alone.high - alone.low) / 3


def test_repeating_a_run_does_not_average_the_luck_of_the_test_set_away():
    one = np.random.default_rng(0).integers(0, 2, (1, 60)).astype(float)
    single = estimate(one, np.arange(60), None, "x")
    ten = estimate(np.repeat(one, 10, axis=0), np.arange(60), None, "x")
    assert ten.bounds == pytest.approx(single.bounds)


def test_runs_that_differ_widen_the_interval():
    clips = np.random.default_rng(0).random((5, 400))
    apart = clips + np.array([-0.2, -0.1, 0, 0.1, 0.2])[:, None]
    groups = np.arange(400)
    same, wide = (estimate(values, groups, None, "x") for values in (clips, apart))
    assert wide.high - wide.low > 3 * (same.high - same.low)
    assert wide.high - wide.low == pytest.approx(2 * 1.96 * np.sqrt(0.02 / 5), rel=0.15)


def test_strata_weigh_alike_by_hand():
    values = np.array([[1.0, 1.0, 1.0, 0.0]])
    table = tally(values, np.arange(4), np.array([0, 0, 0, 1]))
    assert statistic(table) == 0.5
    assert statistic(tally(values, np.arange(4))) == 0.75


@given(st.integers(1, 4), st.integers(1, 30), st.integers(0, 99))
def test_a_replicate_is_the_mean_over_what_was_drawn(runs, clips, seed):
    rng = np.random.default_rng(seed)
    values, groups = rng.random((runs, clips)), np.sort(rng.integers(0, 5, clips))
    groups = np.unique(groups, return_inverse=True)[1]
    draws = draw(runs, groups.max() + 1, "x", replicates=3)
    found = replicate(tally(values, groups), draws)
    for at in range(3):
        weights = draws.runs[at][:, None] * draws.groups[at][groups][None]
        assert found[at] == pytest.approx((values * weights).sum() / weights.sum())


def test_every_draw_takes_as_many_as_there_are_and_repeats_itself():
    first, second = draw(3, 50, "x", 20), draw(3, 50, "x", 20)
    assert (first.groups.sum(axis=1) == 50).all()
    assert (first.runs.sum(axis=1) == 3).all()
    assert (first.groups == second.groups).all()
    assert (first.groups != draw(3, 50, "y", 20).groups).any()


def test_one_group_gives_a_value_and_no_interval():
    found = estimate_rate(np.array([[1.0, 0.0]]), np.zeros(2, int), None, "x")
    assert found == Estimate(0.5)
    assert found.bounds is None
    assert not found.clear_of_zero


@pytest.mark.parametrize(("right", "groups"), [(0, 9), (1, 9), (0, 30)])
def test_all_wrong_or_all_right_has_the_exact_binomial_bound(right, groups):
    values = np.full((2, 3 * groups), float(right))
    found = estimate_rate(values, np.repeat(np.arange(groups), 3), None, "x")
    exact = stats.binomtest(right * groups, groups).proportion_ci(0.95, "exact")
    assert found.bounds == pytest.approx((exact.low, exact.high))


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    """5 runs, 40 groups of 4 clips; truth 0.5; run, group and clip effects on a logit scale."""
    rng, hits, trials = np.random.default_rng(0), 0, 150
    groups = np.repeat(np.arange(40), 4)
    for trial in range(trials):
        effect = rng.normal(0, 0.3, (5, 1)) + rng.normal(0, 1, 40)[groups]
        values = (rng.logistic(size=(5, 160)) < effect).astype(float)
        draws = draw(5, 40, str(trial), replicates=200)
        low, high = np.quantile(replicate(tally(values, groups), draws), [0.025, 0.975])
        hits += low <= 0.5 <= high
    assert 0.86 <= hits / trials <= 0.99
