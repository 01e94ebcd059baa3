"""anigifs doctor, as a person and as a program see it."""

import json
import sys

import pytest
import typer
from typer.testing import CliRunner

from anigifs.cli.doctor import register
from anigifs.core import machine


@pytest.fixture
def app():
    made = typer.Typer()
    register(made)
    return made


def run(app, *arguments):
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "160"})


def test_a_person_sees_a_table_with_the_numeric_test(app):
    result = run(app)
    assert result.exit_code == 0, result.output
    assert "conv3d bfloat16 on cpu" in result.output
    assert "reads h264" in result.output


def test_a_program_reads_findings_as_json(app):
    findings = json.loads(run(app, "--json").output)
    assert {"topic", "name", "found", "state", "remedy"} == findings[0].keys()
    assert {"machine", "packages", "media", "torch"} == {f["topic"] for f in findings}


def test_without_torch_it_still_says_what_to_install(app, monkeypatch):
    monkeypatch.setitem(sys.modules, "anigifs.models.selftest", None)
    result = run(app)
    assert result.exit_code == 0
    assert "python" in result.output
    assert "conv3d" not in result.output


def test_what_is_bad_ends_with_an_error_that_names_it(app, monkeypatch):
    monkeypatch.setattr(machine, "LITTLE_DISK_GIB", float("inf"))
    result = run(app)
    assert result.exception is not None
    assert "not as it should be: disk" in str(result.exception)
