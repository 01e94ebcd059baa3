import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from anigifs.core.errors import InputError
from anigifs.explain.overlay import (
    BOX_RGB,
    COLOUR,
    MARGIN_PX,
    RIGHT_RGB,
    STRENGTH,
    WRONG_RGB,
    Line,
    beside,
    heat,
    sheet,
    spread,
    strip,
    tube_gif,
)


def frames(count=4, side=32):
    return np.full((count, side, side, 3), 100, np.uint8)


def test_a_map_is_spread_with_its_peak_at_one_where_its_cell_is():
    cells = torch.zeros(2, 4, 4)
    cells[1, 2, 3] = 5.0
    cells[0, 0, 0] = -9.0
    fine = spread(cells, (4, 32, 32))
    assert fine.shape == (4, 32, 32)
    assert fine.max() == 1
    step, row, column = np.unravel_index(fine.argmax(), fine.shape)
    assert step >= 2
    assert 16 <= row < 24
    assert column >= 24
    assert fine[0, :8, :8].max() == 0


def test_a_map_without_anything_positive_is_nowhere_hot():
    fine = spread(-torch.ones(1, 2, 2), (2, 8, 8))
    assert not fine.any()
    assert np.array_equal(heat(frames(2, 8), fine), frames(2, 8))


def test_heat_covers_in_proportion_and_leaves_the_rest():
    saliency = np.zeros((4, 32, 32), np.float32)
    saliency[1, :16] = 1.0
    out = heat(frames(), saliency)
    assert np.array_equal(out[0], frames()[0])
    assert np.array_equal(out[1, 16:], frames()[1, 16:])
    hottest = np.array([252, 255, 164])  # the last colour of matplotlib's inferno
    expected = 100 * (1 - STRENGTH) + hottest * STRENGTH
    assert np.abs(out[1, 0, 0] - expected).max() <= 2


def test_frames_below_the_heat_are_nearly_grey_as_light_as_they_were():
    red = np.zeros((1, 8, 8, 3), np.uint8)
    red[..., 0] = 200
    out = heat(red, np.zeros((1, 8, 8), np.float32))[0, 0, 0].astype(int)
    luma = 0.299 * 200  # of ITU-R BT.601
    assert np.abs(out - (COLOUR * np.array([200, 0, 0]) + (1 - COLOUR) * luma)).max() <= 1


def test_boxes_are_drawn_where_there_is_one():
    boxes = np.array([[0.25, 0.5, 0.75, 1.0], [np.nan] * 4, [0, 0, 1, 1], [0, 0, 1, 1]], np.float32)
    out = heat(frames(), np.zeros((4, 32, 32), np.float32), boxes)
    green = (out == BOX_RGB).all(3)
    rows, columns = np.nonzero(green[0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (16, 31, 8, 23)
    assert not green[1].any()


def test_a_gif_keeps_the_clips_frames_and_delays():
    data = tube_gif(frames(3), torch.rand(1, 4, 4), [100, 40, 200])
    with Image.open(io.BytesIO(data)) as image:
        delays = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert delays == [100, 40, 200]


def test_a_strip_shows_equally_spaced_frames():
    clip = np.arange(9, dtype=np.uint8)[:, None, None, None] * np.ones((1, 5, 6, 3), np.uint8)
    row = strip(clip, 3)
    assert row.shape == (5, 3 * 6 + 2 * MARGIN_PX, 3)
    assert [row[0, at, 0] for at in (0, 6 + MARGIN_PX, 2 * (6 + MARGIN_PX))] == [0, 4, 8]
    assert (row[:, 6 : 6 + MARGIN_PX] == 255).all()


def test_a_sheet_holds_every_row_unscaled():
    rows = [np.full((20, width, 3), (90, 0, 200), np.uint8) for width in (20, 40)]
    lines = [Line("ERM", rows[0], right=False), Line("saliency", rows[1], right=True)]
    page = np.asarray(sheet(lines))
    assert page.shape[1] == 40
    assert (page == (90, 0, 200)).all(2).sum() == 20 * 20 + 20 * 40


def test_right_and_wrong_are_marked_in_their_colours_and_nothing_else_is():
    row = np.zeros((20, 200, 3), np.uint8)
    for right, colour in ((True, RIGHT_RGB), (False, WRONG_RGB)):
        page = np.asarray(sheet([Line("squat", row), Line("squat", row, right)]))
        half = page.shape[0] // 2
        assert (page[half:] == colour).all(2).any()
        assert not (page[:half] == colour).all(2).any()


def test_sheets_stand_side_by_side_whole():
    sheets = [
        Image.new("RGB", size, colour) for size, colour in (((9, 7), "red"), ((5, 3), "blue"))
    ]
    page = np.asarray(beside(sheets))
    assert (page == (255, 0, 0)).all(2).sum() == 63
    assert (page == (0, 0, 255)).all(2).sum() == 15


def test_wrong_shapes_are_refused():
    with pytest.raises(InputError, match="spread"):
        heat(frames(), np.zeros((4, 4, 4), np.float32))
    with pytest.raises(InputError, match="row"):
        sheet([])
