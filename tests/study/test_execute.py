"""Runs in processes of their own."""

import pytest

from anigifs.core.config import build
from anigifs.core.errors import TrainingError
from anigifs.study.alone import alone
from anigifs.study.config import ExperimentConfig
from anigifs.study.execute import execute
from anigifs.study.plan import Job


def job(out, name, after=None):
    config = build(ExperimentConfig, {"method": name, "data": {"train": str(out / "nothing")}}, "t")
    return Job(out / "runs" / name, config, after)


@pytest.mark.slow
def test_a_failed_run_is_named_with_its_reason_and_what_waits_for_it_is_not_started(tmp_path):
    first = job(tmp_path, "first")
    second = job(tmp_path, "second", first.folder)
    with pytest.raises(TrainingError) as caught:
        execute([first, second], tmp_path, 1)
    text = str(caught.value)
    assert "1 of 2 runs failed, 2 are not done" in text
    assert f"first: {tmp_path / 'nothing'}: there is no such folder" in text
    assert not second.folder.exists()
    assert (tmp_path / "logs" / "first.log").exists()


def test_a_run_that_another_process_is_at_work_on_is_waited_for(tmp_path, monkeypatch):
    one = job(tmp_path, "one")
    waits = []

    def end_it(seconds):
        waits.append(seconds)
        one.run.finish()

    monkeypatch.setattr("anigifs.study.execute.time.sleep", end_it)
    with alone(one.folder):
        execute([one], tmp_path, 1)
    assert len(waits) == 1
    assert not (tmp_path / "logs").exists()
