"""Metrics against scikit-learn, and by hand where ties make the two differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from anigifs.evaluate import metrics


def some(clips=300, classes=7, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=clips)
    logits = rng.normal(size=(clips, classes)).astype(np.float32)
    logits[np.arange(clips), labels] += 1
    return logits, labels


cases = st.builds(some, st.integers(2, 80), st.integers(3, 9), st.integers(0, 10_000))


@given(cases, st.integers(1, 9))
def test_top_k_is_that_of_scikit_learn(case, k):
    logits, labels = case
    classes = logits.shape[1]
    k = min(k, classes - 1)
    theirs = sk.top_k_accuracy_score(labels, logits, k=k, labels=np.arange(classes))
    assert metrics.credits(logits, labels, k).mean() == pytest.approx(theirs)


@given(cases)
def test_macro_per_class_and_confusion_are_those_of_scikit_learn(case):
    logits, labels = case
    classes = logits.shape[1]
    right, said = metrics.credits(logits, labels), logits.argmax(axis=1)
    theirs = sk.confusion_matrix(labels, said, labels=np.arange(classes))
    assert (metrics.confusion(logits, labels) == theirs).all()
    present = np.unique(labels)
    recall = sk.recall_score(labels, said, labels=present, average=None, zero_division=0)
    means, clips = metrics.per_class(right, labels, classes)
    assert means[present] == pytest.approx(recall)
    assert np.isnan(means[clips == 0]).all()
    assert metrics.macro(right, labels, classes) == pytest.approx(recall.mean())
    if set(said) <= set(labels) and len(present) > 1:
        balanced = sk.balanced_accuracy_score(labels, said)
        assert metrics.macro(right, labels, classes) == pytest.approx(balanced)


@given(cases)
def test_nll_is_the_log_loss_of_scikit_learn(case):
    logits, labels = case
    probabilities = metrics.softmax(logits)
    theirs = sk.log_loss(labels, probabilities, labels=np.arange(logits.shape[1]))
    assert metrics.nll(logits, labels) == pytest.approx(theirs, rel=1e-5)


@given(st.integers(2, 12), st.integers(1, 12))
def test_a_model_that_says_the_same_of_every_class_is_at_chance(classes, k):
    labels = np.arange(classes)
    logits = np.zeros((classes, classes), np.float32)
    assert metrics.credits(logits, labels, k) == pytest.approx(metrics.chance(classes, k))
    assert metrics.confusion(logits, labels) == pytest.approx(1 / classes)


def test_ties_share_the_last_places_by_hand():
    logits = np.array([[3, 2, 2, 1], [3, 2, 2, 1], [2, 2, 1, 0]], np.float32)
    labels = np.array([1, 3, 0])
    assert metrics.credits(logits, labels, 1).tolist() == [0, 0, 0.5]
    assert metrics.credits(logits, labels, 2).tolist() == [0.5, 0, 1]
    assert metrics.credits(logits, labels, 3).tolist() == [1, 0, 1]
    assert metrics.confusion(logits, labels)[0].tolist() == [0.5, 0.5, 0, 0]


def test_the_diagonal_of_the_confusion_is_top_1_also_with_ties():
    logits, labels = some()
    logits = np.round(logits)
    right = metrics.credits(logits, labels).sum()
    assert np.trace(metrics.confusion(logits, labels)) == pytest.approx(right)


def test_ece_by_hand():
    """Four clips say 0.9, three of them rightly; two say 0.6, both rightly."""
    confidences, labels = np.array([0.9] * 4 + [0.6] * 2), np.array([0, 0, 0, 1, 0, 0])
    logits = np.log(np.stack([confidences, 1 - confidences], axis=1))
    by_hand = 4 / 6 * (0.9 - 0.75) + 2 / 6 * (1 - 0.6)
    assert metrics.ece(logits, labels) == pytest.approx(by_hand)


def test_ece_is_near_zero_when_confidence_is_true():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([1.0, 1.0, 1.0], size=40_000)
    labels = (rng.random((40_000, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    assert metrics.ece(np.log(probabilities), labels) < 0.01


def test_chance_and_majority_by_hand():
    """12 classes: the Ani-GIFs paper's study 2 has chance 8.33 and 41.67 %."""
    assert metrics.chance(12) == pytest.approx(0.0833, abs=1e-4)
    assert metrics.chance(12, 5) == pytest.approx(0.4167, abs=1e-4)
    assert metrics.chance(3, 5) == 1.0
    labels = np.array([0, 0, 0, 2, 2, 5])
    assert metrics.majority(labels) == 0.5
    assert metrics.majority(labels, 2) == pytest.approx(5 / 6)
