"""Study 2 from one command to the table, on a small copy of its data, killed on the way."""

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from anigifs.core.runs import RunFolder
from anigifs.evaluate.predictions import read_predictions
from tests.study.small import write_clips
from tests.study.world import FEW, TINY, make_world

PAPER = {"random-augment": 8.56, "worst-case": 11.88, "rada": 12.55, "saliency": 17.31}
"""Table 3 of the Ani-GIFs paper, top-1 on Ani-GIFs in %."""
METHODS = ("erm", *PAPER)


def command(data, out, drawn):
    sets = [text for one in TINY for text in ("--set", one)]
    also = ["--also", f"drawn={drawn}"]
    return [sys.executable, "-m", "anigifs", "study", "study-2", "--data", str(data),
            "--out", str(out), *also, *sets]  # fmt: skip


def wait_for(path, process, limit_s=240):
    end = time.monotonic() + limit_s
    while not path.exists():
        assert time.monotonic() < end, f"no {path}"
        assert process.poll() is None, f"the study ended before {path}"
        time.sleep(0.05)


def kill_run(folder):
    """Kill the process that trains `folder`; the other run outlives its study and is waited for."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().decode().split("\0")
            if words[-2:-1] == [str(folder)]:
                os.kill(int(process.name), signal.SIGKILL)


@pytest.mark.slow
def test_study_2_goes_on_after_a_kill_and_ends_in_a_table(tmp_path):
    data, out = make_world(tmp_path / "data"), tmp_path / "out"
    drawn = write_clips(tmp_path / "drawn", per_class=2, names=("squat", "clapping"))
    first = subprocess.Popen(
        command(data, out, drawn), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(out / "runs" / "saliency-seed0" / "checkpoints" / "last.pt", first)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    kill_run(out / "runs" / "saliency-seed0")
    told = subprocess.run(command(data, out, drawn), capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr

    runs = {name: RunFolder(out / "runs" / f"{name}-seed0") for name in METHODS}
    for run in runs.values():
        assert run.done
        steps = [record["step"] for record in run.metrics("train")]
        assert steps == [1, 2, 3, 4, 5, 6]
        balance = json.loads(run.data_file.read_text())["train"]
        assert balance["clips"] == 36
        assert balance["classes"][FEW] == {"there": 1, "used": 3}
        found = read_predictions(run.predictions("ani-gifs"))
        assert (len(found), len(found.classes), found.outside) == (24, 12, 1)
        external = read_predictions(run.predictions("drawn"))
        assert (set(external.labels), external.rule) == ({"clapping"}, "head")

    found = json.loads(runs["worst-case"].searched_file.read_text())
    assert [one["step"] for one in found] == [3, 6]
    attacked = [line["step"] for line in runs["rada"].metrics("train") if "rada/moved" in line]
    assert attacked == [3, 6]

    with (out / "table.csv").open() as file:
        rows = {(row["method"], row["set_name"]): row for row in csv.DictReader(file)}
    assert {name for name, _ in rows} == {*METHODS}
    assert {name for _, name in rows} == {"ava-kinetics", "ani-gifs", "drawn"}
    paper = {name: rows[name, "ani-gifs"]["paper_top1"] for name in METHODS if name != "erm"}
    assert {name: round(100 * float(one), 2) for name, one in paper.items()} == PAPER
    assert rows["erm", "ani-gifs"]["paper_top1"] == ""
    assert float(rows["erm", "ani-gifs"]["chance_top1"]) == pytest.approx(1 / 12)
    page = (out / "report.html").read_text()
    assert "classes with fewer repeat theirs (different clips)" in page
    assert "paper: 17.31" in page
    assert "class outside" not in page
