"""`anigifs screen` and `anigifs dedup` as a person runs them."""

import json

import pytest
from typer.testing import CliRunner

from anigifs.cli.main import build_app
from tests.curate.made import clip_set, fetch, gif, workspace


@pytest.fixture
def call():
    def run(*arguments):
        result = CliRunner().invoke(build_app(), [str(each) for each in arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_a_workspace_goes_through_screen_and_dedup(call, tmp_path):
    with workspace(tmp_path) as space:
        for data in (gif(0), gif(0, "mirrored"), b"<html>"):
            fetch(space, "run", data)
    said = call("screen", tmp_path / "work", "--workers", 1)
    assert "2 passed, 1 rejected" in said
    assert "1 not-a-gif" in said
    page = tmp_path / "page.html"
    said = call("dedup", tmp_path / "work", "--report", page, "--workers", 1)
    assert "2 animations, 1 clusters, 1 to drop" in said
    assert "mirrored" in page.read_text("utf-8")
    assert json.loads(call("screen", tmp_path / "work", "--json"))["passed"] == 0


def test_leaks_between_two_datasets_as_json(call, tmp_path):
    clip_set(tmp_path, {"run/a.gif": gif(0)}, "train")
    clip_set(tmp_path, {"run/b.gif": gif(0, "32 colours"), "run/c.gif": gif(1)}, "test")
    arguments = ("dedup", tmp_path / "train", "--against", tmp_path / "test", "--json")
    found = json.loads(call(*arguments, "--workers", 1))
    members = [each["id"] for each in found["clusters"][0]["members"]]
    assert members == ["train/run/a.gif", "test/run/b.gif"]
