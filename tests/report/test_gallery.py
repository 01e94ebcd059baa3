"""The gallery's order, its outcomes, and its page."""

import re

import pytest

from anigifs.evaluate.looks import SCORES, Looks
from anigifs.report.gallery import Card, Gallery, outcomes, panel, ranking, render
from anigifs.report.looking import looking
from tests.report.test_page import Reader

BAD = "<script>alert(1)</script>"


def looks(on_label, answers, peaks=(1.0, 0.0, 0.0, None), method="erm", **about):
    count = len(on_label)
    scores = dict.fromkeys(SCORES, (0.5,) * count) | {"peak-in-tube": peaks}
    return Looks(
        ids=tuple(f"c{i}" for i in range(count)),
        clusters=tuple(f"group {i}" for i in range(count)),
        scores=scores,
        labels=("squat",) * count,
        answers=answers,
        on_label=on_label,
        on_answer=tuple(max(p, 1 - p) for p in on_label),
        set_name="animated",
        method=method,
        **about,
    )


A = looks((0.9, 0.1, 0.6, 0.5), ("squat", "lunge", "squat", "squat"))
B = looks((0.8, 0.7, 0.1, 0.5), ("squat", "squat", "lunge", "squat"), method="saliency")


def test_two_models_are_sorted_by_how_far_apart_they_are_on_the_class():
    assert ranking([A, B])[0] == [1, 2, 0, 3]  # 0.6, 0.5, 0.1, 0


def test_one_model_is_sorted_by_peaks_outside_and_then_by_confidence():
    assert ranking([A])[0] == [1, 2, 0, 3]  # outside: 0.9, 0.6; else: 0.9, 0.5


def test_every_clip_has_one_outcome():
    found = {one.name: one.clips for one in outcomes([A, B], ["erm", "saliency"])}
    assert found == {
        "both right": 2,
        "only erm right": 1,
        "only saliency right": 1,
        "both wrong": 0,
    }
    assert [one.clips for one in outcomes([A], ["erm"])] == [3, 1]


def page(name="erm", title="T"):
    table = looking({name: [A], "saliency": [B]})
    panels = tuple(panel(one, 1, model, f"clips/{model}") for one, model in ((A, "x"), (B, name)))
    card = Card("c1", name, "clips/a.gif", "clips/a.jpg", "clips/a.png", panels, 0.6)
    gallery = Gallery(title, table, "in some order", (card,), 4, (("f.png", title),), (title,))
    return render(gallery, outcomes([A, B], [name, "saliency"]))


def test_the_page_runs_nothing_and_loads_only_what_lies_beside_it():
    read = Reader(page())
    assert read.faults == []
    assert read.open == []
    loads = [v for _, n, v in read.attributes if n in ("src", "srcset", "href")]
    assert loads
    assert [v for v in loads if re.match(r"[a-z]+:|/|\.\.", v)] == []
    (policy,) = [v for t, n, v in read.attributes if t == "meta" and "default-src" in v]
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_hostile_names_are_text():
    text = page(BAD, BAD)
    assert "<script" not in text
    assert Reader(text).faults == []
    assert "alert(1)" in Reader(text).text


def test_right_and_wrong_are_said_in_words_that_need_no_colour():
    text = re.sub(r"\s+", " ", Reader(page()).text)
    assert "✗ lunge, 90 %" in text
    assert "✓ squat, 70 %" in text
    assert "peak beside the box" in text
    assert "illustration, not evidence" in text


@pytest.mark.parametrize(("share", "text"), [(0.0, "0"), (0.004, "<1"), (0.936, "94")])
def test_shares_are_whole_percent(share, text):
    from anigifs.report.gallery import _whole

    assert _whole(share) == text
