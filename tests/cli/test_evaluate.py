"""`anigifs evaluate` and `anigifs predict` on a tiny run."""

import json

import pytest
import typer
from typer.testing import CliRunner

from anigifs.cli import evaluate
from anigifs.core.errors import InputError
from tests.study.small import write_clips, write_run


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world")
    data = write_clips(root / "data", per_class=2)
    return data, write_run(root / "runs" / "erm-seed0", data)


def invoke(*words):
    app = typer.Typer()
    evaluate.register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


def ran(*words):
    result = invoke(*words)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def test_a_run_is_measured_and_the_table_says_how_sure(world):
    said = ran("evaluate", world[1].path, "--on", f"mine={world[0]}", "--device", "cpu")
    assert "mine" in said
    assert "chance 33.3 %" in said
    assert "Illustration, not evidence" in said


def test_json_holds_the_numbers_and_a_foreign_file_gives_the_same(world):
    words = ("--on", f"mine={world[0]}", "--device", "cpu", "--json")
    (ours,) = json.loads(ran("evaluate", world[1].path, *words))
    assert (ours["clips"], ours["head"], ours["scope"]) == (6, 3, "this run only")
    path = world[1].predictions("mine")
    (again,) = json.loads(ran("evaluate", "--predictions", path, "--json"))
    assert again["top1"] == ours["top1"]
    assert again["nll"] == ours["nll"]


def test_the_likeliest_classes_of_a_file_are_printed(world):
    file = world[0] / "squat" / "0.gif"
    said = ran("predict", file, "--run", world[1].path, "--top", 2)
    assert said.count(" %  ") == 2
    (answer,) = json.loads(ran("predict", file, "--run", world[1].path, "--json"))
    assert len(answer["top"]) == 3


@pytest.mark.parametrize("words", [(), ("runs",), ("--on", "x")])
def test_half_a_request_is_refused(words):
    result = invoke("evaluate", *words)
    assert isinstance(result.exception, InputError)
