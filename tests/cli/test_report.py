"""`anigifs report` and `anigifs compare` on run folders of made-up numbers."""

import json

import typer
from typer.testing import CliRunner

from anigifs.cli import report
from tests.report.fakes import make_run


def ran(*words):
    app = typer.Typer()
    report.register(app)
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def test_a_report_is_written_in_every_form_that_was_asked_for(tmp_path):
    make_run(tmp_path / "runs", sets=("real", "animated"))
    out = [tmp_path / name for name in ("r.html", "r.csv", "r.tex", "r.md")]
    said = ran("report", tmp_path / "runs", "--out", out[0], "--csv", out[1], "--latex", out[2],
               "--markdown", out[3], "--title", "Made up")  # fmt: skip
    assert [path.name in said for path in out] == [True] * 4
    heads = [path.read_text("utf-8").lstrip()[:15] for path in out]
    assert heads == ["<!DOCTYPE html>", "method,set_name", "% Illustration,", "| set | method "]
    assert "<title>Made up</title>" in out[0].read_text("utf-8")


def test_a_comparison_is_printed_with_its_verdict(tmp_path):
    make_run(tmp_path, "a", sets=("animated",))
    make_run(tmp_path, "b", sets=("animated",))
    words = ("compare", tmp_path / "a-seed0", tmp_path / "b-seed0")
    assert "too few seeds" in ran(*words)
    (plain,) = json.loads(ran(*words, "--json"))
    assert plain["verdict"] == "too few seeds to say"
