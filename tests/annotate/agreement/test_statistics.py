from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater

from anigifs.annotate.agreement.statistics import (
    ONE_CATEGORY,
    ONE_LEFT,
    Bootstrap,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    mean_cohen_kappa,
    percent_agreement,
)
from tests.annotate.agreement.published import (
    COHEN_1960,
    SAS_TABLE,
    fleiss_1971,
    fleiss_ten_subjects,
    krippendorff_2011,
    two_raters,
)

QUICK = Bootstrap(replicates=100)
MANY = (percent_agreement, fleiss_kappa, krippendorff_alpha, mean_cohen_kappa)


def value(statistic, votes):
    return statistic(np.asarray(votes), QUICK).value


def random_votes(seed, items, people, categories, missing):
    rng = np.random.default_rng(seed)
    votes = rng.integers(0, categories, (items, people))
    alike = rng.random(items) < 0.5
    votes[alike] = votes[alike, :1]
    votes[rng.random(votes.shape) < missing] = -1
    return votes


tables = st.builds(
    random_votes,
    st.integers(0, 10_000), st.integers(2, 30), st.integers(2, 5), st.integers(2, 4),
    st.sampled_from([0.0, 0.3]),
)  # fmt: skip


def test_alpha_of_krippendorffs_worked_example_with_missing_votes():
    assert round(value(krippendorff_alpha, krippendorff_2011()), 3) == 0.743


def test_fleiss_kappa_of_the_table_in_his_paper():
    assert round(value(fleiss_kappa, fleiss_1971()), 3) == 0.430


def test_fleiss_kappa_of_the_ten_subjects_that_everybody_copies():
    assert round(value(fleiss_kappa, fleiss_ten_subjects()), 3) == 0.210
    assert round(value(percent_agreement, fleiss_ten_subjects()), 3) == 0.378


def test_cohens_kappa_of_two_published_tables():
    assert round(value(cohen_kappa, two_raters(SAS_TABLE)), 4) == 0.4842
    assert round(value(cohen_kappa, two_raters(COHEN_1960)), 3) == 0.492


@pytest.mark.parametrize("seed", range(5))
def test_fleiss_kappa_is_that_of_statsmodels(seed):
    votes = random_votes(seed, 40, 4, 3, missing=0.0)
    theirs = inter_rater.fleiss_kappa(inter_rater.aggregate_raters(votes)[0])
    assert value(fleiss_kappa, votes) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_cohens_kappa_is_that_of_scikit_learn_and_statsmodels(seed):
    votes = random_votes(seed, 40, 2, 3, missing=0.2)
    both = votes[(votes >= 0).all(axis=1)]
    ours = value(cohen_kappa, votes)
    assert ours == pytest.approx(cohen_kappa_score(*both.T), abs=1e-12)
    table = inter_rater.to_table(both)[0]
    theirs = inter_rater.cohens_kappa(table, return_results=False)
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_the_mean_of_cohens_kappas_is_the_mean_over_pairs_by_scikit_learn():
    votes = random_votes(7, 60, 3, 3, missing=0.0)
    pairs = [(0, 1), (0, 2), (1, 2)]
    theirs = np.mean([cohen_kappa_score(votes[:, a], votes[:, b]) for a, b in pairs])
    assert value(mean_cohen_kappa, votes) == pytest.approx(theirs, abs=1e-12)


def test_alpha_is_the_double_loop_over_pairs_of_its_definition():
    votes = random_votes(3, 25, 4, 3, missing=0.3)
    units = [[v for v in row if v >= 0] for row in votes]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [v for unit in units for v in unit]
    observed = sum(
        sum(a != b for a in unit for b in unit) / (len(unit) - 1) for unit in units
    ) / len(pooled)
    expected = sum(a != b for a in pooled for b in pooled) / (len(pooled) * (len(pooled) - 1))
    alpha = value(krippendorff_alpha, votes)
    assert alpha == pytest.approx(1 - observed / expected, abs=1e-12)


def test_percent_agreement_counts_pairs_of_votes_by_hand():
    # three votes yes yes no: 1 of 3 pairs; two votes no no: 1 of 1; a single vote says nothing
    assert value(percent_agreement, [[0, 0, 1], [1, 1, -1], [0, -1, -1]]) == pytest.approx(2 / 4)


@given(tables, st.permutations(range(4)))
@settings(max_examples=40)
def test_names_of_categories_do_not_matter(votes, names):
    renamed = np.where(votes < 0, -1, np.array(names)[votes])
    for statistic in MANY:
        ours, theirs = value(statistic, votes), value(statistic, renamed)
        assert (ours is None) == (theirs is None)
        assert ours is None or ours == pytest.approx(theirs, abs=1e-9)


@given(tables, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_people_and_items_does_not_matter(votes, random):
    people, items = list(range(votes.shape[1])), list(range(len(votes)))
    random.shuffle(people)
    random.shuffle(items)
    shuffled = votes[items][:, people]
    for statistic in (percent_agreement, fleiss_kappa, krippendorff_alpha):
        assert statistic(votes, QUICK) == statistic(shuffled, QUICK)
    ours, theirs = value(mean_cohen_kappa, votes), value(mean_cohen_kappa, shuffled)
    assert (ours is None) == (theirs is None)
    assert ours is None or ours == pytest.approx(theirs, abs=1e-9)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=40), st.integers(2, 5))
@settings(max_examples=40)
def test_identical_votes_agree_perfectly_or_have_nothing_to_agree_on(truth, people):
    votes = np.repeat(np.array(truth)[:, None], people, axis=1)
    assert value(percent_agreement, votes) == 1
    for statistic in MANY[1:]:
        found = statistic(votes, QUICK)
        if len(set(truth)) == 1:
            assert (found.value, found.why) == (None, ONE_CATEGORY)
        else:
            assert (found.value, found.low, found.high) == (1, None, None)
            assert "nobody disagreed" in found.why


