"""The figure and the sentence that say what each method changes."""

from dataclasses import replace

import pytest

from anigifs.evaluate.compare import Comparison
from anigifs.evaluate.resample import Estimate
from anigifs.report.against import against_figure, on_target, summary
from anigifs.report.collect import collect
from anigifs.report.tables import build_table
from tests.report.fakes import make_run, make_study


def compared(method, low, high, p, seeds=5, where="animated"):
    return Comparison(
        a=method, b="erm", set_name=where, difference=Estimate((low + high) / 2, low, high),
        scope="seeds and groups", seeds=tuple(range(seeds)), clips=9, groups=9, p=p, p_holm=p,
    )  # fmt: skip


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    made = build_table(collect([make_study(tmp_path_factory.mktemp("study"), seeds=2)]))
    found = (
        compared("weak", -0.09, -0.05, 0.01),
        compared("unsure", -0.02, 0.06, 0.4),
        compared("strong", 0.02, 0.08, 0.01),
        compared("elsewhere", 0.5, 0.6, 0.0, where="real"),
    )
    return replace(made, comparisons=found)


def test_the_sentence_names_only_what_is_shown_and_only_of_the_headlines_set(table):
    assert summary(table) == (
        "Of 3 other methods, shown to be better than erm on animated: strong; "
        "worse than erm on animated: weak."
    )
    early = [compared("a", 0.1, 0.2, 0.001, seeds=3), compared("b", -0.1, 0.2, 0.5)]
    assert summary(replace(table, comparisons=tuple(early))) == (
        "Of 2 other methods none is shown to be better or worse than erm on animated. "
        "1 of them has too few seeds to say."
    )
    assert summary(replace(table, comparisons=(early[0],))) == (
        "The other method is not shown to be better or worse than erm on animated. "
        "It has too few seeds to say."
    )
    assert summary(replace(table, comparisons=())) == ""


def test_the_figure_shows_the_headlines_set_highest_first_with_the_allowed_word(table):
    assert [one.a for one in on_target(table)] == ["strong", "unsure", "weak"]
    drawn = against_figure(table, 8.6)
    for words in ("5.0 [2.0, 8.0]: better", "2.0 [−2.0, 6.0]: not distinguishable"):
        assert words in drawn
    assert "elsewhere" not in drawn


def test_one_method_alone_has_nothing_to_be_held_against(tmp_path):
    make_run(tmp_path)
    assert against_figure(build_table(collect([tmp_path])), 8.6) is None


def test_simulated_sets_are_called_so_and_an_oracle_gets_no_word(table):
    one = replace(compared("strong", 0.02, 0.08, 0.01), simulated=True)
    said = replace(table, comparisons=(one,))
    assert "animated (simulated), minus erm" in against_figure(said, 8.6)
    assert "better than erm on animated (simulated): strong" in summary(said)
    chosen = replace(table, comparisons=(replace(one, oracle=True),))
    assert "not shown" in summary(chosen)
    assert "oracle selection, no result" in against_figure(chosen, 8.6)
