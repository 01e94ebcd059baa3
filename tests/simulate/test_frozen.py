"""`sim-1` is frozen: motion, view and colours of some clips, as they were when it was fixed."""

import numpy as np
import pytest

from anigifs.simulate.clip import Name, render
from anigifs.simulate.config import SimConfig

CONFIG = SimConfig()
FROZEN = {
    ("real", "push up"): (40, (0.223, 0.414, 0.765, 0.662), (116.8, 129.4, 109.0)),
    ("real", "waving hand"): (40, (0.28, 0.238, 0.642, 0.816), (119.2, 121.4, 131.7)),
    ("real", "snatch weight lifting"): (40, (0.264, 0.243, 0.629, 0.852), (158.8, 139.1, 161.1)),
    ("real", "somersaulting"): (40, (0.383, 0.388, 0.597, 0.71), (105.6, 112.6, 106.2)),
    ("animated", "push up"): (41, (0.226, 0.4, 0.805, 0.685), (79.5, 190.4, 142.2)),
    ("animated", "waving hand"): (25, (0.28, 0.235, 0.655, 0.81), (106.1, 237.1, 174.4)),
    ("animated", "snatch weight lifting"): (6, (0.25, 0.22, 0.648, 0.847), (90.2, 187.5, 93.0)),
    ("animated", "somersaulting"): (9, (0.382, 0.332, 0.679, 0.704), (243.9, 242.5, 241.5)),
}
"""(frames, mean box, mean colour): a changed drawing is a new version of the simulator."""


@pytest.mark.parametrize(("domain", "label"), FROZEN)
def test_clips_look_as_they_did(domain, label):
    look = CONFIG.real_look if domain == "real" else CONFIG.animated_look
    drawn = render(Name("test", label, 7), look, CONFIG)
    count, box, colour = FROZEN[domain, label]
    boxes = np.array([(each.x1, each.y1, each.x2, each.y2) for each in drawn.boxes])
    assert len(drawn.frames) == count
    np.testing.assert_allclose(boxes.mean(0), box, atol=0.002)
    np.testing.assert_allclose(drawn.frames.mean((0, 1, 2)), colour, atol=0.6)
