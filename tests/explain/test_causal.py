import numpy as np
import pytest
import torch
from torch import nn

from anigifs.explain.causal import area, curves


class LooksLeft(nn.Module):
    """Class 0 as far as the left half is bright."""

    def forward(self, clips):
        left = clips[..., : clips.shape[-1] // 2].mean((1, 2, 3, 4))
        return torch.stack([8 * left - 4, torch.zeros_like(left)], 1)


def clip():
    return torch.ones(1, 3, 4, 32, 32)


def maps(left):
    half = torch.zeros(1, 2, 2, 2)
    half[..., 0 if left else 1] = 1.0
    return half


TARGET = torch.tensor([0])


def chance(left_mean):
    return 1 / (1 + np.exp(-(8 * left_mean - 4)))


def test_deleting_what_counts_loses_the_class_in_the_first_half():
    found = curves(LooksLeft(), clip(), maps(left=True), TARGET, steps=4).deletion[0]
    expected = [chance(1), chance(0.5), chance(0), chance(0), chance(0)]
    assert np.allclose(found, expected, atol=0.02)


def test_deleting_what_does_not_count_loses_it_in_the_second_half():
    found = curves(LooksLeft(), clip(), maps(left=False), TARGET, steps=4).deletion[0]
    expected = [chance(1), chance(1), chance(1), chance(0.5), chance(0)]
    assert np.allclose(found, expected, atol=0.02)


def test_insertion_starts_blurred_and_ends_with_the_clip():
    given = torch.rand(2, 3, 4, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    seen = []

    class Recorder(nn.Module):
        def forward(self, clips):
            seen.append(clips)
            return clips.mean((2, 3, 4))

    curves(Recorder(), given, maps(True).expand(2, -1, -1, -1), TARGET.expand(2), steps=2)
    first, last = seen[1], seen[-1]
    assert torch.equal(last, given)
    assert first.std() < 0.2 * given.std()
    assert torch.allclose(first.mean((3, 4)), given.mean((3, 4)), atol=0.02)
    assert torch.equal(seen[0], given)
    assert not seen[-2].any()


def test_a_map_that_is_right_scores_better_both_ways_than_one_that_is_wrong():
    given = clip() * torch.linspace(0.2, 1, 32).view(1, 1, 1, 32, 1)
    good, bad = (curves(LooksLeft(), given, maps(left), TARGET) for left in (True, False))
    assert area(good.deletion) < area(bad.deletion)


def test_the_area_is_that_of_trapezoids():
    curve = torch.rand(3, 11, generator=torch.Generator().manual_seed(0))
    expected = np.trapezoid(curve.double().numpy(), dx=0.1, axis=1)
    assert area(curve).tolist() == pytest.approx(expected.tolist(), abs=1e-6)


def test_the_model_is_left_in_its_mode():
    model = LooksLeft().train()
    curves(model, clip(), maps(True), TARGET, steps=1)
    assert model.training
