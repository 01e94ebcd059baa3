import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from anigifs.algorithms.base import Need
from anigifs.core.errors import ConfigError, ProtocolError, TrainingError
from anigifs.core.runs import RunFolder
from anigifs.train import checkpoint
from anigifs.train.config import TrainConfig
from anigifs.train.loop import Scored, train
from anigifs.train.predictor import load_trained
from tests.train.synthetic import CLASSES, accuracy, data, net, pixels_of

SMALL = {"epochs": 2, "batch_size": 4, "lr": 0.01, "accelerator": "cpu", "checkpoint_every": 1}


class Killed(BaseException):
    """Stands for the process's sudden end."""


def die():
    raise Killed


def run_once(folder, config=None, clips=None, model=None, validate=accuracy):
    run = RunFolder(Path(folder))
    model = model or net()
    train(TrainConfig(**SMALL | (config or {})), model, clips or data(), run, validate)
    return run, model


def same(first, second):
    first, second = first.state_dict(), second.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


def without_speed(run):
    return [{k: v for k, v in r.items() if k != "clips_per_s"} for r in run.metrics()]


def test_training_learns_and_leaves_a_run_folder(tmp_path):
    run, _ = run_once(tmp_path, {"epochs": 30, "ema_decay": 0.8, "lr": 0.05})
    records = list(run.metrics())
    assert [r["step"] for r in run.metrics("validate")] == list(range(3, 91, 3))
    train_records = [r for r in records if r["kind"] == "train"]
    assert [r["step"] for r in train_records] == list(range(10, 91, 10))
    assert train_records[-1]["loss"] < train_records[0]["loss"]
    assert max(r["score"] for r in run.metrics("validate")) == 1.0
    assert run.environment()["packages"]["torch"] == torch.__version__
    assert not run.done
    best = checkpoint.read(checkpoint.chosen_file(run, "source-val"))
    assert best["best"]["score"] == 1.0
    loaded = load_trained(TrainConfig(**SMALL), net(), CLASSES, checkpoint.best_file(run))
    assert accuracy(loaded) == 1.0
    assert not loaded.training


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(tmp_path):
    _, first = run_once(tmp_path / "a")
    torch.manual_seed(77)
    _, second = run_once(tmp_path / "b")
    _, third = run_once(tmp_path / "c", {"seed": 1})
    assert same(first, second)
    assert not same(first, third)


@pytest.mark.parametrize(
    "options",
    [
        {"algorithm": {"name": "random-augment"}, "ema_decay": 0.9},
        {"grad_accumulation": 2, "clip_norm": 0.5, "schedule": "cosine", "warmup_steps": 2},
        {"optimiser": "sgd", "channels_last_3d": True, "checkpoint_every": 4},
    ],
)
def test_a_run_killed_at_any_step_goes_on_to_the_same_weights(tmp_path, options):
    """12 clips, 4 a step, 2 epochs: 6 steps; the process ends while it fetches step n's clips."""
    whole_run, whole = run_once(tmp_path / "whole", options)
    for step in range(6):
        folder = tmp_path / f"killed-{step}"
        with pytest.raises(Killed):
            run_once(folder, options, data(die_at=4 * step + 1, call=die))
        run, resumed = run_once(folder, options)
        assert same(whole, resumed), step
        assert without_speed(run) == without_speed(whole_run), step
        for name in ("last.pt", "best.pt"):
            old = checkpoint.read(whole_run.checkpoints / name)
            new = checkpoint.read(run.checkpoints / name)
            assert old["best"] == new["best"]
            for key, value in checkpoint.weights(old).items():
                assert torch.equal(value, checkpoint.weights(new)[key]), (step, name, key)


