"""Single GIFs of any class."""

import numpy as np

from anigifs.media.gif import decode_gif
from anigifs.simulate.config import CLASSES
from anigifs.simulate.single import motion_of, painter


def test_a_name_is_one_gif_and_another_number_another():
    paint = painter(side_px=48)
    first = paint("squat", 0)
    assert painter(side_px=48)("squat", 0) == first != paint("squat", 1)
    assert len(decode_gif(first).pixels) > 1
    assert painter(seed=1, side_px=48)("squat", 0) != first


def test_footage_has_many_more_colours_than_a_drawing():
    paint = painter(side_px=48)
    drawn, filmed = (decode_gif(paint("squat", 0, filmed=f)).pixels for f in (False, True))
    assert len(np.unique(filmed[0].reshape(-1, 3), axis=0)) > 4 * len(
        np.unique(drawn[0].reshape(-1, 3), axis=0)
    )


def test_an_unknown_class_borrows_a_motion_and_keeps_it():
    assert motion_of("squat") == "squat"
    assert motion_of("yodelling underwater") in CLASSES
    assert motion_of("yodelling underwater") == motion_of("yodelling underwater")
    assert len({motion_of(f"class {n}") for n in range(100)}) > 8
