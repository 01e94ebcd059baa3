import pytest
import torch

from anigifs.core.errors import ConfigError, TrainingError
from anigifs.models.config import ModelConfig, build_model
from anigifs.train import devices
from anigifs.train.checkpoint import last_file, read
from anigifs.train.config import TrainConfig
from anigifs.train.devices import make_fabric, require_short_maps, to_channels_last_3d
from tests.train.synthetic import net
from tests.train.test_loop import run_once


def test_channels_last_is_the_layout_that_torch_itself_gives_a_network_of_3d_convolutions():
    ours, theirs = (build_model(ModelConfig(width=0.0625), ("a", "b")) for _ in range(2))
    to_channels_last_3d(ours)
    theirs.to(memory_format=torch.channels_last_3d)
    strides = [[weight.stride() for weight in net.state_dict().values()] for net in (ours, theirs)]
    assert strides[0] == strides[1]


def test_what_the_machine_lacks_is_refused_with_what_to_use(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="use 'auto'"):
        make_fabric(TrainConfig(accelerator="cuda"))
    with pytest.raises(ConfigError, match="use 'bf16' or 'fp32'"):
        make_fabric(TrainConfig(precision="fp16", accelerator="cpu"))


def test_float32_gradients_of_short_maps_are_right():
    require_short_maps(torch.device("cpu"), torch.float32)


@pytest.mark.parametrize("wrong", [float("nan"), 1e30, 1.2])
def test_a_gradient_that_is_wrong_now_and_then_stops_low_precision(monkeypatch, wrong):
    true, calls = devices._weight_gradient, []

    def flaky(clip, weight, pull):
        calls.append(clip.dtype)
        gradient = true(clip.float(), weight.float(), pull.float())
        return gradient * wrong if len(calls) == 6 else gradient

    monkeypatch.setattr(devices, "_weight_gradient", flaky)
    with pytest.raises(TrainingError, match=r"two time steps.*train\.precision = 'fp32'"):
        require_short_maps(torch.device("cpu"), torch.bfloat16)


def test_bf16_computes_by_autocast_and_keeps_float32_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(devices, "require_short_maps", lambda device, dtype: None)
    seen = []
    model = net()
    model.head.register_forward_hook(lambda module, given, out: seen.append(out.dtype))
    run, _ = run_once(tmp_path, {"precision": "bf16"}, model=model)
    assert set(seen) == {torch.bfloat16}
    floats = [
        value for value in read(last_file(run))["model"].values() if value.is_floating_point()
    ]
    assert {value.dtype for value in floats} == {torch.float32}


@pytest.mark.gpu
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_gpu_trains_at_every_precision(tmp_path, precision):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    options = {"accelerator": "cuda", "precision": precision, "deterministic": True}
    run, _ = run_once(tmp_path / "a", options)
    again, _ = run_once(tmp_path / "b", options)
    first, second = (read(last_file(r))["model"] for r in (run, again))
    assert all(torch.equal(value, second[key]) for key, value in first.items())
