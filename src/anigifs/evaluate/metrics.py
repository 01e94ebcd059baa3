"""Metrics of logits against labels: pure functions of arrays.

Ties: tied classes are ranked in all orders with equal weight, and a metric is the mean over
these orders. So a model that says the same of every class scores exactly chance, whatever the
order of its classes. Ties are real: bfloat16 and float16 logits often tie. Our choice; without
ties every number equals scikit-learn's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Logits = NDArray[np.float32] | NDArray[np.float64]
Ints = NDArray[np.int64]

ECE_BINS = 15


def credits(logits: Logits, labels: Ints, k: int = 1) -> Floats:
    """How far the true class is among the k highest logits: float64 (N,), in [0, 1].

    1 inside, 0 outside; m classes tied with the true one for the last r places give r / m.
    logits: (N, K); labels: int64 (N,), in [0, K). The mean is the top-k accuracy.
    """
    own = logits[np.arange(len(labels)), labels][:, None]
    above = (logits > own).sum(axis=1)
    tied = (logits == own).sum(axis=1)
    shares: Floats = np.clip((k - above) / tied, 0.0, 1.0)
    return shares


def per_class(values: Floats, labels: Ints, count: int) -> tuple[Floats, Ints]:
    """Mean of `values` and number of clips for each of `count` classes; NaN where no clip is."""
    clips = np.bincount(labels, minlength=count)
    sums = np.bincount(labels, weights=values, minlength=count)
    means = np.divide(sums, clips, out=np.full(count, np.nan), where=clips > 0)
    return means, clips


def macro(values: Floats, labels: Ints, count: int) -> float:
    """Mean over the classes that have clips: every class weighs alike. NaN without clips."""
    means, clips = per_class(values, labels, count)
    return float(means[clips > 0].mean()) if len(labels) else float("nan")


def confusion(logits: Logits, labels: Ints) -> Floats:
    """Clips by (true, predicted) class: float64 (K, K); tied predictions share a clip."""
    top = logits == logits.max(axis=1, keepdims=True)
    shares = top / top.sum(axis=1, keepdims=True)
    counts = np.zeros((logits.shape[1], logits.shape[1]))
    np.add.at(counts, labels, shares)
    return counts


def softmax(logits: Logits) -> Floats:
    """Probabilities, float64 (N, K)."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True).astype(np.float64))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True)
    return shares


def nll(logits: Logits, labels: Ints) -> float:
    """Mean negative log-likelihood of the true class, in nats."""
    top = logits.max(axis=1, keepdims=True).astype(np.float64)
    log_sum = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    return float((log_sum - logits[np.arange(len(labels)), labels]).mean())


def ece(logits: Logits, labels: Ints, bins: int = ECE_BINS) -> float:
    """Expected calibration error: |accuracy - confidence|, averaged over clips by bin.

    Source: Guo et al. 2017, equation 3: equal-width bins (low, high] of the highest
    probability. 15 bins as there; biased upwards where clips are few.
    """
    confidence = softmax(logits).max(axis=1)
    right = credits(logits, labels)
    bin_of = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    gaps = np.bincount(bin_of, weights=right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def chance(classes: int, k: int = 1) -> float:
    """Top-k accuracy of guessing among `classes` at random."""
    return min(k / classes, 1.0)


def majority(labels: Ints, k: int = 1) -> float:
    """Top-k accuracy of always answering the k most frequent classes of these very clips."""
    commonest = np.sort(np.bincount(labels))[::-1][:k]
    return float(commonest.sum() / len(labels))
