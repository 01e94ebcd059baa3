"""The gap between two datasets: statistics by hand, effect sizes, intervals, the test."""

import io
import json

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from scipy.stats import mannwhitneyu
from sklearn.linear_model import LogisticRegression

from anigifs.core.errors import InputError
from anigifs.core.records import Clip, Domain
from anigifs.explore.gap import GapConfig, gap
from anigifs.explore.gap_figure import gap_figure, save_figure
from anigifs.explore.gap_table import number, tables
from anigifs.explore.groups import cliffs_delta, ratio_of_medians, resampled
from anigifs.explore.measure import STATISTICS, colours, measure
from anigifs.explore.twosample import PENALTY, Rows, fit_logistic, permuted, two_sample
from tests.explore.made import clip_set, flat, gif, sliding

FAST = GapConfig(samples=100, permutations=20)
numbers = st.lists(st.integers(0, 9), min_size=1, max_size=30)


def clip(path):
    return Clip(id="c", path=path, domain=Domain.ANIMATED_GIF, label="squat")


def test_a_flat_still_drawing_has_one_colour_no_detail_and_no_motion(tmp_path):
    found = measure(clip(gif(tmp_path / "a.gif", flat((200, 30, 30)), delays=80)))
    assert found == pytest.approx(
        {"colours": 1, "detail": 0, "edges": 0, "change": 0, "change_rate": 0, "speed": 0}
        | {"frames": 4, "duration": 0.32, "unevenness": 0}
    )


def test_one_sharp_edge_is_two_columns_of_edge_pixels(tmp_path):
    frames = np.zeros((2, 64, 64, 3), np.uint8)
    frames[:, :, 32:] = 255
    found = measure(clip(gif(tmp_path / "a.gif", frames)))
    assert found["edges"] == found["detail"] == pytest.approx(2 / 64)
    assert found["colours"] == 2


def test_change_is_the_mean_difference_and_its_rate_goes_by_the_clock(tmp_path):
    frames = flat((0, 0, 0), 4, 32)
    frames[1::2] = 100
    slow = measure(clip(gif(tmp_path / "slow.gif", frames, delays=200)))
    fast = measure(clip(gif(tmp_path / "fast.gif", frames, delays=50)))
    assert slow["change"] == fast["change"] == pytest.approx(100)
    assert slow["change_rate"] == pytest.approx(500)
    assert fast["change_rate"] == pytest.approx(2000)


def test_speed_follows_the_motion_and_the_clock(tmp_path):
    texture = np.random.default_rng(0).integers(0, 255, (64, 128, 3)).astype(np.uint8)
    texture = cv2.GaussianBlur(texture, (0, 0), 2) * 2

    def speed(step, delay):
        frames = np.stack([texture[:, at * step : at * step + 64] for at in range(6)])
        path = tmp_path / f"{step}-{delay}.gif"
        return measure(clip(gif(path, frames, delays=delay)))["speed"]

    assert speed(2, 100) == pytest.approx(2 / 64 / 0.1, rel=0.25)
    assert speed(2, 50) == pytest.approx(2 * speed(2, 100))
    assert speed(4, 100) > 1.5 * speed(2, 100)


def test_rare_colours_do_not_count():
    picture = flat((0, 0, 0), 1, 100)[0]
    picture[:4, :50] = (255, 0, 0)
    assert colours(picture) == 1
    picture[:10] = (255, 0, 0)
    assert colours(picture) == 2


@given(first=numbers, second=numbers)
def test_cliffs_delta_is_the_rescaled_u_of_mann_and_whitney(first, second):
    u = mannwhitneyu(second, first, method="asymptotic").statistic
    expected = 2 * u / (len(first) * len(second)) - 1
    assert cliffs_delta(np.array(first), np.array(second)) == pytest.approx(expected)


def test_a_ratio_to_nothing_is_undefined():
    assert np.isnan(ratio_of_medians(np.zeros(3), np.ones(3)))


def test_resampling_keeps_groups_whole_and_no_side_empty():
    groups = np.array([0, 0, 1, 2, 2, 3, 3])
    sides = np.array([0, 0, 0, 1, 1, 0, 1])
    for seed in range(30):
        rows = resampled(groups, sides, np.random.default_rng(seed))
        counts = np.bincount(rows, minlength=7)
        assert counts[0] == counts[1]
        assert counts[3] == counts[4]
        assert counts[5] == counts[6] == 1, "the only group on both sides is always drawn"
        assert set(sides[rows]) == {0, 1}


def test_permuting_moves_whole_groups():
    groups = np.array([0, 0, 1, 2, 2, 3, 3])
    sides = np.array([0, 0, 1, 1, 1, 0, 1])
    for seed in range(20):
        moved = permuted(sides, groups, np.random.default_rng(seed))
        assert moved[0] == moved[1]
        assert moved[3] == moved[4]
        assert moved[5] != moved[6]