@given(tables)
@settings(max_examples=40)
def test_no_number_is_nan_and_whatever_is_none_says_why(votes):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for statistic in MANY:
            found = statistic(votes, QUICK)
            numbers = [n for n in (found.value, found.low, found.high) if n is not None]
            assert np.isfinite(numbers).all()
            assert len(numbers) == 3 or found.why
            if len(numbers) == 3:
                assert found.low <= found.high


@pytest.mark.parametrize("statistic", MANY)
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (5, 1), (3, 2)])
def test_too_few_votes_are_said_in_words(statistic, shape):
    votes = np.full(shape, -1)
    votes[:, :1] = 0
    found = statistic(votes, QUICK)
    assert found.value is None
    assert found.why == "0 with two votes; at least 2 are needed"


def test_fewer_items_than_asked_for_give_no_number():
    votes = random_votes(0, 9, 2, 2, missing=0.0)
    for statistic in (*MANY, cohen_kappa):
        found = statistic(votes, Bootstrap(100, least=10))
        assert (found.value, found.items) == (None, 9)
        assert "at least 10" in found.why


def test_people_who_share_too_few_items_have_no_mean_kappa():
    votes = np.full((12, 12), -1)
    for item in range(12):
        votes[item, [item, (item + 1) % 12]] = item % 2, 0
    found = mean_cohen_kappa(votes, Bootstrap(100, least=10))
    assert (found.value, found.why) == (None, "no two people share 10 items")


def test_fleiss_leaves_out_items_with_another_number_of_votes_and_counts_them():
    votes = random_votes(1, 30, 3, 2, missing=0.0)
    votes[:5, 2] = -1
    found = fleiss_kappa(votes, QUICK)
    assert (found.items, found.left_out) == (25, 5)
    assert found.value == value(fleiss_kappa, votes[5:])


def test_one_rare_answer_gives_a_number_but_no_interval():
    votes = np.zeros((50, 2), int)
    votes[0] = 0, 1
    found = krippendorff_alpha(votes, QUICK)
    assert found.value == pytest.approx(0.0, abs=0.02)
    assert (found.low, found.why) == (None, ONE_LEFT)


def test_full_agreement_gets_the_exact_binomial_bound():
    from scipy.stats import beta

    found = percent_agreement(np.zeros((20, 2), int), QUICK)
    assert (found.value, found.high, found.why) == (1, 1, "")
    assert found.low == pytest.approx(beta.ppf(0.025, 20, 1))


def test_the_interval_is_that_of_resampling_items_one_by_one():
    votes = random_votes(11, 80, 3, 3, missing=0.2)
    found = krippendorff_alpha(votes, Bootstrap(replicates=4_000))
    rng = np.random.default_rng(0)
    kept = votes[(votes >= 0).sum(axis=1) >= 2]
    drawn = [value_of(kept[rng.integers(len(kept), size=len(kept))]) for _ in range(1_000)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.02)
    assert found.high == pytest.approx(high, abs=0.02)


def value_of(votes):
    """Alpha alone, from coincidences, without our code."""
    counts = np.stack([(votes == code).sum(axis=1) for code in range(3)], axis=1)
    each, pooled = counts.sum(axis=1), counts.sum(axis=0)
    total = pooled.sum()
    same = ((counts * (counts - 1)).sum(axis=1) / (each - 1)).sum()
    return 1 - (total - 1) * (total - same) / (total**2 - (pooled**2).sum())


def test_nineteen_of_twenty_intervals_hold_the_truth():
    """Two people, right in 9 of 10: kappa's expectation is 0.64; 93 to 97 % would be usual."""
    rng, held = np.random.default_rng(5), 0
    for _ in range(200):
        truth = rng.integers(0, 2, (150, 1))
        votes = np.where(rng.random((150, 2)) < 0.1, 1 - truth, truth)
        found = cohen_kappa(votes, Bootstrap(replicates=300))
        held += found.low <= 0.64 <= found.high
    assert 178 <= held <= 198


def test_the_same_seed_gives_the_same_interval_and_another_gives_another():
    votes = random_votes(2, 60, 3, 2, missing=0.1)
    first = krippendorff_alpha(votes, Bootstrap(200, seed=1))
    assert first == krippendorff_alpha(votes, Bootstrap(200, seed=1))
    other = krippendorff_alpha(votes, Bootstrap(200, seed=2))
    assert first.value == other.value
    assert first.low != other.low


def test_twenty_thousand_items_take_seconds():
    """Sorted into distinct rows, at most 3 ** 4 of them; item by item it would take minutes."""
    from time import process_time

    votes = random_votes(0, 20_000, 4, 2, missing=0.3)
    start = process_time()
    for statistic in MANY:
        statistic(votes, Bootstrap())
    assert process_time() - start < 5


def test_the_worked_example_of_the_documentation():
    votes = np.array([[0, 0, -1], [1, 1, 1], [0, 1, -1], [-1, 0, -1]])
    assert value(percent_agreement, votes) == pytest.approx(0.8)
    assert value(krippendorff_alpha, votes) == pytest.approx(0.5)
    assert value(cohen_kappa, votes[:, :2]) == pytest.approx(0.4)
    assert value(fleiss_kappa, votes) == pytest.approx(-1 / 3)


def test_agreement_of_95_percent_with_a_kappa_of_about_zero():
    """The paradox of prevalence that the documentation tells of."""
    votes = two_raters([[95, 3], [2, 0]])
    assert value(percent_agreement, votes) == 0.95
    assert abs(value(cohen_kappa, votes)) < 0.03
