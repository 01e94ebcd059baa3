"""Comparisons: the words that may be said, Holm's correction, gaps between sets."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from anigifs.core.errors import ProtocolError
from anigifs.evaluate.compare import (
    NO_RESULT,
    NOT_DISTINGUISHABLE,
    TOO_FEW,
    _clip_half_width,
    compare,
    correct,
    gap,
    holm,
    verdict,
)
from anigifs.evaluate.predictions import from_arrays
from anigifs.evaluate.resample import Estimate
from anigifs.evaluate.score import score_runs
from tests.evaluate.fakes import CLASSES, made


def runs(count, shift=2.0, **about):
    return [made(seed=seed, shift=shift, **about) for seed in range(count)]


CLEAR, ACROSS = Estimate(0.2, 0.1, 0.3), Estimate(0.2, -0.1, 0.3)


@pytest.mark.parametrize(
    ("difference", "seeds", "p", "word"),
    [
        (CLEAR, 4, 0.001, TOO_FEW),
        (CLEAR, 5, 0.001, "better"),
        (Estimate(-0.2, -0.3, -0.1), 5, 0.001, "worse"),
        (ACROSS, 9, 0.001, NOT_DISTINGUISHABLE),
        (CLEAR, 5, 0.2, NOT_DISTINGUISHABLE),
        (CLEAR, 5, None, NOT_DISTINGUISHABLE),
        (Estimate(0.2), 5, 0.001, NOT_DISTINGUISHABLE),
    ],
)
def test_better_needs_five_seeds_and_an_interval_clear_of_zero(difference, seeds, p, word):
    assert verdict(difference, seeds, p) == word


def seeds_by_scipy(differences, aim=0.03):
    """The first number of seeds whose t interval is narrow enough, at this spread."""
    spread = np.std(differences, ddof=1)
    return next(
        n for n in range(2, 999) if stats.t.ppf(0.975, n - 1) * spread / np.sqrt(n) <= aim
    )  # fmt: skip


def test_the_seeds_that_the_aim_takes_are_those_of_scipys_t():
    a, b = runs(6), runs(6, shift=1.0)
    sure = Estimate(0.1, 0.1, 0.1)  # the t is the wider, and clips leave nothing open
    found = replace(compare(a, b), difference=sure, clip_half_width=0.0)
    tops = np.array([[np.mean(r.logits.argmax(1) == r.label_index) for r in s] for s in (a, b)])
    assert found.half_width == found.t_half_width
    assert found.seeds_for_aim == seeds_by_scipy(tops[0] - tops[1])
    assert replace(found, difference=Estimate(0.1, -0.4, 0.6)).half_width == pytest.approx(0.5)
    assert replace(found, seeds=(0, 1, 2, 3)).seeds_for_aim is None
    assert compare(runs(1), runs(1, shift=1.0)).seeds_for_aim is None


def test_no_number_of_seeds_is_named_where_the_clips_leave_more_open():
    found = replace(compare(runs(6), runs(6, shift=1.0)), clip_half_width=0.031)
    assert found.seeds_for_aim is None
    wide = replace(found, difference=Estimate(0.1, 0.069, 0.131), clip_half_width=0.0)
    assert wide.seeds_for_aim > 6  # what is too wide with 6 seeds takes more than 6
    much = replace(found, clip_half_width=0.029)
    assert much.seeds_for_aim > replace(found, clip_half_width=0.0).seeds_for_aim


def test_what_endless_seeds_leave_open_is_the_spread_of_what_clips_share():
    """By construction: 900 groups of 2 clips share an effect; each seed has luck of its own."""
    rng = np.random.default_rng(0)
    shared = np.repeat(rng.normal(size=900), 2)
    seen = shared + rng.normal(size=(40, 1800)) + rng.normal(size=(40, 1))
    expected = 1.96 * shared.std() / np.sqrt(900)
    groups = np.repeat(np.arange(900), 2)
    assert _clip_half_width(seen, groups) == pytest.approx(expected, rel=0.1)
    luck = rng.normal(size=(5, 1800))
    assert _clip_half_width(luck, groups) < expected / 5


def test_nothing_is_said_of_a_checkpoint_that_the_target_chose():
    weak = [replace(run, method="weak") for run in runs(5, shift=0.5)]
    chosen = [replace(run, selection="oracle") for run in runs(5)]
    assert compare(chosen, weak).verdict == NO_RESULT
    assert compare(weak, chosen).verdict == NO_RESULT


def test_a_method_that_is_better_by_far_is_called_so_with_five_seeds_only():
    weak = [replace(run, method="weak") for run in runs(5, shift=0.5)]
    found = compare(runs(5), weak)
    assert (found.verdict, found.a, found.b) == ("better", "erm", "weak")
    assert compare(weak, runs(5)).verdict == "worse"
    assert compare(runs(4), weak[:4]).verdict == TOO_FEW


def test_a_method_is_not_distinguishable_from_itself():
    found = compare(runs(5), runs(5))
    assert found.difference == Estimate(0, 0, 0)
    assert found.verdict == NOT_DISTINGUISHABLE


def test_the_t_over_seeds_is_that_of_scipy():
    a, b = runs(5), runs(5, shift=1.0)
    found = compare(a, b)
    tops = [[np.mean(r.logits.argmax(1) == r.label_index) for r in side] for side in (a, b)]
    theirs = stats.ttest_rel(*tops)
    assert found.p == pytest.approx(theirs.pvalue, abs=1e-9)
    low, high = theirs.confidence_interval()
    assert found.t_half_width == pytest.approx((high - low) / 2)
    assert found.difference.value == pytest.approx(np.mean(tops[0]) - np.mean(tops[1]))


def test_only_common_seeds_are_paired():
    assert compare(runs(5), runs(5)[2:]).seeds == (2, 3, 4)
    with pytest.raises(ProtocolError, match="no seed in common"):
        compare(runs(5)[:2], runs(5)[3:])


def test_two_single_runs_are_compared_for_these_runs_only():
    found = compare(runs(1), [made(seed=7, shift=0.0)])
    assert found.scope == "this run only"
    assert found.difference.clear_of_zero
    assert found.verdict == TOO_FEW


def test_pairing_by_clip_is_narrower_than_two_separate_intervals():
    a, b = runs(5), runs(5, shift=1.7)
    paired = compare(a, b).difference
    one, two = score_runs(a).top1, score_runs(b).top1
    assert paired.high - paired.low < (one.high - one.low + two.high - two.low) / 2


def test_runs_on_different_clips_are_not_compared():
    with pytest.raises(ProtocolError, match="differ in ids"):
        compare(runs(2), [made(clips=60, seed=seed) for seed in range(2)])


def test_holm_by_hand():
    """Holm 1979: p sorted .01 .02 .03 .04 becomes .04 .06 .06 .06."""
    assert holm(np.array([0.03, 0.01, 0.04, 0.02])) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1.0, 1.0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_lies_between_no_correction_and_bonferroni(p):
    raw = np.array(p)
    adjusted = holm(raw)
    assert (adjusted >= raw).all()
    assert (adjusted <= np.minimum(raw * len(p), 1) + 1e-12).all()
    assert (np.argsort(np.argsort(adjusted, kind="stable")) >= 0).all()


def test_correction_can_take_a_word_back():
    found = compare(runs(5), runs(5, shift=0.5))
    alone = correct([replace(found, p=0.04)], "real")
    many = correct([replace(found, p=0.04)] * 3, "real")
    assert [one.verdict for one in alone] == ["better"]
    assert {one.verdict for one in many} == {NOT_DISTINGUISHABLE}


def test_the_headlines_set_is_a_family_of_its_own_and_all_others_are_one():
    """Holm by hand: .01 and .04 make .02 and .04; .01, .02 and .03 make .03, .04 and .04."""
    found = compare(runs(5), runs(5, shift=0.5))
    given = [("animated", 0.01), ("animated", 0.04), ("a", 0.01), ("b", 0.02), ("b", 0.03)]
    made_ = correct([replace(found, set_name=name, p=p) for name, p in given], "animated")
    assert [one.p_holm for one in made_] == pytest.approx([0.02, 0.04, 0.03, 0.04, 0.04])
    assert [one.family for one in made_] == [2, 2, 3, 3, 3]
    fewer = correct([replace(found, set_name=name, p=p) for name, p in given[:3]], "animated")
    assert [one.p_holm for one in fewer[:2]] == pytest.approx([0.02, 0.04])


def test_the_gap_is_source_minus_target():
    source, target = runs(3), runs(3, shift=0.5, set_name="animated")
    found = gap(source, target)
    one, two = score_runs(source).top1.value, score_runs(target).top1.value
    assert found.value == pytest.approx(one - two)
    assert found.low < found.value < found.high
    assert found.clear_of_zero


def test_clips_that_pair_across_domains_make_the_gap_surer():
    source, target = runs(1), runs(1, shift=1.7, set_name="animated")
    apart = [replace(run, groups=tuple(f"other {g}" for g in run.groups)) for run in target]
    paired, unpaired = gap(source, target), gap(source, apart)
    assert paired.value == unpaired.value
    assert paired.high - paired.low < unpaired.high - unpaired.low


def test_the_gap_is_measured_on_the_classes_that_both_sets_score():
    few = CLASSES[:3]
    target = [made(seed=0, set_name="animated", set_classes=few, rule="intersection")]
    assert gap([made(seed=0)], target).value == 0.0


def test_a_gap_needs_the_same_runs_on_both_sets():
    with pytest.raises(ProtocolError, match="predicted by the same runs"):
        gap(runs(3), runs(2, set_name="animated"))


def test_a_gap_pairs_the_groups_that_both_sets_have():
    """A target of some of the source's own clips: paired, the interval shrinks with the overlap."""
    source = runs(3)
    some = [i for i in range(120) if i % 4]
    part = [restrict_rows(run, some, set_name="part") for run in source]
    alone = [replace(run, groups=tuple(f"x{g}" for g in run.groups)) for run in part]
    paired, apart = gap(source, part), gap(source, alone)
    assert paired.value == pytest.approx(apart.value)
    assert paired.high - paired.low < 0.7 * (apart.high - apart.low)


def test_a_gap_pairs_the_same_groups_however_few():
    few = [made(clips=27, seed=seed) for seed in range(2)]
    twin = [replace(run, set_name="twin") for run in few]
    assert gap(few, twin) == Estimate(0, 0, 0)


def restrict_rows(run, rows, **about):
    return from_arrays(
        [run.ids[i] for i in rows], [run.labels[i] for i in rows], run.logits[rows], run.classes,
        **{"groups": [run.groups[i] for i in rows], "seed": run.seed, "run": run.run,
           "method": run.method, **about},
    )  # fmt: skip


def test_a_gap_is_measured_on_the_classes_that_both_sets_have_clips_of():
    """Right on three classes only; the target holds just these: nothing is lost on them."""
    labels = list(CLASSES) * 10
    logits = np.eye(6)[np.arange(60) % 6] * 3
    logits[np.arange(60) % 6 >= 3] *= -1
    about = {"seed": 0, "run": "r", "groups": [f"g{i}" for i in range(60)]}
    source = from_arrays([f"s{i}" for i in range(60)], labels, logits, CLASSES, **about)
    rows = [i for i in range(60) if i % 6 < 3]
    target = restrict_rows(source, rows, set_name="target", rule="head")
    assert gap([source], [target]).value == 0
