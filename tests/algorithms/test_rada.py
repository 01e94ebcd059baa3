from itertools import combinations

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy, scaled_dot_product_attention

from anigifs.algorithms.apn import APN, APNConfig, Attention, Dropout, Transformer
from anigifs.algorithms.base import Batch, Context
from anigifs.algorithms.rada import RADA, RADAConfig
from anigifs.core.errors import InputError
from anigifs.models.config import ModelConfig, build_model

CLASSES = ("a", "b", "c")


class Frames(nn.Module):
    """A backbone that works frame by frame: one feature vector each."""

    classes = CLASSES

    def __init__(self):
        super().__init__()
        self.last_block = nn.Sequential(nn.Conv3d(3, 6, (1, 3, 3), padding=(0, 1, 1)), nn.ReLU())
        self.head = nn.Linear(6, 3)

    def features(self, clips):
        return self.last_block(clips)

    def forward(self, clips):
        return self.head(self.features(clips).mean((2, 3, 4)))


def context():
    return Context(CLASSES, torch.Generator().manual_seed(1), torch.Generator().manual_seed(2))


def apn(segments=4, **options):
    torch.manual_seed(0)
    config = APNConfig(segments=segments, hidden=16, probe=(4, 16), **options)
    built = APN(Frames(), config, context())
    nn.init.normal_(built.project.weight)
    return built


def clips(frames=4, count=2):
    return torch.rand(count, 3, frames, 8, 8, generator=torch.Generator().manual_seed(3)) * 2 - 1


def test_the_heads_add_every_smaller_scale_to_the_whole_sequence():
    """In eval mode, with all relations written out one by one."""
    net = apn().eval()
    with torch.no_grad():
        steps = net.project(net.features(clips()).mean((3, 4)).transpose(1, 2))
        whole = net.transformer(steps, steps)
        cross = torch.zeros_like(whole)
        for size in (3, 2):
            relations = [steps[:, list(choice)] for choice in combinations(range(4), size)]
            read = [net.transformer(net.transformer(r, r), whole) for r in relations]
            cross += torch.stack(read).mean(0)
        heads = net.heads(clips())
    assert torch.allclose(heads.features_cross, cross.flatten(1), atol=1e-5)
    assert torch.allclose(heads.features_all, (whole + cross).flatten(1), atol=1e-5)
    assert torch.allclose(heads.logits_cross, net.classifier(cross.flatten(1).relu()), atol=1e-5)
    assert torch.allclose(net(clips()), heads.logits_all)


def test_in_training_one_relation_of_each_scale_is_drawn():
    net = apn(dropout=0.0)
    outputs = {tuple(net(clips())[0].tolist()) for _ in range(60)}
    assert 2 < len(outputs) <= 4 * 6, "four choices of three steps, six of two"


def test_the_order_of_the_steps_matters():
    net = apn().eval()
    with torch.no_grad():
        assert not torch.allclose(net(clips()), net(clips().flip(2)), atol=1e-3)


def test_steps_are_picked_with_equal_spacing():
    net = apn(segments=3).eval()
    given = torch.zeros(1, 3, 7, 8, 8)
    given[:, :, [0, 3, 6]] = clips(3, 1)
    with torch.no_grad():
        assert torch.allclose(net(given), net(clips(3, 1)), atol=1e-6)


def test_the_backbones_own_head_is_gone_and_every_weight_learns():
    for backbone in (Frames(), build_model(ModelConfig(width=0.0625), CLASSES)):
        config = APNConfig(hidden=16, segments=3, probe=(8, 32))
        net = APN(backbone, config, context())
        net(torch.rand(2, 3, 16, 32, 32)).sum().backward()
        assert all(weight.grad is not None for weight in net.parameters())
        with torch.no_grad():
            features = net.features(torch.rand(1, 3, 16, 32, 32))
        assert net.project.in_features == features.shape[1]


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_torchs_on_each_of_four_heads(causal):
    torch.manual_seed(0)
    look = Attention(APNConfig(hidden=32), torch.Generator(), causal).eval()
    queries = torch.randn(2, 5, 32)
    memory = queries if causal else torch.randn(2, 3, 32)
    with torch.no_grad():
        q, k, v = look.query(queries), look.key(memory), look.value(memory)
        heads = [part.chunk(4, 2) for part in (q, k, v)]
        found = [
            scaled_dot_product_attention(*head, is_causal=causal)
            for head in zip(*heads, strict=True)
        ]
        expected = look.norm(queries + torch.cat(found, 2))
        assert torch.allclose(look(queries, memory), expected, atol=1e-6)
    assert all(part.min() == 0 for part in (q, k, v)), "rectified"


