"""anigifs init and status, as a person and as a program see them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from anigifs.catalog import OK, SCREENED, Fact, Hit, NewQuery, Outcome, Said, Then, Workspace
from anigifs.cli.workspace import register
from anigifs.core.errors import InputError


@pytest.fixture
def run():
    app = typer.Typer()
    register(app)

    def invoke(*arguments):
        result = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "80"})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return invoke


@pytest.fixture
def root(tmp_path, run):
    run("init", tmp_path / "work", "--operator", "me@example.org")
    with Workspace.open(tmp_path / "work") as w:
        w.queries.add([NewQuery("p", label, f"{label} gif") for label in ("run", "<b>jump</b>")])
        hits = [
            Hit(provider="p", id=str(n), label="run", url=f"http://a.test/{n}", may_store=True)
            for n in range(1234)
        ]
        w.queries.record_page(w.queries.all()[0].id, hits, None)
        sha = w.blobs.put(b"abc")
        w.fetches.record([
            Outcome(url=hits[0].url, reason=OK, then=Then.DONE, sha256=sha),
            Outcome(url=hits[1].url, reason="gone", then=Then.FAILED),
        ])  # fmt: skip
        w.facts.append([Fact(sha256=sha, check=SCREENED, said=Said.FAIL, reason="still")])
    return tmp_path / "work"


def test_init_makes_a_workspace_and_says_what_is_next(tmp_path, run):
    told = run("init", tmp_path / "a")
    assert "anigifs collect" in told
    assert "name the operator in" in told
    with Workspace.open(tmp_path / "a") as workspace:
        assert workspace.settings.net.operator == ""
    with pytest.raises(InputError, match="is a workspace already"):
        run("init", tmp_path / "a")


def test_status_fits_a_terminal_and_names_the_reasons(root, run):
    lines = run("status", root).splitlines()
    assert max(map(len, lines)) <= 80
    numbers = ["1", "1,234", "1", "1", "1", "1", "0", "0", "0"]
    assert ["run", *numbers] in [line.split() for line in lines]
    assert ["total", *numbers] in [line.split() for line in lines]
    assert "failed: gone 1" in lines
    assert "rejected: still 1" in lines
    assert "found, still to be fetched: 1,232" in lines
    assert "classes without anything found: 1" in lines


def test_status_for_a_program_has_every_class(root, run):
    told = json.loads(run("status", root, "--json"))
    assert set(told["classes"]) == {"run", "<b>jump</b>"}
    assert told["classes"]["run"] == told["total"] | {"unasked": 0}
    assert told["total"]["unasked"] == 1
    assert told["total"]["rejected"] == {"still": 1}


def test_a_backup_is_made_by_init(root, run, tmp_path):
    assert "catalog and 1 blobs" in run("init", root, "--backup", tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").stat().st_size > 0
