"""SAME padding from the run-time size."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from anigifs.models.same import SameConv3d, SameMaxPool3d, pool_by_slices, same_padding

sizes = st.tuples(*[st.integers(1, 11)] * 3)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "expected"),
    [
        (224, 7, 2, (2, 3)),  # the first convolution at the published size
        (225, 7, 2, (3, 3)),
        (112, 3, 2, (0, 1)),
        (7, 3, 2, (1, 1)),
        (14, 2, 2, (0, 0)),
        (5, 2, 2, (0, 1)),
        (9, 3, 1, (1, 1)),
        (9, 1, 1, (0, 0)),
    ],
)
def test_padding_by_hand(size, kernel, stride, expected):
    assert same_padding(size, kernel, stride) == expected


def padded(x, kernel, stride):
    """Zeros by hand, as METHODS has it: per dimension, front = total // 2."""
    pads = []
    for n, k, s in zip(x.shape[2:], kernel, stride, strict=True):
        total = max(k - s, 0) if n % s == 0 else max(k - n % s, 0)
        pads = [total // 2, total - total // 2, *pads]
    return F.pad(x, pads)


@given(size=sizes, kernel=st.sampled_from([1, 2, 3, 7]), stride=st.sampled_from([1, 2]))
def test_a_convolution_equals_one_on_a_map_padded_by_hand(size, kernel, stride):
    torch.manual_seed(0)
    conv = SameConv3d(2, 3, kernel, stride=stride)
    x = torch.randn(1, 2, *size)
    expected = F.conv3d(padded(x, [kernel] * 3, [stride] * 3), conv.weight, conv.bias, stride)
    assert expected.shape[2:] == tuple(-(-n // stride) for n in size)
    torch.testing.assert_close(conv(x), expected, atol=1e-5, rtol=1e-5)


@given(size=sizes, pairs=st.tuples(*[st.sampled_from([(1, 1), (2, 2), (3, 1), (3, 2)])] * 3))
def test_a_pool_equals_one_on_a_map_padded_with_zeros(size, pairs):
    torch.manual_seed(0)
    kernel, stride = zip(*pairs, strict=True)
    x = torch.randn(2, 3, *size).relu()
    for layout in (torch.contiguous_format, torch.channels_last_3d):
        pool = SameMaxPool3d(kernel, stride)(x.contiguous(memory_format=layout))
        assert torch.equal(pool, F.max_pool3d(padded(x, kernel, stride), kernel, stride))


@given(size=sizes, pairs=st.tuples(*[st.sampled_from([(1, 1), (2, 2), (3, 1), (3, 2)])] * 3))
def test_pooling_by_slices_has_the_same_values_and_gradient(size, pairs):
    torch.manual_seed(0)
    kernel, stride = zip(*pairs, strict=True)
    before = torch.randn(2, 3, *size)
    gradients = []
    for pool in (SameMaxPool3d(kernel, stride), lambda x: pool_by_slices(x, kernel, stride)):
        x = before.clone().requires_grad_()
        out = pool(x)
        (out * torch.arange(out.numel()).reshape(out.shape)).sum().backward()
        gradients.append((out.detach(), x.grad))
    (one, pull), (two, push) = gradients
    assert torch.equal(one, two)
    torch.testing.assert_close(pull, push)


@pytest.mark.gpu
def test_a_deterministic_gradient_is_to_be_had_on_a_gpu():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    torch.use_deterministic_algorithms(True)
    try:
        x = torch.rand(2, 3, 8, 9, 10, device="cuda", requires_grad=True)
        SameMaxPool3d((3, 3, 3), (2, 2, 2))(x).sum().backward()
    finally:
        torch.use_deterministic_algorithms(False)
    assert x.grad.sum() == 2 * 3 * 4 * 5 * 5
