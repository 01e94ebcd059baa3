"""Scores: every number of a table row, from predictions alone."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, top_k_accuracy_score

from anigifs.core.errors import InputError, ProtocolError
from anigifs.core.records import Problem
from anigifs.evaluate.predictions import from_arrays
from anigifs.evaluate.score import score, score_runs
from tests.evaluate.fakes import CLASSES, made


def test_a_score_of_several_runs_is_the_mean_of_scikit_learn_over_them():
    runs = [made(clips=101, seed=seed, shift=0.5) for seed in range(3)]
    found = score_runs(runs)
    truth, said = runs[0].label_index, [run.logits.argmax(1) for run in runs]
    tops = [accuracy_score(truth, one) for one in said]
    assert found.top1.value == pytest.approx(np.mean(tops))
    assert found.seed_error == pytest.approx(np.std(tops, ddof=1) / np.sqrt(3))
    balanced = [balanced_accuracy_score(truth, one) for one in said]
    assert found.macro.value == pytest.approx(np.mean(balanced))
    five = [top_k_accuracy_score(truth, run.logits, k=5) for run in runs]
    assert found.top5.value == pytest.approx(np.mean(five))
    assert (found.scope, found.seeds, found.clips, found.groups) == (
        "seeds and groups",
        (0, 1, 2),
        101,
        34,
    )


def test_ten_lines_of_python_score_any_model():
    found = score(["a", "b"], ["yes", "no"], [[2.0, 1.0], [3.0, 0.0]], ["yes", "no"])
    assert (found.top1.value, found.chance_top1, found.majority_top1) == (0.5, 0.5, 0.5)
    assert found.top5 is None
    assert found.scope == "this run only"
    assert not found.evidence


def test_chance_follows_the_classes_that_compete():
    shared = ("squat", "lunge")
    whole = score_runs([made(set_classes=shared, rule="head")])
    cut = score_runs([made(set_classes=shared, rule="intersection", outside=4)])
    assert (whole.head, whole.chance_top1) == (6, pytest.approx(1 / 6))
    assert (cut.head, cut.full_head, cut.chance_top1, cut.outside) == (2, 6, 0.5, 4)
    assert cut.top1.value >= whole.top1.value
    assert (cut.top5, cut.chance_top5) == (None, None)


def test_what_a_table_must_say_is_carried_over():
    found = score_runs(
        [made(simulated=True, selection="oracle", problems=(Problem("x", "broken"),))]
    )
    assert (found.simulated, found.selection, found.problems) == (True, "oracle", 1)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (made(seed=1, set_name="other"), "differ in set_name"),
        (made(seed=1, clips=60), "differ in ids"),
        (made(seed=1, selection="oracle"), "differ in selection"),
        (made(seed=0), "the same seed"),
    ],
)
def test_runs_that_are_no_repetitions_are_refused(other, message):
    with pytest.raises(ProtocolError, match=message):
        score_runs([made(seed=0), other])


def test_nothing_to_score_is_an_error():
    with pytest.raises(InputError, match="no predictions"):
        score_runs([])
    with pytest.raises(InputError, match="no clips to score"):
        score_runs([from_arrays([], [], np.zeros((0, 6)), CLASSES)])


def test_the_order_of_classes_does_not_matter():
    p = made(shift=0.3)
    order = np.random.default_rng(0).permutation(6)
    moved = replace(p, classes=tuple(np.array(CLASSES)[order]), logits=p.logits[:, order])
    assert score_runs([moved]).top1 == score_runs([p]).top1
