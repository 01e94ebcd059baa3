"""`anigifs explain` on two tiny runs."""

import json

import pytest
import typer
from typer.testing import CliRunner

from anigifs.cli import explain
from tests.study.small import write_clips, write_run


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world")
    data = write_clips(root / "data", per_class=1)
    return data, [write_run(root / "runs" / f"erm-seed{n}", data, seed=n).path for n in (0, 1)]


def ran(*words):
    app = typer.Typer()
    explain.register(app)
    app.command("other")(lambda: None)
    result = CliRunner().invoke(app, ["explain", *(str(word) for word in words)])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def test_one_run_is_explained_and_the_page_is_named(world, tmp_path):
    words = ("--on", f"mine={world[0]}", "--out", tmp_path, "--device", "cpu", "--clips", 2)
    said = ran(world[1][0], *words, "--set", "steps=1")
    assert str(tmp_path / "index.html") in said.replace("\n", "")
    assert "this run only" in said.replace("\n", " ")
    assert len(list((tmp_path / "clips").glob("*.png"))) == 2


def test_json_has_the_paired_difference_of_run_minus_versus(world, tmp_path):
    words = ("--on", f"both={world[0]}", "--out", tmp_path, "--device", "cpu", "--clips", 1)
    said = ran(world[1][0], "--versus", world[1][1], *words, "--set", "steps=2", "--json")
    rows = {(row["score"], row["method"]): row for row in json.loads(said)}
    assert {name for name, _ in rows} == {"deletion", "insertion"}, "these clips have no boxes"
    ours, theirs = rows["deletion", "erm-seed0"], rows["deletion", "erm-seed1"]
    assert theirs["difference_value"] is None
    assert ours["difference_value"] == pytest.approx(ours["value"] - theirs["value"])
    assert ours["clips"] == 3
