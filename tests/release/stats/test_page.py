"""The page, the table beside other datasets, and the command."""

from __future__ import annotations

import csv
import json
import re

from typer.testing import CliRunner

from anigifs.cli.main import build_app
from anigifs.core.records import Domain
from anigifs.release.stats import statistics, story, table
from anigifs.release.stats.facts import ClipFacts
from tests.release.stats.made import release

EVIL = '<script>alert("x")</script> & friends'


def test_texts_from_outside_are_inert(tmp_path):
    facts = [ClipFacts(id="1", label=EVIL, frames=3)]
    evil = story.Story(name=EVIL, version="1", domain=Domain.ANIMATED_GIF, simulated=False,
                       classes=(EVIL,), facts=facts)  # fmt: skip
    story.write(evil, tmp_path)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_loads_nothing(tmp_path):
    statistics(str(release(tmp_path / "r", {"a": 2})), tmp_path / "out", workers=1)
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r'(src|href)="(?!#)(?![\w-]+\.(svg|png|csv|tex|json)")', page.replace(
        'xlink:href="#', 'href="#'))  # fmt: skip
    assert "simulated" in page


def test_every_dataset_beside_names_its_source():
    rows = {row.name: row for row in table.known()}
    assert all(row.source and row.media and row.purpose for row in rows.values())
    assert (rows["Ani-GIFs"].classes, rows["Ani-GIFs"].clips) == (536, 17095)
    assert (rows["GIFGIF+"].classes, rows["GIFGIF+"].clips) == (17, 23544)
    assert rows["Kinetics-Gameplay"].clips is None


def test_the_table_for_a_paper_is_escaped_and_ends_with_this_dataset():
    mine = table.own("my_set & co", Domain.ANIMATED_GIF, True, (3, 12000))
    text = table.as_tex([*table.known(), mine])
    last = text.splitlines()[-3]
    assert last.startswith(r"my\_set \& co & GIFs & animated, simulated & ")
    assert last.endswith(r"& 3 & 12\,000 \\")


def test_the_command_draws_a_release(tmp_path):
    root, out = release(tmp_path / "r", {"a": 2, "b": 1}), tmp_path / "out"
    args = ["release", "stats", str(root), "--out", str(out), "--workers", "1", "--json"]
    result = CliRunner().invoke(build_app(), args)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["problems"] == []
    numbers = json.loads((out / "stats.json").read_text("utf-8"))
    assert (numbers["clips"], numbers["classes"]) == (3, {"a": 2, "b": 1})
    assert numbers["clip_facts"]["moving_percent"]["median"] == 50
    with (out / "table1.csv").open(newline="", encoding="utf-8") as file:
        *_, last = csv.DictReader(file)
    assert (last["name"], last["classes"], last["clips"]) == ("tiny 1.2.0", "2", "3")


def test_the_workspace_adds_funnel_and_examples(tmp_path, space):
    space.put("a", "exact", creator="<b>Ann</b>")
    space.put("a", None)
    root = release(tmp_path / "r", {"a": 1})
    made = statistics(str(root), tmp_path / "out", space.workspace.root, workers=1)
    assert {"funnel.svg", "examples.png", "examples.csv"} <= set(made.files)
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "&lt;b&gt;Ann&lt;/b&gt;" in page


def test_a_file_that_is_no_report_on_agreement_is_refused(tmp_path):
    wrong = tmp_path / "a.json"
    wrong.write_text("[]")
    root = release(tmp_path / "r", {"a": 1})
    args = ["release", "stats", str(root), "--out", str(tmp_path), "--agreement", str(wrong)]
    result = CliRunner().invoke(build_app(), args)
    assert "no report on agreement" in str(result.exception)
