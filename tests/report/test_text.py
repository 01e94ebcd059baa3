"""Tables as text: every number with its interval, chance and the words that belong to it."""

import csv
import io
from dataclasses import replace

import pytest
from rich.console import Console

from anigifs.evaluate.resample import Estimate
from anigifs.report import export, text
from anigifs.report.answer import answer
from anigifs.report.collect import collect
from anigifs.report.tables import build_table
from tests.report.fakes import make_run, make_study


@pytest.fixture
def table(tmp_path):
    return build_table(collect([make_study(tmp_path, 1)]))


@pytest.mark.parametrize(
    ("value", "shown"), [(0.1234, "12.3"), (1, "100.0"), (-0.05, "−5.0"), (-1e-5, "0.0")]
)
def test_percent_by_hand(value, shown):
    assert text.percent(value) == shown


def test_intervals_by_hand():
    assert text.interval(Estimate(0.5, 0.25, 0.75)) == "50.0 [25.0, 75.0]"
    assert text.interval(Estimate(0.5)) == "50.0 [–]"
    assert text.interval(None) == "–"


def test_a_line_says_what_the_number_rests_on(table):
    line = next(line for line in text.lines(table) if line["set"].startswith("animated"))
    assert line["set"] == "animated (simulated)"
    assert line["method"] == "erm"
    assert line["chance %"] == "12.5"
    assert line["classes"] == "8"
    assert line["clips/groups"] == "120/40"
    assert line["seeds"] == "1, this run only"
    assert line["selection"] == "source-val"
    assert line["gap, points"].count(",") == 1


def test_an_oracle_is_called_one(tmp_path):
    from tests.report.fakes import predictions, write_predictions

    run = make_run(tmp_path)
    for name in ("real", "real-gif", "animated"):
        write_predictions(run.predictions(name), predictions(name, "erm", 0, selection="oracle"))
    found = build_table(collect([tmp_path]))
    assert next(text.lines(found))["method"] == "erm (oracle)"
    assert any(said.startswith("Oracle selection:") for said in text.captions(found))
    assert "oracle selection" in answer(found).warnings


def test_markdown_is_a_table_with_its_captions(table):
    said = export.as_markdown(table)
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 6
    assert {row.count(" | ") for row in rows} == {len(text.COLUMNS) - 1}
    assert "Illustration, not evidence, with fewer than 3 seeds: erm, random-augment." in said
    assert "random-augment against erm on animated" in said
    assert "too few seeds to say" in said


def test_csv_holds_every_raw_number(table):
    rows = list(csv.DictReader(io.StringIO(export.as_csv(table))))
    assert len(rows) == 6
    first = rows[0]
    score = table.rows[0].cells["real"].score
    assert float(first["top1"]) == score.top1.value
    assert float(first["top1_low"]) == score.top1.low
    assert first["gap"] == ""
    assert first["simulated"] == "True"
    assert float(rows[2]["gap"]) == table.rows[0].cells["animated"].gap.value


def test_latex_escapes_names_and_counts_columns(table):
    odd = replace(table, rows=(replace(table.rows[0], method="a_b & 50%$"), *table.rows[1:]))
    said = export.as_latex(odd)
    assert r"a\_b \& 50\%\$" in said
    body = [line for line in said.splitlines() if line.endswith(r"\\")]
    assert {line.replace(r"\&", "").count("&") for line in body} == {len(text.COLUMNS) - 1}


def test_the_terminal_shows_names_in_brackets_as_they_are(table):
    odd = replace(table, rows=(replace(table.rows[0], method="[bold]x"), *table.rows[1:]))
    console = Console(width=250, record=True, file=io.StringIO())
    text.show(odd, console)
    assert "[bold]x" in console.export_text()


def test_the_terminal_shows_standard_errors_and_ranks_where_there_are_any(tmp_path):
    for method in ("erm", "mixstyle"):
        for seed in range(3):
            make_run(tmp_path, method=method, seed=seed)
    found = build_table(collect([tmp_path]))
    console = Console(width=80, record=True, file=io.StringIO())
    text.show(found, console)
    shown = " ".join(console.export_text().split())
    cell = found.rows[0].cells["animated"]
    value, error = (text.percent(one) for one in (cell.score.top1.value, cell.score.seed_error))
    assert f"{value} ±{error}" in shown
    assert f"rank {text.rank(cell)}" in shown
    assert "standard error of top-1 over seeds" in shown
    assert "±" not in " ".join(
        text.captions(build_table(collect([make_study(tmp_path / "one", 1)])))
    )


def test_the_answer_names_gap_interval_chance_and_certainty(table):
    found = answer(table)
    gap = table.rows[0].cells["animated"].gap
    assert found.number == text.percent(gap.value)
    assert found.interval == text.bounds(gap)
    assert found.what == "of top-1 lost from real to animated"
    assert "Chance is 12.5 %" in found.sentence
    assert "illustration, not evidence, which takes 3 seeds" in found.sure
    assert found.warnings == ("illustration, not evidence", "simulated data")


def test_the_answer_of_evidence_has_no_such_caveat(tmp_path):
    found = answer(build_table(collect([make_study(tmp_path, 3)])))
    assert "illustration" not in found.sure + " ".join(found.warnings)
    assert found.sure.startswith("3 seeds on 120 clips of 40 sources")


def test_a_gain_is_not_called_a_loss(tmp_path):
    table = build_table(collect([make_study(tmp_path, 1)]), source="animated")
    assert table.target == "real-gif"
    found = answer(table)
    assert "gained from animated to real-gif" in found.what
    assert "−" not in found.number + found.interval


def test_an_answer_without_a_source_is_the_accuracy(tmp_path):
    make_run(tmp_path, sets=("animated",))
    found = answer(build_table(collect([tmp_path])))
    assert (found.unit, found.what) == ("%", "top-1")