def test_a_step_reads_the_steps_before_it_and_all_of_the_memory():
    torch.manual_seed(0)
    block = Transformer(APNConfig(hidden=16), torch.Generator()).eval()
    memory, reader = torch.randn(1, 3, 16), torch.randn(1, 4, 16)
    later, last = reader.clone(), memory.clone()
    later[:, 2] += 1
    last[:, 2] += torch.randn(16)
    with torch.no_grad():
        out = block(memory, reader)
        changed = (block(memory, later) - out).abs().amax((0, 2)) > 1e-6
        told = (block(last, reader) - out).abs().amax((0, 2)) > 1e-6
    assert changed.tolist() == [False, False, True, True]
    assert told.all()


def test_weights_that_are_frozen_stay_so_and_stay_in_place():
    backbone, free = Frames(), apn()
    backbone.load_state_dict(
        {**free.backbone.state_dict(), **backbone.head.state_dict(prefix="head.")}
    )
    for weight in backbone.last_block.parameters():
        weight.requires_grad_(False)
    net = APN(backbone, APNConfig(hidden=16, probe=(4, 16)), context())
    assert not any(weight.requires_grad for weight in net.backbone.parameters())
    assert torch.equal(net.features(clips()), free.features(clips()))
    net(clips()).sum().backward()
    assert net.project.weight.grad is not None


def test_its_dropout_is_that_of_torch_but_for_the_stream():
    x = torch.ones(200, 50)
    drop = Dropout(0.3, torch.Generator().manual_seed(0))
    out = drop(x)
    assert out.unique().tolist() == pytest.approx([0.0, 1 / 0.7])
    assert out.mean() == pytest.approx(1, abs=0.03)
    assert torch.equal(drop.eval()(x), x)


def rada(**options):
    torch.manual_seed(0)
    config = RADAConfig(**{"hidden": 16, "segments": 3, "probe": (4, 16), "lr": 5.0, **options})
    method = RADA(Frames(), config, context())
    nn.init.normal_(method._apn.project.weight)
    return method


def batch():
    return Batch(clips(3), torch.tensor([0, 2]))


@pytest.mark.parametrize("head", [0, 1])
def test_each_attack_raises_the_loss_of_its_own_head(head):
    method, given = rada(), batch()
    attacked = method._attack(given, head)
    with torch.no_grad():
        heads = [method._apn.eval().heads(c) for c in (given.clips, attacked)]
    before, after = (
        cross_entropy((h.logits_all, h.logits_cross)[head], given.labels) for h in heads
    )
    assert after > before + 0.01


@pytest.mark.parametrize("head", [0, 1])
def test_a_large_alpha_keeps_the_features_where_they_were(head):
    given, moved = batch(), []
    for alpha in (0.0, 1e3):
        method = rada(alpha=alpha, lr=0.01)
        attacked = method._attack(given, head)
        with torch.no_grad():
            heads = [method._apn.eval().heads(c) for c in (given.clips, attacked)]
        home, away = ((h.features_all, h.features_cross)[head] for h in heads)
        moved.append((away - home).square().mean().item())
    assert moved[1] < moved[0]


def climbed(apn, given, logits, features, alpha):
    """Two steps of length 5, written out from the formula of docs/methods/rada.md."""
    home = getattr(apn.heads(given.clips), features).detach()
    moved = given.clips
    for _ in range(2):
        moved = moved.detach().requires_grad_()
        heads = apn.heads(moved)
        hard = cross_entropy(getattr(heads, logits), given.labels, reduction="sum")
        away = (getattr(heads, features) - home).square().mean(1).sum()
        (hard - alpha * away).backward()
        moved = (moved + 5 * moved.grad).clamp(-1, 1)
    return moved.detach()


def test_an_attacked_batch_is_the_clips_and_the_attack_on_each_of_the_heads():
    method, given = rada(every=1, steps=2, alpha=0.5), batch()
    apn, seen = method._apn, []
    apn.eval()
    first = climbed(apn, given, "logits_all", "features_all", 0.5)
    second = climbed(apn, given, "logits_cross", "features_cross", 0.5)
    apn.train()
    apn.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    logs = method.step(given, 0).logs
    clean, attacked, other = seen[-1].chunk(3)
    assert torch.equal(clean, given.clips)
    torch.testing.assert_close(attacked, first)
    torch.testing.assert_close(other, second)
    assert not torch.allclose(first, second, atol=1e-3)
    moved = (torch.cat([first, second]) - given.clips.repeat(2, 1, 1, 1, 1)).abs().mean()
    assert logs["rada/moved"] == pytest.approx(moved.item(), rel=1e-4)


def test_the_batch_is_tripled_in_the_last_step_of_every_period_only():
    method, sizes = rada(every=3), []
    method.model.register_forward_hook(lambda _m, _i, out: sizes.append(len(out)))
    for number in range(6):
        method.step(batch(), number)
    assert sizes == [2, 2, 6, 2, 2, 6]


def test_a_backbone_that_cannot_take_the_probe_says_so():
    class Fixed(Frames):
        def features(self, clips):
            if clips.shape[3] != 32:
                raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
            return super().features(clips)

    with pytest.raises(InputError, match="probe"):
        APN(Fixed(), APNConfig(), context())
    APN(Fixed(), APNConfig(probe=(4, 32)), context())
