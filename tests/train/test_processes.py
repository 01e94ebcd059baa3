"""Two CPU processes over gloo against one process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.multiprocessing import ProcessExitedException, ProcessRaisedException
from torch.nn.functional import cross_entropy

from anigifs.algorithms import ALGORITHMS
from anigifs.core.runs import RunFolder
from anigifs.train import checkpoint
from anigifs.train.config import TrainConfig
from anigifs.train.loop import Scored
from anigifs.train.sampler import Order
from anigifs.train.session import Session
from tests.train.synthetic import Clips, Net, data, net, pixels_of
from tests.train.test_loop import run_once

TWO = {"devices": 2, "strategy": "ddp_fork", "threads": 1, "optimiser": "sgd"}

pytestmark = pytest.mark.slow


def weights(run):
    return checkpoint.read(checkpoint.last_file(run))["model"]


def without_dropout(norm):
    model = net(norm)
    model.drop.p = 0.0
    return model


def by_hand(model, halves):
    """One SGD step of lr 0.01 on the mean loss of half batches, each with its own statistics."""
    clips = Clips()
    for half in halves:
        items = [clips[index] for _, index in half]
        labels = torch.tensor([item["label"] for item in items])
        (cross_entropy(model(pixels_of(items)), labels) / len(halves)).backward()
    with torch.no_grad():
        for weight in model.parameters():
            weight -= 0.01 * weight.grad
    return model.state_dict()


def test_gradients_equal_one_process_that_takes_the_statistics_of_the_halves_apart(tmp_path):
    run, _ = run_once(tmp_path, TWO | {"steps": 1, "epochs": None}, model=without_dropout(True))
    orders = [Order.of(TrainConfig(batch_size=4), 12, rank, 2) for rank in (0, 1)]
    expected = by_hand(without_dropout(True), [next(order.from_batch(0)) for order in orders])
    found = weights(run)
    for key in (key for key in expected if "running" not in key and "tracked" not in key):
        torch.testing.assert_close(found[key], expected[key], rtol=1e-6, atol=1e-7)
    first_half_only = by_hand(without_dropout(True), [next(orders[0].from_batch(0))])
    assert not torch.allclose(found["head.bias"], first_half_only["head.bias"], atol=1e-6)


def test_a_network_without_batch_norm_has_the_losses_of_a_single_process(tmp_path):
    one, _ = run_once(tmp_path / "one", {"optimiser": "sgd", "log_every": 1}, model=net(False))
    two, _ = run_once(tmp_path / "two", TWO | {"log_every": 1}, model=net(False))
    losses = [[record["loss"] for record in run.metrics("train")] for run in (one, two)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    assert [r["score"] for r in one.metrics("validate")] == [
        r["score"] for r in two.metrics("validate")
    ]
    for key, value in weights(one).items():
        torch.testing.assert_close(weights(two)[key], value, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_every_method_runs_on_two_processes(tmp_path, name):
    halves = {"batch_size": 8, "grad_accumulation": 2}  # two clips at once on each device
    run, _ = run_once(tmp_path, TWO | halves | {"algorithm": {"name": name}}, data(24))
    assert [record["step"] for record in run.metrics("validate")] == [3, 6]


BUSY = {
    "worst-case": {"every": 2, "trials": 2, "search_on": "pool"},
    "saliency": {"every": 1, "mask": "all", "augment": {"name": "worst-case", "every": 2}},
    "mixstyle": {"chance": 1.0},
    "ada": {"every": 2, "steps": 2, "pool": 3},
    "rada": {"every": 1, "steps": 1, "hidden": 16},
}
"""What by default happens only every so many steps."""


@pytest.mark.parametrize("name", BUSY)
def test_passes_on_the_side_do_not_disturb_two_processes(tmp_path, name):
    run, _ = run_once(tmp_path, TWO | {"algorithm": {"name": name, **BUSY[name]}})
    assert [record["step"] for record in run.metrics("validate")] == [3, 6]


AGREED = {
    "worst-case": ("worst-case", {"every": 2, "trials": 2}, ["members"]),
    "worst-case (pool)": (
        "worst-case",
        {"every": 2, "trials": 2, "search_on": "pool", "pool": 6},
        ["members", "pool"],
    ),
    "saliency": ("saliency", {"augment": {"name": "worst-case", "every": 2}}, ["augment"]),
    "ada": ("ada", BUSY["ada"], ["copies"]),
}
"""Methods that keep something, and what of it must be one and the same on all processes."""


def plain(kept):
    if isinstance(kept, dict):
        return {key: plain(value) for key, value in kept.items()}
    return kept.tolist() if isinstance(kept, torch.Tensor) else kept


@pytest.mark.parametrize("name", AGREED)
def test_both_processes_keep_the_same_though_their_clips_differ(tmp_path, monkeypatch, name):
    method, options, agreed = AGREED[name]
    state = Session.state

    def noted(session):
        found = state(session)
        torch.save(found["algorithm"], tmp_path / f"{session.fabric.global_rank}.pt")
        return found

    monkeypatch.setattr(Session, "state", noted)
    run_once(tmp_path / "run", TWO | {"algorithm": {"name": method, **options}})
    first, second = (torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1))
    for key in agreed:
        assert first[key]
        assert plain(second[key]) == plain(first[key])


def test_two_processes_killed_go_on_to_the_same_weights(tmp_path):
    options = TWO | {"algorithm": {"name": "random-augment"}, "ema_decay": 0.9, "log_every": 2}
    whole, _ = run_once(tmp_path / "whole", options)
    half = tmp_path / "half"
    with pytest.raises(ProcessExitedException):
        run_once(half, options, data(die_at=7, call=lambda: os._exit(9)))
    assert 0 < checkpoint.read(half / "checkpoints" / "last.pt")["step"] < 6
    resumed, _ = run_once(half, options, data())
    for key, value in weights(whole).items():
        assert torch.equal(weights(resumed)[key], value), key
    losses = [[line["loss"] for line in run.metrics("train")] for run in (whole, resumed)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-6)


def watch(_):
    return Scored(None, {"oracle": 0.5})


def test_a_watched_validation_without_a_score_runs_on_two_processes(tmp_path):
    run, _ = run_once(tmp_path, TWO | {"selection": "last"}, validate=watch)
    lines = list(run.metrics("validate"))
    assert lines
    assert all(line["oracle"] == 0.5 and "score" not in line for line in lines)


class BadOnOneProcess(Net):
    def forward(self, clips):
        bad = torch.distributed.get_rank() == 1
        return super().forward(clips) * (float("nan") if bad else 1.0)


def test_a_loss_that_is_no_number_on_one_process_stops_both(tmp_path):
    with pytest.raises(ProcessRaisedException, match="the loss of step 0 "):
        run_once(tmp_path, TWO, model=BadOnOneProcess())


def test_without_a_strategy_the_same_command_is_started_once_for_each_device(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "from tests.train.test_loop import run_once\n"
        f"run_once(sys.argv[1], {TWO!r} | {{'strategy': 'auto', 'epochs': 1}})\n"
    )
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, script, tmp_path / "run"]
    subprocess.run(command, env=env, check=True, timeout=120, capture_output=True)
    environment = RunFolder(tmp_path / "run").environment()
    assert environment["processes"] == 2
