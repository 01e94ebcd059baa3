"""Worked examples from publications, as votes: MISSING is -1."""

from __future__ import annotations

import numpy as np

_KRIPPENDORFF = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""

_DIAGNOSES = """
444444 222555 233335 555555 222444 113333 333355 113334 114444 555555
144444 124444 222333 144444 224445 333335 111455 111112 224444 133555
555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""


def krippendorff_2011():
    """Computing Krippendorff's alpha-reliability, section C: 12 units, 4 observers, missing data.

    Nominal alpha = 0.743.
    """
    rows = [[-1 if c == "." else int(c) - 1 for c in row.split()] for row in _lines(_KRIPPENDORFF)]
    return np.array(rows).T


def fleiss_1971():
    """Measuring nominal scale agreement among many raters, table 1: 30 patients, 6 diagnoses each.

    Kappa = 0.430. The table gives how many made each diagnosis; who made which does not matter.
    """
    return np.array([[int(c) - 1 for c in item] for item in _DIAGNOSES.split()])


def fleiss_ten_subjects():
    """The widely copied example of Fleiss' kappa: 10 subjects, 14 raters, 5 categories.

    Kappa = 0.210, mean agreement 0.378.
    """
    counts = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    return np.array([np.repeat(np.arange(5), row) for row in counts])


def two_raters(table):
    """Votes of two people from their table of counts."""
    cells = [((a, b), n) for a, row in enumerate(table) for b, n in enumerate(row)]
    return np.array([pair for pair, times in cells for _ in range(times)])


SAS_TABLE = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]
"""Two raters, from the SAS manual's printout: kappa = 0.4842."""
COHEN_1960 = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
"""Cohen 1960, table 1 in counts (N = 200): kappa = 0.492."""


def _lines(text):
    return text.strip().splitlines()
