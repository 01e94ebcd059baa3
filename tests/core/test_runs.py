"""The run folder."""

import json

import pytest

from anigifs.core.errors import IntegrityError
from anigifs.core.runs import RunFolder, find_runs

RECORDS = [{"kind": "train", "step": 1, "loss": 0.5}, {"kind": "validate", "step": 1, "top1": 1.0}]


@pytest.fixture
def run(tmp_path):
    folder = RunFolder(tmp_path / "erm-0")
    for record in RECORDS:
        folder.log(record)
    return folder


def test_what_is_logged_is_read_back_in_order(run):
    assert list(run.metrics()) == RECORDS
    assert list(run.metrics("validate")) == RECORDS[1:]
    assert list(RunFolder(run.path / "new").metrics()) == []


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_half_written_last_line_is_passed_over(run, cut):
    path = run.path / "metrics.jsonl"
    line = json.dumps({"kind": "train", "step": 2}) + "\n"
    path.write_text(path.read_text() + line[:cut])
    assert list(run.metrics()) == RECORDS


def test_a_damaged_line_in_the_middle_is_not(run):
    path = run.path / "metrics.jsonl"
    path.write_text(path.read_text().replace('"loss"', '"loss', 1))
    with pytest.raises(IntegrityError, match=r"metrics\.jsonl, line 1 is not JSON"):
        list(run.metrics())


def test_a_run_is_done_when_it_says_so(run):
    assert not run.done
    run.finish()
    assert run.done
    assert run.name == "erm-0"


def test_places_of_a_run(run):
    assert run.config_file == run.path / "config.toml"
    assert run.checkpoints == run.path / "checkpoints"
    for name in ("real", "animated"):
        run.predictions(name).parent.mkdir(exist_ok=True)
        run.predictions(name).write_bytes(b"")
    assert run.prediction_sets() == ["animated", "real"]


def test_the_environment_is_what_was_recorded(run):
    assert run.environment() == {}
    (run.path / "environment.json").write_text('{"torch": "2.13.0"}')
    assert run.environment() == {"torch": "2.13.0"}


def test_runs_are_found_at_and_below_a_folder(tmp_path):
    for name in ("b", "a/deep", "a"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "config.toml").write_text("")
    (tmp_path / "c").mkdir()
    assert [run.path.relative_to(tmp_path).as_posix() for run in find_runs(tmp_path)] == [
        "a", "a/deep", "b"
    ]  # fmt: skip
