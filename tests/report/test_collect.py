"""From run folders to rows: repetitions together, different things apart, losses noted."""

import pytest

from anigifs.core.errors import InputError
from anigifs.evaluate.predictions import write_predictions
from anigifs.report.collect import collect
from tests.report.fakes import make_run, make_study, predictions


def test_runs_that_differ_in_the_seed_are_one_row(tmp_path):
    found = collect([make_study(tmp_path, seeds=3)])
    assert [(row.method, len(row.runs)) for row in found.rows] == [
        ("erm", 3),
        ("random-augment", 3),
    ]
    assert [run.seed for run in found.rows[0].sets["real"]] == [0, 1, 2]


def test_sets_stand_in_the_order_of_the_config(tmp_path):
    make_run(tmp_path)
    assert collect([tmp_path]).sets == ("real", "real-gif", "animated")


def test_runs_of_one_method_with_other_settings_are_rows_of_their_own(tmp_path):
    make_run(tmp_path / "a", seed=0)
    make_run(tmp_path / "b", seed=1, extra="ema = true\n")
    names = [row.method for row in collect([tmp_path]).rows]
    assert names == ["erm (ema=default)", "erm (ema=True)"]


def test_where_and_how_a_run_runs_makes_no_row_of_its_own(tmp_path):
    for seed, own in enumerate(["", "workers = 4\n", "threads = 2\ncheckpoint_every = 7\n"]):
        extra = f"[data.also]\nmore{seed} = 'x'\n"
        run = make_run(tmp_path, seed=seed, extra=extra)
        text = run.config_file.read_text("utf-8").replace("[train]\n", f"[train]\n{own}")
        run.config_file.write_text(text, "utf-8")
    (row,) = collect([tmp_path]).rows
    assert (row.method, len(row.runs)) == ("erm", 3)


def test_a_method_that_knows_the_target_is_said_to(tmp_path):
    make_run(tmp_path, "gifify-augment")
    make_run(tmp_path, "saliency", extra='augment = { name = "gifify-augment" }\n')
    make_run(tmp_path, "randconv")
    said = [note for note in collect([tmp_path]).notes if "encode what is known" in note]
    assert [note.split(":")[0] for note in said] == ["gifify-augment", "saliency"]


def test_unfinished_and_unmeasured_runs_are_left_out_and_noted(tmp_path):
    make_run(tmp_path)
    (make_run(tmp_path, seed=1).path / "done").unlink()
    make_run(tmp_path, method="bare", sets=())
    found = collect([tmp_path])
    assert [len(row.runs) for row in found.rows] == [1]
    assert set(found.notes) == {
        "erm-seed1: left out, not finished",
        "bare-seed0: left out, no predictions",
    }


def test_a_set_that_only_some_runs_of_a_row_have_is_noted_and_left_out(tmp_path):
    make_run(tmp_path, seed=0)
    make_run(tmp_path, seed=1, sets=("real",))
    found = collect([tmp_path])
    assert list(found.rows[0].sets) == ["real"]
    assert found.notes == ("erm: animated, real-gif left out, not predicted by all of its runs",)


def test_a_predictions_file_made_elsewhere_is_a_row(tmp_path):
    make_run(tmp_path / "runs")
    path = tmp_path / "mine.parquet"
    write_predictions(path, predictions("animated", "mine", 0))
    rows = collect([tmp_path / "runs", path]).rows
    assert [row.method for row in rows] == ["erm", "mine"]
    assert list(rows[1].sets) == ["animated"]


def test_rows_of_one_name_are_told_apart(tmp_path):
    make_run(tmp_path / "runs")
    path = tmp_path / "erm.parquet"
    write_predictions(path, predictions("animated", "erm", 0))
    assert [row.method for row in collect([tmp_path / "runs", path]).rows] == ["erm", "erm (2)"]


def test_a_run_given_twice_counts_once(tmp_path):
    run = make_run(tmp_path)
    assert len(collect([tmp_path, run.path]).rows[0].runs) == 1


def test_nothing_to_show_says_what_to_give(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        collect([tmp_path / "absent"])
    with pytest.raises(InputError, match=r"nothing to show in .*Give finished run folders"):
        collect([tmp_path])
