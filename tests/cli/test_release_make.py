"""`anigifs release build`, `hydrate`, `takedown`, `diff` and `export`."""

import json
import os

import pytest
import typer
from typer.testing import CliRunner

from anigifs.cli import release
from anigifs.core.errors import ConfigError, InputError
from anigifs.datasets.release import read_manifest, verify_release
from anigifs.release import again
from anigifs.release import build as building
from anigifs.release.plan import clip_id
from tests.release.conftest import URL_ONLY, Bench


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    plain = (lambda root, workspace, built: None,)  # no card and no figures: they take seconds
    monkeypatch.setattr(building.build, "__defaults__", (None, None, *plain))
    monkeypatch.setattr(again.without, "__defaults__", plain)
    app = typer.Typer()
    release.register(app)
    return lambda *words: CliRunner().invoke(app, ["release", *map(str, words)])


@pytest.fixture
def work(tmp_path):
    bench = Bench(tmp_path / "work")
    shas = [bench.accept(n, "squat") for n in range(3)]
    bench.accept(3, "squat", **URL_ONLY)
    bench.workspace.close()
    return shas


def build(run, tmp_path, *more):
    return run("build", tmp_path / "work", tmp_path / "one", "--version", "1.0.0", *more)


def test_the_whole_way(run, work, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    answer = build(run, tmp_path)
    assert answer.exit_code == 0, answer.exception
    assert "ani-gifs 1.0.0, 4 clips" in answer.output
    assert "media: 3 shipped, 1 url" in answer.output
    assert "dg-full: 1 classes; test 4" in answer.output
    assert verify_release(one) == []

    answer = run("hydrate", one, "--out", tmp_path / "fetched", "--workspace", tmp_path / "work")
    assert "all: 1 clips, 1 exact" in answer.output

    answer = run("takedown", tmp_path / "work", work[0], "--reason", "asked",
                 "--release", one, "--out", two, "--json")  # fmt: skip
    assert json.loads(answer.stdout.splitlines()[-1])["taken_down"] == [work[0]], answer.exception
    assert read_manifest(two).version == "1.0.1"

    answer = run("diff", one, two)
    assert answer.output.startswith("1.0.0 -> 1.0.1: this is a patch change\n")
    assert f"taken down: 1\n  {clip_id(work[0])}\n" in answer.output
    assert json.loads(run("diff", one, two, "--json").stdout)["needs"] == "patch"

    answer = run("export", two, "--to", "folders", "--out", tmp_path / "folders")
    assert "1 clips are left out" in answer.output
    assert len(list((tmp_path / "folders").rglob("*.gif"))) == 2


def test_a_program_reads_what_was_built(run, work, tmp_path):
    answer = build(run, tmp_path, "--json", "--split-scheme", "dg-full")
    told = json.loads(answer.stdout.splitlines()[-1])
    assert told["counts"]["clips"] == 4
    assert [each["name"] for each in told["facts"]["schemes"]] == ["dg-full"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--split-scheme", "da-41"], ConfigError),
        (["--shares", "1,1,1"], ConfigError),
        (["--shares", "a lot"], ConfigError),
    ],
)
def test_wrong_options_are_named(run, work, tmp_path, words, error):
    assert isinstance(build(run, tmp_path, *words).exception, error)


def test_half_of_the_options_for_a_new_version_is_refused(run, work, tmp_path):
    answer = run("takedown", tmp_path / "work", work[0], "--reason", "x", "--release", tmp_path)
    assert isinstance(answer.exception, InputError)
