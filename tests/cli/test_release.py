"""`anigifs release verify` and `show`."""

import json

import pytest
import typer
from typer.testing import CliRunner

from anigifs.cli import release
from anigifs.core.errors import IntegrityError
from tests.datasets import standins


@pytest.fixture
def run():
    app = typer.Typer()
    release.register(app)
    return lambda *words: CliRunner().invoke(app, ["release", *map(str, words)])


@pytest.fixture
def root(tmp_path):
    standins.release(tmp_path / "toy")
    return tmp_path / "toy"


def test_a_whole_release_verifies(run, root):
    answer = run("verify", root)
    assert answer.exit_code == 0
    assert answer.output == f"{root}: all 7 files are as published\n"


def test_every_difference_is_named_and_the_error_has_its_exit_code(run, root):
    (root / "media/a/one.gif").unlink()
    (root / "new.txt").write_text("x")
    answer = run("verify", root)
    assert isinstance(answer.exception, IntegrityError)
    assert answer.exception.exit_code == 5
    assert "2 files differ:\n  media/a/one.gif: missing\n  new.txt: not part" in str(
        answer.exception
    )


def test_a_program_can_read_the_answer(run, root):
    assert json.loads(run("verify", root, "--json").stdout)["whole"] is True
    (root / "new.txt").write_text("x")
    told = json.loads(run("verify", root, "--json").stdout)
    assert told["problems"] == [{"file": "new.txt", "reason": "not part of the release"}]


def test_show_tells_what_a_release_is(run, root):
    told = json.loads(run("show", root, "--json").stdout)
    assert (told["name"], told["version"], told["simulated"]) == ("toy", "1.0.0", False)
    assert told["counts"]["splits"] == {"test": 1, "train": 1}
    assert told["files"] == 7
    assert told["bytes"] == sum(
        path.stat().st_size
        for path in root.rglob("*")
        if path.is_file() and path.name != "release.json"
    )
    assert "version: 1.0.0" in run("show", root).output.splitlines()
