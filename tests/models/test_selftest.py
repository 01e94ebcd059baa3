"""The numeric test of conv3d finds a wrong kernel and passes a right one."""

import pytest
import torch
from torch.nn import functional as F

from anigifs.core.errors import TrainingError
from anigifs.core.machine import State
from anigifs.models import selftest
from anigifs.models.selftest import TOLERANCE, conv3d_error, devices, require_conv3d


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_cpu_is_within_the_tolerance(dtype):
    assert conv3d_error("cpu", dtype) <= TOLERANCE[dtype]
    require_conv3d("cpu", dtype)


def test_low_precision_is_seen_as_such():
    assert conv3d_error("cpu", torch.float32) < 1e-5
    assert conv3d_error("cpu", torch.bfloat16) > 1e-4


def one_tap_lost(clip, weight, padding):
    keep = torch.ones_like(weight)
    keep[..., -1, -1] = 0
    return F.conv3d(clip, weight * keep, padding=padding)


def wrong_gradient(clip, weight, padding):
    return F.conv3d(clip, 1.1 * weight - 0.1 * weight.detach(), padding=padding)


def one_nan(clip, weight, padding):
    out = F.conv3d(clip, weight, padding=padding)
    return torch.where(out == out.max(), torch.nan, out)


def wrong_channels_last(clip, weight, padding):
    last = clip.is_contiguous(memory_format=torch.channels_last_3d)
    return F.conv3d(clip, weight, padding=padding) * (1.1 if last else 1)


@pytest.mark.parametrize("wrong", [one_tap_lost, wrong_gradient, one_nan, wrong_channels_last])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_wrong_kernel_is_found(wrong, dtype):
    assert not conv3d_error("cpu", dtype, wrong) <= TOLERANCE[dtype]


def test_training_is_refused_where_it_would_be_wrong(monkeypatch):
    monkeypatch.setattr(selftest, "conv3d_error", lambda device, dtype: float("nan"))
    with pytest.raises(TrainingError, match=r"wrong by nan.*another precision.*cuDNN 9\.8"):
        require_conv3d("cpu", torch.bfloat16)
    assert [f.state for f in devices() if f.name.startswith("conv3d")] == [State.BAD, State.BAD]


def test_every_device_is_listed_with_its_precisions():
    names = [finding.name for finding in devices()]
    assert names[:4] == ["version", "cpu", "conv3d float32 on cpu", "conv3d bfloat16 on cpu"]


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_gpu_is_within_the_tolerance(dtype):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    assert conv3d_error("cuda", dtype) <= TOLERANCE[dtype]
