"""simulate, inspect and gap, as a person runs them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from anigifs.cli import gap, inspect, simulate

SMALL = (
    "side_px=48",
    'classes=["squat", "clapping"]',
    "real={train=0, test=2}",
    "animated={test=2}",
)


@pytest.fixture(scope="module")
def app():
    made = typer.Typer()
    for group in (simulate, inspect, gap):
        group.register(made)
    return made


@pytest.fixture(scope="module")
def made(app, tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "sim"
    settings = [word for value in SMALL for word in ("--set", value)]
    result = run(app, "simulate", out, "--workers", "1", *settings)
    assert result.exit_code == 0, result.output
    assert "4 clips of 2 classes" in result.stdout
    return out


def run(app, *arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "160"})


def test_inspect_draws_both_domains(app, made, tmp_path):
    sheet = tmp_path / "sheet.png"
    result = run(app, "inspect", made / "real", made / "animated", "-o", sheet, "--colours", 64)
    assert result.exit_code == 0, result.output
    assert sheet.read_bytes().startswith(b"\x89PNG")


def test_gap_prints_json_that_names_what_is_simulated(app, made):
    fast = ("--set", "samples=100", "--set", "permutations=20", "--workers", "1")
    result = run(app, "gap", made / "real", made / "animated", "--json", *fast)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["a"]["clips"] == 4
    assert found["paired_groups"] == 4
    assert any("Simulated" in note for note in found["notes"])
