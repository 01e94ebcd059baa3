"""How much is left of a plan, by hand."""

import io

import pytest
import torch
from rich.console import Console
from rich.live import Live

from anigifs.core.config import build
from anigifs.study.config import ExperimentConfig
from anigifs.study.estimate import amounts, describe, last_record, span, time_left
from anigifs.study.plan import Job
from anigifs.study.progress import LiveTable, Watch, headline, shown
from anigifs.study.rehearse import rehearse


def job(tmp_path, name="erm", seed=0, **train):
    values = {
        "method": name,
        "data": {"train": "x"},
        "train": {"seed": seed, "batch_size": 10, "algorithm": {"name": name}, **train},
    }
    return Job(tmp_path / f"{name}-seed{seed}", build(ExperimentConfig, values, "test"))


def log(one, step, rate):
    one.run.log({"kind": "train", "step": step, "loss": 1.5, "clips_per_s": rate})


def test_nothing_is_known_before_the_first_run(tmp_path):
    jobs = [job(tmp_path, epochs=3), job(tmp_path, "mixstyle", epochs=3)]
    text = describe(amounts(jobs, {jobs[0].folder: 105}), 1)
    assert "2 runs, 0 done; 30 updates to do and more" in text
    assert "training time: unknown until the first run" in text
    assert "mixstyle  3 epochs; seeds 0: 0 of 1 done" in text


def test_time_is_updates_times_batch_by_the_rate_of_runs_of_the_same_method(tmp_path):
    jobs = [job(tmp_path, seed=0, steps=100), job(tmp_path, seed=1, steps=100)]
    for step, rate in ((1, 0.1), (20, 4.0), (40, 6.0)):
        log(jobs[0], step, rate)
    one, two = amounts(jobs, {})
    assert (one.done, one.rate, two.rate) == (40, 5.0, 5.0)
    assert (one.seconds, two.seconds) == (60 * 10 / 5, 100 * 10 / 5)
    assert time_left([one, two], 2) == "about 3 min"
    jobs[0].run.finish()
    assert amounts(jobs, {})[0].seconds == 0


def test_runs_of_another_method_say_nothing_of_this_one(tmp_path):
    jobs = [job(tmp_path, steps=100), job(tmp_path, "randconv", steps=100)]
    for step in (1, 2):
        log(jobs[0], step, 5.0)
    text = time_left(amounts(jobs, {}), 1)
    assert text == "about 3 min, and unknown until the first run of randconv"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(40, "40 s"), (600, "10 min"), (9_000, "2.5 h"), (200_000, "2.3 days")],
)
def test_spans_by_hand(seconds, text):
    assert span(seconds) == text


def test_a_half_written_last_line_is_passed_over(tmp_path):
    one = job(tmp_path)
    log(one, 7, 1.0)
    with (one.folder / "metrics.jsonl").open("a") as file:
        file.write('{"kind": "train", "st')
    assert last_record(one.run)["step"] == 7


def test_lines_tell_done_left_and_what_is_at_work(tmp_path, capsys):
    one = job(tmp_path, steps=100)
    watch = Watch([one], {}, 1)
    with shown(watch) as display:
        display.last -= 60
        for step in (10, 20):
            log(one, step, 5.0)
        display.update([one.folder])
    said = capsys.readouterr().err
    assert "0/1 runs done, training left: about 3 min; now erm-seed0 20/100 loss 1.500" in said
    one.run.finish()
    assert headline(watch.now([]), 1) == "1/1 runs done, training left: about 0 s"


def test_a_terminal_gets_a_table_with_a_line_a_run(tmp_path):
    one = job(tmp_path, steps=100)
    for step in (10, 20):
        log(one, step, 5.0)
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    with Live(console=console) as live:
        LiveTable(live, Watch([one], {}, 1)).update([one.folder])
        console.print(live.renderable)
    said = console.file.getvalue()
    assert "0/1 runs done" in said
    assert all(text in said for text in ("erm-seed0", "20/100", "1.500"))


def test_before_the_first_run_each_size_is_guessed_once_and_said_to_be(tmp_path):
    jobs = [job(tmp_path, steps=100), job(tmp_path, "mixstyle", steps=50)]
    asked = []
    found = amounts(jobs, {}, lambda one: asked.append(one) or 2.0)
    assert asked == jobs[:1]
    assert [one.seconds for one in found] == [100 * 10 / 2, 50 * 10 / 2]
    assert time_left(found, 1) == "about 12 min, guessed from plain steps"
    for step in (1, 2):
        log(jobs[0], step, 5.0)
    known, guessed = amounts(jobs, {}, lambda one: 2.0)
    assert (known.rate, known.guessed, guessed.guessed) == (5.0, False, True)


def test_a_rehearsal_times_the_jobs_own_network_and_leaves_no_trace(tmp_path):
    view = {"side_px": 32, "short_side_px": 32, "sampling": {"frames": 8}}
    small = {"view": view, "model": {"width": 0.0625, "output_stride": 16}, "data": {"train": "x"}}
    one = Job(tmp_path / "run", build(ExperimentConfig, small, "test"))
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    found = rehearse(one, 2)
    assert 0.01 < found < 100_000
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    assert not one.folder.exists()
