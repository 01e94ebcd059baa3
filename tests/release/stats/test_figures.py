"""The figures: what they show, what they leave out, and that the same facts give the same bytes."""

from __future__ import annotations

import io
import re

import numpy as np
from PIL import Image

from anigifs.catalog import Stages
from anigifs.core.records import Domain
from anigifs.release.stats import story
from anigifs.release.stats.agreement import rows_of
from anigifs.release.stats.classes import all_classes, most_frequent, ranked
from anigifs.release.stats.distributions import distributions, summary
from anigifs.release.stats.draw import DPI, WIDTH_IN, many, short
from anigifs.release.stats.facts import ClipFacts
from anigifs.release.stats.funnel import funnel, steps
from anigifs.release.stats.panels import bins
from anigifs.release.stats.words import reasons


def clips(counts, **values):
    return [
        ClipFacts(id=f"{label}{number}", label=label, **values)
        for label, count in counts.items()
        for number in range(count)
    ]


def full(counts):
    return clips(counts, bytes=5000, width=64, height=48, frames=12, duration_ms=900, colours=7,
                 moving=0.25)  # fmt: skip


STORY = story.Story(
    name="tiny", version="1.0.0", domain=Domain.ANIMATED_GIF, simulated=True,
    classes=("a", "b", "c"), facts=full({"a": 3, "b": 5}),
    funnel=Stages(found=20, fetched=12, screened=12, rejected={"not-a-gif": 2, "exact": 1},
                  duplicate=1, accepted=8),
)  # fmt: skip


def test_classes_are_ranked_by_clips_and_empty_ones_stay():
    found = ranked(clips({"b": 1, "a": 1, "new": 4}), ("a", "b", "empty"))
    assert found == [("new", 4), ("a", 1), ("b", 1), ("empty", 0)]


def test_only_forty_classes_are_drawn_and_the_rest_is_counted():
    found = most_frequent([(f"class {n}", 50 - n) for n in range(45)])
    assert found.title == "The 40 most frequent classes"
    assert found.caption.startswith("Clips in each class: 1\u2009220 of 1\u2009260 clips")
    assert found.caption.endswith("5 further classes not shown.")
    assert "class 39 11" in found.says
    assert "class 40 10" not in found.says


def test_a_dataset_without_clips_has_no_figure():
    empty = ranked([], ("a",))
    assert most_frequent(empty) is all_classes(empty) is distributions([]) is None
    assert funnel(Stages()) is None


def test_the_caption_of_all_classes_holds_the_numbers():
    found = all_classes([("a", 5), ("b", 2), ("c", 1), ("d", 0)])
    assert found.caption == (
        "3 classes with 8 clips, 1 to 5 each, median 2; 1 class without a clip."
    )


def test_a_figure_is_as_wide_as_a_column_of_a_paper():
    for figure in story.draw(STORY)[0]:
        width, _ = Image.open(io.BytesIO(figure.png)).size
        assert width == round(WIDTH_IN * DPI), figure.name


def test_the_same_story_gives_the_same_bytes_and_no_date(tmp_path):
    for folder in ("one", "two"):
        names = story.write(STORY, tmp_path / folder)
    for name in names:
        one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert one == two, name
        assert not re.search(rb"20\d\d-\d\d-\d\d|matplotlib v|Software", one), name
    assert {"classes-most-frequent.svg", "funnel.png", "index.html"} <= set(names)


def test_quantiles_are_told_of_what_is_known():
    found = summary([
        ClipFacts(id="a", label="x", duration_ms=1000, width=30, height=20),
        ClipFacts(id="b", label="x", duration_ms=3000),
    ])  # fmt: skip
    assert found["duration_s"]["median"] == 2
    assert found["short_side_px"] == {
        "clips": 1, "min": 20, "q25": 20, "median": 20, "q75": 20, "max": 20
    }  # fmt: skip
    assert "frames" not in found


def test_bins_hold_every_value():
    for values in ([5.0], [1.0, 1.0], [1, 2, 3], [1, 900], [0, 900], [2, 31], [3.5, 3.75]):
        held = np.array(values, float)
        for whole in (False, True):
            edges = bins(held, whole)
            assert (np.diff(edges) > 0).all()
            assert np.histogram(held, edges)[0].sum() == len(held), (values, whole)


def test_the_funnel_loses_what_the_catalog_says():
    told = [(step.name, step.items, step.lost) for step in steps(STORY.funnel)]
    assert told == [
        ("found", 20, "8 the same again"),
        ("fetched", 12, "2 not a GIF"),
        ("passed screening", 10, "1 duplicates"),
        ("distinct", 9, "1 another action"),
        ("accepted", 8, ""),
    ]


def test_reasons_in_words_are_joined_and_cut():
    counts = {"too-small": 1, "exact": 2, "not-exact": 3, "odd-one": 4, "too-long": 1}
    assert reasons(counts, 2) == "5 another action, 4 odd one, 2 others"


def test_agreement_without_numbers_is_not_drawn():
    report = {
        "questions": {
            "exact": {"alpha": {"value": 0.5, "low": None, "high": None, "items": 4}},
            "character": {"alpha": {"value": None, "why": "too few"}},
        }
    }
    assert rows_of(report) == [("exactly this class?", 0.5, None, None, 4)]
    assert rows_of({}) == []


def test_numbers_are_short():
    assert [short(x) for x in (0, 0.0123, 3.456, 27.4, 1234.0)] == [
        "0", "0.012", "3.5", "27", "1\u2009234"
    ]  # fmt: skip
    assert many(17095) == "17\u2009095"
