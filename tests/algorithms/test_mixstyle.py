import pytest
import torch
from scipy.stats import beta
from torch import nn

from anigifs.algorithms.base import Batch, Context
from anigifs.algorithms.mixstyle import MixStyle, MixStyleConfig, mix_distribution, mix_moments
from anigifs.core.errors import ConfigError
from anigifs.models.config import ModelConfig, build_model


def features(seed=0):
    generator = torch.Generator().manual_seed(seed)
    scale = torch.tensor([1.0, 5.0, 0.2]).view(3, 1, 1)
    return torch.randn(3, 4, 60, generator=generator) * scale + scale


PARTNER = torch.tensor([1, 2, 0])


def weights(value):
    return torch.full((3, 1, 1), value)


@pytest.mark.parametrize("mix", [mix_moments, mix_distribution])
def test_with_all_weight_on_the_own_style_nothing_changes(mix):
    assert torch.allclose(mix(features(), PARTNER, weights(1.0)), features(), atol=1e-5)


def test_with_no_weight_the_moments_are_the_partners():
    mixed = mix_moments(features(), PARTNER, weights(0.0))
    assert torch.allclose(mixed.mean(2), features()[PARTNER].mean(2), atol=1e-4)
    assert torch.allclose(mixed.std(2), features()[PARTNER].std(2), rtol=1e-3)
    order = features().argsort(2)
    assert torch.equal(mixed.argsort(2), order), "the content, what is where, must stay"


def test_with_no_weight_the_distribution_is_the_partners():
    mixed = mix_distribution(features(), PARTNER, weights(0.0))
    assert torch.allclose(mixed.sort(2).values, features()[PARTNER].sort(2).values, atol=1e-5)
    assert torch.equal(mixed.argsort(2), features().argsort(2))


def test_half_a_weight_is_half_way():
    mixed = mix_moments(features(), PARTNER, weights(0.5))
    own, other = features(), features()[PARTNER]
    assert torch.allclose(mixed.mean(2), (own.mean(2) + other.mean(2)) / 2, atol=1e-4)


def test_no_gradient_flows_through_the_styles():
    """The gradient of a clip's sum is its own scaling alone: the partner's clip gets none."""
    given = features().requires_grad_()
    mix_moments(given, PARTNER, weights(0.0))[0].sum().backward()
    assert given.grad[1:].abs().max() == 0
    ratio = features().std(2)[1] / features().std(2)[0]
    assert torch.allclose(given.grad[0], ratio[:, None].expand(-1, 60), rtol=1e-3)


class Tap(nn.Module):
    def __init__(self):
        super().__init__()
        self.early, self.last_block = nn.Identity(), nn.Identity()
        self.seen = []

    def forward(self, clips):
        out = self.last_block(self.early(clips))
        self.seen.append(out)
        return out.mean((2, 3, 4))


def build(model, **options):
    context = Context(("a",), torch.Generator(), torch.Generator().manual_seed(2))
    return MixStyle(model, MixStyleConfig(**options), context)


def batch(count=4):
    scale = torch.arange(1.0, count + 1).view(-1, 1, 1, 1, 1) / count
    clips = torch.rand(count, 3, 2, 8, 8, generator=torch.Generator().manual_seed(0)) * scale
    return Batch(clips, torch.zeros(count, dtype=torch.int64))


def test_styles_are_mixed_in_the_share_of_batches_asked_for_and_never_in_prediction():
    model, given = Tap(), batch()
    algorithm = build(model, layers=("early",), alpha=5.0)
    for number in range(100):
        algorithm.step(given, number)
    mixed = sum(not torch.equal(out, given.clips) for out in model.seen)
    assert 35 < mixed < 65
    algorithm.predict(given.clips)
    assert torch.equal(model.seen[-1], given.clips)
    assert not model.early._forward_hooks


