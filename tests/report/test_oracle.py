"""The oracle column: what choosing on the target would have given, by hand."""

import pytest

from anigifs.core.runs import RunFolder
from anigifs.report import text
from anigifs.report.collect import collect
from anigifs.report.export import numbers
from anigifs.report.oracle import oracle_of
from anigifs.report.tables import build_table
from tests.report.fakes import make_run


def watched(path, *pairs):
    run = RunFolder(path)
    for step, (score, seen) in enumerate(pairs):
        run.log({"kind": "validate", "step": step, "score": score, "oracle": seen})
    return run


def test_best_is_the_highest_seen_and_chosen_what_stood_where_the_source_was_best(tmp_path):
    one = watched(tmp_path / "a", (0.5, 0.7), (0.9, 0.4), (0.9, 0.6), (0.8, 0.5))
    two = watched(tmp_path / "b", (0.5, 0.2), (0.6, 0.3))
    found = oracle_of([one, two])
    assert (found.best, found.chosen) == (pytest.approx(0.5), pytest.approx(0.35))
    assert found.gain == pytest.approx(0.15)


def test_where_the_last_counts_it_is_the_last_that_was_chosen(tmp_path):
    run = RunFolder(tmp_path)
    for step, seen in enumerate((0.5, 0.9, 0.6)):
        run.log({"kind": "validate", "step": step, "oracle": seen, "selection": "last"})
    found = oracle_of([run])
    assert (found.best, found.chosen) == (0.9, 0.6)


def test_a_row_of_which_a_run_was_not_watched_has_none(tmp_path):
    other = RunFolder(tmp_path / "b")
    other.log({"kind": "validate", "step": 1, "score": 0.5})
    assert oracle_of([watched(tmp_path / "a", (0.5, 0.7)), other]) is None
    assert oracle_of([]) is None


def test_the_column_stands_on_the_target_alone_and_says_what_it_is(tmp_path):
    for method, seen in (("erm", 0.6), ("mixstyle", None)):
        run = make_run(tmp_path, method, 0)
        (run.path / "metrics.jsonl").unlink()
        if seen:
            for pair in ((0.5, seen + 0.021), (0.9, seen)):
                run.log({"kind": "validate", "step": 1, "score": pair[0], "oracle": pair[1]})
    table = build_table(collect([tmp_path]))
    cells = {(line["set"].split()[0], line["method"]): line for line in text.lines(table)}
    assert "oracle %" in text.columns(table)
    assert cells["animated", "erm"]["oracle %"] == "62.1 (+2.1)"
    assert cells["animated", "mixstyle"]["oracle %"] == cells["real", "erm"]["oracle %"] == "–"
    assert any("what would have been possible" in said for said in text.captions(table))
    raw = {(one["method"], one["set_name"]): one for one in numbers(table)}
    assert raw["erm", "animated"]["oracle_gain"] == pytest.approx(0.021)
    assert raw["erm", "real"]["oracle_top1"] is None


def test_without_a_watched_run_there_is_no_such_column(tmp_path):
    make_run(tmp_path, "erm", 0)
    assert "oracle %" not in text.columns(build_table(collect([tmp_path])))