def test_the_logistic_weights_are_those_of_scikit_learn():
    draw = np.random.default_rng(3)
    sides = (draw.random(80) < 0.3).astype(np.int64)
    values = draw.normal(size=(80, 3)) + sides[:, None] * [1.0, 0, -0.5]
    ours = fit_logistic(values, sides)
    theirs = LogisticRegression(C=1 / PENALTY, class_weight="balanced", tol=1e-10).fit(
        values, sides
    )
    np.testing.assert_allclose(ours[:-1], theirs.coef_[0], atol=1e-4)
    assert ours[-1] == pytest.approx(theirs.intercept_[0], abs=1e-4)


def rows_of(shift, count=40):
    draw = np.random.default_rng(1)
    sides = np.repeat([0, 1], count)
    return Rows(
        draw.normal(size=(2 * count, 3)) + shift * sides[:, None], sides, np.arange(2 * count)
    )


def test_two_draws_of_one_dataset_cannot_be_told_apart():
    found = two_sample("all", rows_of(0), 100, 50, np.random.default_rng(0))
    assert found.p > 0.05
    assert found.interval[0] < 0.5


def test_two_different_datasets_can():
    found = two_sample("all", rows_of(2.5), 100, 50, np.random.default_rng(0))
    assert found.accuracy > 0.9
    assert found.p == pytest.approx(1 / 51)


def test_a_feature_that_only_marks_the_group_does_not_help():
    """Ten clips a group, each group with its own value: known in training, useless held out."""
    groups = np.repeat(np.arange(8), 10)
    sides = np.repeat([0, 1, 0, 1, 0, 1, 0, 1], 10)
    values = np.random.default_rng(0).normal(size=8)[groups][:, None] * np.ones((1, 2))
    found = two_sample("all", Rows(values, sides, groups), 100, 40, np.random.default_rng(0))
    assert found.p > 0.05


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    root = tmp_path_factory.mktemp("gap")
    still = [("squat", flat((40 * n, 200, 90), count=3 + n)) for n in range(5)]
    moving = [("squat", sliding(2 + n, count=5 + n)) for n in range(5)] + [("lunge", sliding(3))]
    first = clip_set(root, "still", still)
    second = clip_set(root, "moving", moving, simulated=True)
    second.clips[-1].path.write_bytes(b"GIF89a broken")
    return gap(first, second, FAST, workers=1)


def test_a_gap_counts_what_it_used_and_names_what_it_could_not(found):
    assert [side.clips for side in found.sides] == [5, 5]
    assert len(found.problems) == 1
    assert found.shared_classes == 1
    notes = " ".join(found.notes)
    for words in ("confounded", "n is small: 5 and 5", "Simulated: moving", "1 clips could not"):
        assert words in notes


def test_moving_drawings_change_more_than_still_ones(found):
    rows = {row.statistic.name: row for row in found.rows}
    assert list(rows) == [statistic.name for statistic in STATISTICS]
    assert rows["change"].delta == 1
    assert rows["change"].delta_interval == (1, 1)
    assert rows["change"].ratio is None, "the first median is 0"
    assert rows["frames"].medians == (5, 7)


@pytest.mark.slow
def test_a_gap_is_json_a_table_and_a_figure(found, tmp_path):
    loaded = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert loaded["a"]["name"] == "still"
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(tables(found))
    text = console.export_text()
    assert "Change between frames" in text
    assert "confounded" in text
    assert gap_figure(found).startswith(b"\x89PNG")
    save_figure(found, tmp_path / "gap.svg")
    assert b"<svg" in (tmp_path / "gap.svg").read_bytes()
    with pytest.raises(InputError, match=r"\.png"):
        save_figure(found, tmp_path / "gap.jpg")


def test_without_a_common_class_there_is_nothing_to_compare(tmp_path):
    one = clip_set(tmp_path, "one", [("squat", flat((1, 2, 3)))])
    two = clip_set(tmp_path, "two", [("lunge", flat((1, 2, 3)))])
    with pytest.raises(InputError, match="no clip to measure"):
        gap(one, two, GapConfig(common=True, samples=100), workers=1)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0, "0.000"), (0.01234, "0.0123"), (12.345, "12.3"), (45678, "45,678")],
)
def test_numbers_are_short_and_have_no_exponent(value, text):
    assert number(value) == text


@pytest.mark.slow
@pytest.mark.real
def test_real_drawings_have_fewer_colours_and_larger_steps_than_real_videos(real_data):
    from anigifs.datasets import open_clips

    sides = [open_clips(f"folder:{real_data / name}") for name in ("real-video", "animated")]
    config = FAST.model_copy(update={"clips": 9})
    rows = {row.statistic.name: row for row in gap(*sides, config, workers=1).rows}
    assert rows["colours"].delta < -0.8
    assert rows["change"].delta > 0.5