@pytest.mark.slow
def test_a_process_killed_with_sigkill_at_any_moment_goes_on_to_the_same_weights(tmp_path):
    _, whole = run_once(tmp_path / "whole", {"epochs": 8})
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal, sys\n"
        "from tests.train.test_loop import run_once, data\n"
        "kill = lambda: os.kill(os.getpid(), signal.SIGKILL)\n"
        "run_once(sys.argv[1], {'epochs': 8}, data(die_at=int(sys.argv[2]), call=kill))\n"
    )
    step, folder = random.randrange(1, 23), tmp_path / "killed"
    command = [sys.executable, script, folder, str(4 * step + 2)]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(command, env=env, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert checkpoint.read(folder / "checkpoints" / "last.pt")["step"] == step
    _, resumed = run_once(folder, {"epochs": 8})
    assert same(whole, resumed), step


def test_going_on_with_a_finished_run_changes_nothing(tmp_path):
    _, model = run_once(tmp_path)
    before = (tmp_path / "metrics.jsonl").read_text()
    _, again = run_once(tmp_path, clips=data(die_at=0, call=die))
    assert same(model, again)
    assert (tmp_path / "metrics.jsonl").read_text() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_finishes_the_step_saves_and_says_how_to_go_on(tmp_path, number):
    def interrupt():
        os.kill(os.getpid(), number)

    handler = signal.getsignal(number)
    options = {"checkpoint_every": 100}
    with pytest.raises(KeyboardInterrupt, match=r"after step 3 of 6.*same command again"):
        run_once(tmp_path / "stopped", options, data(die_at=9, call=interrupt))
    assert signal.getsignal(number) == handler
    assert checkpoint.read(tmp_path / "stopped" / "checkpoints" / "last.pt")["step"] == 3
    _, resumed = run_once(tmp_path / "stopped", options)
    _, whole = run_once(tmp_path / "whole", options)
    assert same(whole, resumed)


class Poisoned(torch.nn.Module):
    """Gives NaN, or an infinite gradient with a finite loss, at one forward pass."""

    def __init__(self, at, how):
        super().__init__()
        self.net, self.at, self.how, self.calls = net(), at, how, 0

    def forward(self, clips):
        logits = self.net(clips)
        if self.training:
            self.calls += 1
            if self.calls - 1 == self.at:
                return logits * float("nan") if self.how == "loss" else _Burst.apply(logits)
        return logits


class _Burst(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits):
        return logits.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * float("inf")


@pytest.mark.parametrize("how", ["loss", "gradient"])
def test_a_loss_or_weight_that_is_no_number_stops_and_keeps_the_last_good_checkpoint(tmp_path, how):
    with pytest.raises(TrainingError, match=r"training stopped.*last\.pt.*train\.lr") as stopped:
        run_once(tmp_path, model=Poisoned(at=4, how=how))
    assert ("step 4" in str(stopped.value)) == (how == "loss")
    saved = checkpoint.read(tmp_path / "checkpoints" / "last.pt")
    assert saved["step"] == 4
    assert all(value.isfinite().all() for value in saved["model"].values())


def test_the_step_is_named_though_losses_are_only_looked_at_now_and_then(tmp_path):
    with pytest.raises(TrainingError, match="the loss of step 2 "):
        run_once(
            tmp_path,
            {"epochs": 9, "log_every": 20, "checkpoint_every": 20, "validate_every": 20},
            model=Poisoned(at=2, how="loss"),
        )
    assert not (tmp_path / "checkpoints").exists()


def test_going_on_with_other_settings_is_refused_by_name(tmp_path):
    run_once(tmp_path)
    with pytest.raises(ConfigError, match=r"train\.lr: was 0\.01, is 0\.02"):
        run_once(tmp_path, {"lr": 0.02})
    run_once(tmp_path, {"log_every": 3, "threads": 1})


def test_selection_keeps_the_first_best_and_last_needs_no_validation(tmp_path):
    scores = iter([0.2, 0.9, 0.9, 0.5])
    run, _ = run_once(tmp_path / "a", {"epochs": 4}, validate=lambda _: next(scores))
    assert checkpoint.read(checkpoint.best_file(run))["best"] == {"step": 6, "score": 0.9}
    run, _ = run_once(tmp_path / "b", {"selection": "last"}, validate=None)
    assert not checkpoint.best_file(run).exists()
    assert checkpoint.chosen_file(run, "last").exists()
    with pytest.raises(ConfigError, match="needs a validation set"):
        run_once(tmp_path / "c", validate=None)


def test_a_validation_without_a_score_chooses_nothing(tmp_path):
    def watch(_):
        return Scored(None, {"oracle": 0.5})

    run, _ = run_once(tmp_path / "a", {"selection": "last"}, validate=watch)
    lines = list(run.metrics("validate"))
    assert lines
    assert all(line["oracle"] == 0.5 and "score" not in line for line in lines)
    assert not checkpoint.best_file(run).exists()
    with pytest.raises(TrainingError, match=r"validation score .* is not a number"):
        run_once(tmp_path / "b", validate=watch)


def test_validation_sees_eval_mode_and_the_average_and_disturbs_nothing(tmp_path):
    seen = []

    def nosy(predictor):
        torch.manual_seed(1)
        torch.rand(100)
        seen.append({k: v.clone() for k, v in predictor.model.state_dict().items()})
        assert not predictor.training
        assert not any(module.training for module in predictor.model.modules())
        assert not torch.is_grad_enabled()
        return accuracy(predictor)

    _, quiet = run_once(tmp_path / "a", {"ema_decay": 0.5})
    run, watched = run_once(tmp_path / "b", {"ema_decay": 0.5, "validate_every": 1}, validate=nosy)
    assert same(quiet, watched)
    average = checkpoint.read(checkpoint.last_file(run))["average"]
    assert all(torch.equal(value, seen[-1][key]) for key, value in average.items())
    assert not torch.equal(average["head.weight"], watched.head.weight)


def test_the_average_is_the_recursion_by_hand(tmp_path):
    start = net().head.bias.detach().clone()
    run, model = run_once(tmp_path, {"ema_decay": 0.75, "epochs": 1}, data(4))
    expected = 0.75 * start + 0.25 * model.head.bias
    average = checkpoint.read(checkpoint.last_file(run))["average"]["head.bias"]
    torch.testing.assert_close(average, expected)


def test_accumulation_of_a_network_without_batch_norm_equals_one_large_batch(tmp_path):
    _, whole = run_once(tmp_path / "a", {"optimiser": "sgd"}, model=net(norm=False))
    _, parts = run_once(
        tmp_path / "b", {"optimiser": "sgd", "grad_accumulation": 4}, model=net(norm=False)
    )
    for key, value in whole.state_dict().items():
        torch.testing.assert_close(value, parts.state_dict()[key], rtol=1e-5, atol=1e-6)


def test_one_adam_step_equals_plain_torch(tmp_path):
    _, ours = run_once(tmp_path, {"epochs": 1}, data(4), net(norm=False))
    plain = net(norm=False)
    optimiser = torch.optim.Adam(plain.parameters(), lr=0.01, betas=(0.9, 0.999))
    clips = data(4).clips
    items = [clips[i] for i in range(4)]
    labels = torch.tensor([item["label"] for item in items])
    logits = plain(pixels_of(items))
    torch.nn.functional.cross_entropy(logits, labels).backward()
    optimiser.step()
    for key, value in plain.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[key], value, rtol=1e-4, atol=1e-5)


