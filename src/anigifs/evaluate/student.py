"""Student's t for whole degrees of freedom, in closed form: no scipy at run time.

Source: Abramowitz & Stegun, 26.7.3 and 26.7.4 (finite series for integer degrees).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def two_sided_p(t: float, degrees: int) -> float:
    """P(|T| >= |t|) with `degrees` >= 1 degrees of freedom."""
    if math.isinf(t):
        return 0.0
    angle = math.atan2(abs(t), math.sqrt(degrees))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    term, total = 1.0, 0.0
    if degrees % 2:
        for step in range(1, (degrees - 1) // 2 + 1):
            total += term
            term *= square * 2 * step / (2 * step + 1)
        inside = (angle + sine * math.cos(angle) * total) * 2 / math.pi
    else:
        for step in range(1, degrees // 2 + 1):
            total += term
            term *= square * (2 * step - 1) / (2 * step)
        inside = sine * total
    return max(0.0, 1.0 - inside)


def quantile(level: float, degrees: int) -> float:
    """The t with P(|T| < t) = `level`, by bisection."""
    low, high = 0.0, 1.0
    while two_sided_p(high, degrees) > 1 - level:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided_p(middle, degrees) > 1 - level else (low, middle)
    return high


def paired_t(differences: NDArray[np.float64]) -> tuple[float, float, float]:
    """Paired t-test: (half-width of the 95 % interval of the mean, t, two-sided p).

    differences: float64 (S,), one per seed, S >= 2. Equal non-zero differences give t = inf and
    p = 0; all-zero differences p = 1.
    """
    count = len(differences)
    mean, spread = float(differences.mean()), float(differences.std(ddof=1))
    error = spread / math.sqrt(count)
    if error == 0:
        return 0.0, math.copysign(math.inf, mean) if mean else 0.0, 0.0 if mean else 1.0
    t = mean / error
    return quantile(0.95, count - 1) * error, t, two_sided_p(t, count - 1)
