"""Compact records of runs: the same table, no weights, no paths of a computer."""

from dataclasses import replace

import numpy as np
import pytest

from anigifs.core import files
from anigifs.core.errors import InputError
from anigifs.core.runs import RunFolder
from anigifs.evaluate.looks import Looks, looks_file, read_looks, write_looks
from anigifs.evaluate.predictions import from_arrays, read_predictions, write_predictions
from anigifs.report.collect import collect
from anigifs.report.export import numbers
from anigifs.report.tables import build_table
from anigifs.study.records import keep


@pytest.fixture
def run(tmp_path):
    run = RunFolder(tmp_path / "study" / "runs" / "erm-seed0")
    out = tmp_path / "study"
    train = f'[data]\ntrain = "{out}/data/real?split=train"\n'
    text = f'{train}[data.test]\nmine = "folder:/home/me/x?a=1"\n'
    files.write_text(run.config_file, text)
    files.write_json(run.path / "environment.json", {"command": ["/home/me/a"], "python": "3.11"})
    run.log({"kind": "train", "step": 1, "loss": 0.5})
    (run.checkpoints).mkdir()
    (run.checkpoints / "last.pt").write_bytes(b"weights")
    logits = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float16)
    found = from_arrays(
        [f"c{n}" for n in range(6)], ["a", "b"] * 3, logits, ["a", "b"], set_name="mine",
        spec="folder:/home/me/x?a=1", method="erm", seed=0, selection="last",
    )  # fmt: skip
    write_predictions(run.predictions("mine"), found)
    run.finish()
    return run


def test_a_record_gives_the_table_of_its_run(run, tmp_path):
    keep([run.path.parent], tmp_path / "records")
    (own,), (kept,) = (
        list(numbers(build_table(collect([path])))) for path in (run.path, tmp_path / "records")
    )
    for name in ("nll", "ece"):  # float16
        assert kept.pop(name) == pytest.approx(own.pop(name), rel=1e-3)
    assert kept == own


def test_a_record_keeps_where_the_model_looked(run, tmp_path):
    seen = Looks(
        ids=("c0",), clusters=("c0",), scores={"peak-in-tube": (1.0,)}, set_name="mine",
        spec="folder:/home/me/x", run="erm-seed0",
    )  # fmt: skip
    write_looks(looks_file(run, "mine"), seen)
    (record,) = keep([run.path], tmp_path / "records")
    assert read_looks(looks_file(RunFolder(record), "mine")) == replace(seen, spec="folder:x")


def test_a_record_keeps_what_a_search_found(run, tmp_path):
    files.write_json(run.searched_file, [{"step": 4, "score": 1.5, "edits": [["solarize", 8.0]]}])
    (record,) = keep([run.path], tmp_path / "records")
    assert RunFolder(record).searched_file.read_bytes() == run.searched_file.read_bytes()


def test_a_start_is_kept_for_its_maps_alone(run, tmp_path):
    for file in (run.path / "predictions").iterdir():
        file.unlink()
    with pytest.raises(InputError, match="finished runs"):
        keep([run.path], tmp_path / "records")
    seen = Looks(
        ids=("c0",), clusters=("c0",), scores={"peak-in-tube": (1.0,)}, set_name="mine",
        spec="folder:x", run="pretrain-seed0",
    )  # fmt: skip
    write_looks(looks_file(run, "mine"), seen)
    (record,) = keep([run.path], tmp_path / "records")
    assert read_looks(looks_file(RunFolder(record), "mine")) == seen


def test_a_record_names_no_computer_and_holds_no_weights(run, tmp_path):
    (record,) = keep([run.path], tmp_path / "records")
    everything = b"".join(file.read_bytes() for file in record.rglob("*") if file.is_file())
    assert b"/home/me" not in everything
    assert str(tmp_path).encode() not in everything
    assert b"weights" not in everything
    assert "./data/real?split=train" in (record / "config.toml").read_text("utf-8")
    assert read_predictions(RunFolder(record).predictions("mine")).spec == "folder:x?a=1"


def test_unfinished_runs_are_no_records(run, tmp_path):
    (run.path / "done").unlink()
    with pytest.raises(InputError, match="finished runs"):
        keep([run.path], tmp_path / "records")