def test_a_run_starts_from_a_checkpoint_of_the_same_model_and_no_other(tmp_path):
    run, model = run_once(tmp_path / "first", {"selection": "last"})
    start = {"init_from": str(checkpoint.last_file(run))}
    _, again = run_once(tmp_path / "again", start | {"lr": 1e-12})
    torch.testing.assert_close(again.head.weight, model.head.weight)
    other = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(324, 3))
    before = {key: value.clone() for key, value in other.state_dict().items()}
    with pytest.raises(TrainingError, match=r"last\.pt does not fit this model: missing 1\.weight"):
        run_once(tmp_path / "other", start, model=other)
    assert all(torch.equal(value, before[key]) for key, value in other.state_dict().items())
    with pytest.raises(TrainingError, match="no checkpoint"):
        run_once(tmp_path / "absent", {"init_from": str(tmp_path / "nowhere.pt")})


def test_workers_load_the_same_clips(tmp_path):
    _, alone = run_once(tmp_path / "a")
    _, helped = run_once(tmp_path / "b", {"workers": 1})
    assert same(alone, helped)


def test_a_method_whose_needs_are_not_met_is_refused_before_anything_runs(tmp_path, monkeypatch):
    from anigifs.algorithms.erm import ERM

    monkeypatch.setattr(ERM, "needs", frozenset({Need.BOXES}))
    with pytest.raises(ProtocolError, match="boxes"):
        run_once(tmp_path / "run", clips=data(offers=frozenset()))
    assert not (tmp_path / "run").exists()


def test_tensorboard_gets_the_same_numbers(tmp_path):
    run, _ = run_once(tmp_path, {"tensorboard": True})
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run.path / "tensorboard"))
    events.Reload()
    logged = [(e.step, e.value) for e in events.Scalars("train/loss")]
    written = [(r["step"], pytest.approx(r["loss"])) for r in run.metrics("train")]
    assert logged == written


def test_importing_training_seeds_nothing_and_loads_no_engine():
    code = (
        "import torch, sys; before = torch.get_rng_state();"
        "import anigifs.train.loop;"
        "assert torch.equal(before, torch.get_rng_state());"
        "assert 'lightning_fabric' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_metrics_are_json_lines(tmp_path):
    run_once(tmp_path)
    for line in (tmp_path / "metrics.jsonl").read_text().splitlines():
        assert json.loads(line)["kind"] in {"train", "validate"}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # torch's compiler warns of itself
def test_adversarial_copies_are_made_beside_a_compiled_model(tmp_path):
    ada = {"name": "ada", "every": 2, "steps": 2, "pool": 4}
    run, _ = run_once(tmp_path, {"algorithm": ada, "compile": True, "epochs": 1, "log_every": 1})
    assert any(record.get("ada/moved", 0) > 0 for record in run.metrics("train"))


def test_what_is_logged_now_and_then_is_the_mean_over_the_batches_that_logged_it(tmp_path):
    looks = {"algorithm": {"name": "saliency", "every": 4}, "log_every": 6}
    run, _ = run_once(tmp_path, looks | {"epochs": 4})
    told = [r for r in run.metrics("train") if "saliency/masked" in r]
    assert [r["step"] for r in told] == [6, 12]
    for record in told:  # every clip has a box: its map peaks inside, or it is masked
        assert record["saliency/masked"] + record["saliency/peak-in-tube"] == pytest.approx(1)
