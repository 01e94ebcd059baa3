"""A paper's figures beside ours, always called the paper's."""

import csv
import io

import pytest

from anigifs.report import export, text
from anigifs.report.collect import collect
from anigifs.report.page import render
from anigifs.report.published import Published
from anigifs.report.tables import build_table
from tests.report.fakes import make_study

THEIRS = Published(
    method="random-augment", set_name="animated", row="table 3: <row>", top1=0.0856, top5=0.3447
)


@pytest.fixture
def found(tmp_path):
    return collect([make_study(tmp_path)])


def test_papers_columns_are_there_only_with_their_figures(found):
    assert text.columns(build_table(found)) == text.COLUMNS
    table = build_table(found, published=[THEIRS])
    assert text.columns(table)[-2:] == ("paper: top-1 %", "paper: top-5 %")
    shown = {(line["method"], line["set"]): line for line in text.lines(table)}
    theirs = shown["random-augment", "animated (simulated)"]
    assert (theirs["paper: top-1 %"], theirs["paper: top-5 %"]) == ("8.56", "34.47")
    assert shown["erm", "animated (simulated)"]["paper: top-1 %"] == "–"
    assert any("were not measured here" in said for said in text.captions(table))


def test_csv_markdown_latex_and_page_hold_them(found):
    table = build_table(found, published=[THEIRS])
    rows = list(csv.DictReader(io.StringIO(export.as_csv(table))))
    assert [row["paper_top1"] for row in rows if row["paper_row"]] == ["0.0856"]
    assert "| paper: top-1 %" in export.as_markdown(table)
    assert r"paper: top-1 \%" in export.as_latex(table)
    assert "paper: 8.56" in render(found, table, "T")
