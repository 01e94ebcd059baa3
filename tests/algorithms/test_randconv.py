import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from scipy.special import rel_entr, softmax
from torch import nn

from anigifs.algorithms.base import Batch, Context
from anigifs.algorithms.randconv import (
    RandConv,
    RandConvConfig,
    disagreement,
    draw_kernel,
    through,
)


class Recorder(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, -1.0]))
        self.seen = []

    def forward(self, clips):
        self.seen.append(clips.detach().clone())
        return clips.mean((1, 2, 3, 4))[:, None] * self.weight


def build(**options):
    context = Context(("a", "b"), torch.Generator(), torch.Generator().manual_seed(5))
    return RandConv(Recorder(), RandConvConfig(**options), context)


def batch():
    clips = torch.rand(2, 3, 3, 12, 10, generator=torch.Generator().manual_seed(0)) * 2 - 1
    return Batch(clips, torch.tensor([0, 1]))


def test_every_frame_goes_through_the_same_kernel():
    clips, kernel = batch().clips, draw_kernel(torch.Generator().manual_seed(1))
    out = through(clips, kernel)
    for b, t in [(0, 0), (1, 2)]:
        expected = sum(
            correlate2d(clips[b, c, t], kernel[1, c], mode="same", boundary="fill")
            for c in range(3)
        )
        assert np.allclose(out[b, 1, t], expected, atol=1e-5)


def test_kernels_have_all_sides_and_keep_the_scale_of_noise():
    rng = torch.Generator().manual_seed(0)
    kernels = [draw_kernel(rng) for _ in range(400)]
    sides = [kernel.shape[-1] for kernel in kernels]
    assert all(70 < sides.count(side) < 130 for side in (1, 3, 5, 7))
    power = np.mean([kernel.square().sum((1, 2, 3)).mean().item() for kernel in kernels])
    assert power == pytest.approx(1, abs=0.1)


def test_disagreement_is_the_sum_of_distances_to_the_mean():
    logits = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0)) * 2
    p = softmax(logits.double().numpy(), axis=2)
    expected = rel_entr(p, p.mean(0)).sum((0, 2)).mean()
    assert disagreement(logits).item() == pytest.approx(expected, rel=1e-4)
    assert disagreement(logits[:1].expand(3, -1, -1)).item() == pytest.approx(0, abs=1e-6)


def test_the_loss_is_that_of_the_first_draw_and_the_weighted_disagreement():
    algorithm, given = build(chance=1.0, mix=False), batch()
    step = algorithm.step(given, 0)
    draws = algorithm.model.seen[0].view(3, 2, 3, 3, 12, 10)
    assert not torch.equal(draws[0], draws[1])
    logits = torch.stack([algorithm.model(clips) for clips in draws])
    task = nn.functional.cross_entropy(logits[0], given.labels)
    assert step.loss.item() == pytest.approx((task + 10 * disagreement(logits)).item(), rel=1e-5)


def test_without_consistency_there_is_one_draw_and_half_of_the_batches_stay():
    algorithm, given = build(consistency=0), batch()
    for number in range(100):
        algorithm.step(given, number)
    same = sum(torch.equal(clips, given.clips) for clips in algorithm.model.seen)
    assert 35 < same < 65
    assert all(clips.shape == given.clips.shape for clips in algorithm.model.seen)


def test_mixing_lies_between_the_clip_and_the_convolution():
    given, rng = batch(), torch.Generator().manual_seed(5)
    torch.rand((), generator=rng)
    seen = through(given.clips, draw_kernel(rng))
    edited = build(chance=1.0).augment(given, 0).clips
    share = (edited - seen) / (given.clips - seen)
    assert share.std() < 1e-2
    assert 0 < share.median() < 1