def varied(count):
    """Clips whose channels differ in mean, spread and shape of their distribution."""
    draw = torch.Generator().manual_seed(1)
    power, scale, shift = torch.rand(3, count, 3, 1, 1, 1, generator=draw) * 3
    clips = torch.rand(count, 3, 2, 8, 8, generator=draw) ** (power + 0.5) * scale + shift
    return Batch(clips, torch.zeros(count, dtype=torch.int64))


def moments(clips):
    flat = clips.flatten(2)
    return torch.cat([flat.mean(2), flat.std(2)], 1)


def ordered(clips):
    return clips.flatten(2).sort(2).values.flatten(1)


def borrowed(mixed, styles):
    """Of each clip (what is left unexplained, the partner, the own weight), by least squares."""
    return [
        (0.0, own, 1.0)
        if torch.allclose(mixed[own], styles[own], atol=1e-4)
        else min(_lent(mixed[own], styles[own], styles, other) for other in range(len(styles)))
        for own in range(len(styles))
    ]


def _lent(mixed, own, styles, other):
    line = own - styles[other]
    weight = line @ (mixed - styles[other]) / (line @ line).clamp(min=1e-9)
    return (styles[other] + weight * line - mixed).norm().item(), other, weight.item()


def mixes(batches, count, **options):
    """What each of so many batches borrowed, in the moments."""
    model, given = Tap(), varied(count)
    algorithm = build(model, layers=("early",), chance=1.0, **options)
    for number in range(batches):
        algorithm.step(given, number)
    return [borrowed(moments(out), moments(given.clips)) for out in model.seen]


def test_in_every_batch_each_clip_lends_its_style_to_one_and_to_another_than_before():
    found = mixes(20, 6, alpha=5.0)
    partners = [tuple(partner for _, partner, _ in batch) for batch in found]
    assert all(sorted(drawn) == list(range(6)) for drawn in partners)
    assert len(set(partners)) > 15
    assert max(rest for batch in found for rest, _, _ in batch) < 0.01


@pytest.mark.parametrize("alpha", [0.1, 5.0])
def test_weights_are_drawn_from_the_beta_distribution(alpha):
    """Every eighth clip is its own partner: its weight cannot be told and counts as 1."""
    weights = [weight for batch in mixes(60, 8, alpha=alpha) for _, _, weight in batch]
    between = sum(0.25 < weight < 0.75 for weight in weights) / len(weights)
    law = beta(alpha, alpha)
    assert between == pytest.approx((law.cdf(0.75) - law.cdf(0.25)) * 7 / 8, abs=0.06)


@pytest.mark.parametrize("exact", [False, True])
def test_exact_mixes_whole_distributions_and_not_only_their_moments(exact):
    model, given = Tap(), varied(6)
    build(model, layers=("early",), chance=1.0, alpha=5.0, exact=exact).step(given, 0)
    rest = [rest for rest, _, _ in borrowed(ordered(model.seen[0]), ordered(given.clips))]
    assert (max(rest) < 1e-3) == exact


def test_in_i3d_it_is_mixed_behind_the_layers_of_stride_4_and_8():
    torch.manual_seed(0)
    model = build_model(ModelConfig(width=0.0625), ("a", "b"))
    shapes = []
    algorithm = build(model, chance=1.0)
    for layer in algorithm._layers:
        layer.register_forward_hook(lambda _m, _i, out: shapes.append(out.shape[-1]))
    algorithm.step(Batch(torch.rand(2, 3, 8, 64, 64), torch.tensor([0, 1])), 0)
    assert shapes == [16, 8]


def test_what_the_augmentation_in_front_has_to_tell_is_logged():
    front = {"name": "worst-case", "every": 1, "trials": 1}
    logs = build(Tap(), layers=("early",), augment=front).step(batch(), 0).logs
    assert logs.keys() == {"worst-case/set", "worst-case/score"}


def test_an_unknown_layer_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match=r"'?Mixed_9z'?.*early"):
        build(Tap(), layers=("Mixed_9z",))
