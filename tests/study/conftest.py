"""A tiny simulated dataset that the tests of this folder share."""

import pytest

from anigifs.simulate.config import Counts, SimConfig
from anigifs.simulate.dataset import simulate

CLASSES = ("push up", "squat")


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory):
    """Two classes in two domains, 32 px: `real/` with train, val and test, `animated/`."""
    root = tmp_path_factory.mktemp("tiny")
    counts = Counts(train=3, val=2, test=2)
    config = SimConfig(classes=CLASSES, side_px=32, real=counts, animated=Counts(test=2))
    simulate(root, config, workers=1)
    return root
