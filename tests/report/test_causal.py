"""The figure of deletion and insertion: in the gallery's page, and only where curves were kept."""

import json
from dataclasses import replace

import numpy as np
import pytest

from anigifs.evaluate.looks import looks_file, mean_curve, summarise
from anigifs.evaluate.saliency import LookConfig
from anigifs.report.causal import areas, causal_drawing
from anigifs.report.gallery import Gallery, outcomes, render
from anigifs.report.looking import looking
from anigifs.study.explain import Ask, explain
from tests.report.test_looking import looks
from tests.report.test_page import Reader
from tests.study.small import write_clips, write_run

TITLE = "Do the maps name what counts?"


def with_curves(one):
    """Forty clips; the areas of the scores are those of the curves."""
    rows = np.random.default_rng(2).random((40, 3))
    area = tuple(((rows[:, 0] + 2 * rows[:, 1] + rows[:, 2]) / 4).tolist())
    curves = tuple(map(tuple, rows.tolist()))
    return replace(
        one,
        scores={**one.scores, "deletion": area, "insertion": area},
        curves={"deletion": curves, "insertion": curves},
    )


def page(methods, chance=0.125):
    table = looking(methods)
    figure = causal_drawing(methods, chance)
    gallery = Gallery("T", table, "in some order", (), 40, curves=figure)
    return render(gallery, outcomes([runs[0] for runs in methods.values()], list(methods)))


BOTH = {"erm": [with_curves(looks())], "<b>ada": [with_curves(looks(method="ada"))]}


def test_the_page_has_the_figure_with_its_axes_chance_and_areas():
    read = Reader(page(BOTH))
    assert (read.faults, read.open) == ([], [])
    ids = [value for _, name, value in read.attributes if name == "id"]
    assert len(set(ids)) == len(ids) > 0
    for words in (
        TITLE, "Deletion: lower is better", "Insertion: higher is better", "chance", "<b>ada",
        "pixels made grey, most salient first, % of the clip", "pixels shown, most salient first",
        "probability of the clip’s class, %", "Mean of 40 clips; band: 95 % over 20 sources",
    ):  # fmt: skip
        assert words in read.text
    (table,) = [line for line in looking(BOTH).lines if line.score == "deletion"]
    assert f"{100 * table.means[0].estimate.value:.1f} [" in areas(looking(BOTH))[0]
    assert areas(looking(BOTH))[0] in read.text


def test_what_is_drawn_has_the_area_that_is_said():
    (one,) = BOTH["erm"]
    drawn = np.trapezoid([step.value for step in mean_curve([one], "deletion")], dx=0.5)
    assert drawn == pytest.approx(summarise([one])["deletion"].estimate.value)


def test_the_answers_class_is_named_and_chance_left_out_where_heads_differ():
    one = replace(with_curves(looks()), explained="predicted")
    text = causal_drawing({"erm": [one]}, None).wide
    assert "probability of the model’s answer" in text
    assert "chance" not in text


def test_without_curves_there_is_no_figure():
    assert causal_drawing({"erm": BOTH["erm"], "ada": [looks()]}, 0.5) is None
    assert TITLE not in page({"erm": [looks()]})


def test_explain_draws_them_but_for_looks_of_before_they_were_kept(tmp_path):
    data = write_clips(tmp_path / "data", per_class=1)
    run = write_run(tmp_path / "erm-seed0", data)
    ask = Ask(f"mine={data}", clips=1, config=LookConfig(steps=2), device="cpu")
    explain([run], ask, tmp_path / "out")
    assert TITLE in (tmp_path / "out" / "index.html").read_text("utf-8")
    path = looks_file(run, "mine")
    held = json.loads(path.read_text("utf-8"))
    assert [len(curve.split()) for curve in held.pop("curves")["insertion"]] == [3, 3, 3]
    path.write_text(json.dumps(held), encoding="utf-8")
    explain([run], ask, tmp_path / "out")
    read = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert TITLE not in read
    assert "insertion area" in read
