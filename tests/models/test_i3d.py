"""I3D: the published counts and shapes, and small versions of it."""

import pytest
import torch
from torch import nn

from anigifs.core.errors import InputError, UnknownName
from anigifs.models.config import ModelConfig, build_model
from anigifs.models.i3d import I3D, MIXED


def published(classes):
    with torch.device("meta"):
        return I3D(tuple(f"class {i}" for i in range(classes))).eval()


def small(**changes):
    torch.manual_seed(0)
    config = ModelConfig(width=0.125, **changes)
    return build_model(config, ("a", "b", "c")).eval()


@pytest.mark.parametrize(("classes", "count"), [(400, 12_689_984), (600, 12_894_984)])
def test_the_published_number_of_parameters_without_gamma(classes, count):
    model = published(classes)
    gammas = sum(m.weight.numel() for m in model.modules() if isinstance(m, nn.BatchNorm3d))
    assert sum(weight.numel() for weight in model.parameters()) - gammas == count


@pytest.mark.parametrize(("frames", "giga", "steps"), [(40, 69.5, 5), (64, 111.2, 8)])
def test_the_published_multiplications_and_shapes(frames, giga, steps):
    model, macs = published(600), []
    for layer in model.modules():
        if isinstance(layer, nn.Conv3d):
            layer.register_forward_hook(
                lambda layer, _, out: macs.append(out.numel() * layer.weight[0].numel())
            )
    clip = torch.empty(1, 3, frames, 224, 224, device="meta")
    assert model(clip).shape == (1, 600)
    assert sum(macs) / 1e9 == pytest.approx(giga, abs=0.05)
    assert model.features(clip).shape == (1, 1024, steps, 7, 7)


def test_the_layers_have_the_names_of_the_pytorch_port():
    names = set(published(4).state_dict())
    unit = {"conv3d.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"}
    assert {f"Conv3d_1a_7x7.{name}" for name in unit} <= names
    assert {f"Mixed_5b.b2b.{name}" for name in unit} <= names
    assert {"logits.conv3d.weight", "logits.conv3d.bias"} <= names
    assert len(names) == 57 * 6 + 2  # 57 units, one of six entries being num_batches_tracked


@pytest.mark.parametrize(
    ("stride", "side", "cells"), [(32, 224, 7), (32, 64, 2), (16, 128, 8), (16, 112, 7), (8, 64, 8)]
)
def test_output_stride_sets_the_cells_of_the_last_map_and_no_weight(stride, side, cells):
    model = small(output_stride=stride)
    features = model.features(torch.zeros(1, 3, 8, side, side))
    assert features.shape == (1, 128, 1, cells, cells)
    assert model.state_dict().keys() == small().state_dict().keys()


def test_logits_are_the_mean_over_windows_of_two_time_steps():
    model, clip = small(), torch.rand(2, 3, 20, 32, 32) * 2 - 1
    pooled = nn.functional.avg_pool3d(model.features(clip), (2, 1, 1), 1)
    assert pooled.shape[2] == 2
    torch.testing.assert_close(model(clip), model.logits(pooled).mean((2, 3, 4)))


@pytest.mark.parametrize("size", [(1, 17, 23), (3, 1, 1), (16, 64, 96)])
def test_any_size_of_clip_gives_logits(size):
    assert small()(torch.zeros(1, 3, *size)).shape == (1, 3)


def test_the_last_block_returns_the_features():
    model, seen = small(), []
    model.last_block.register_forward_hook(lambda _, __, out: seen.append(out))
    features = model.features(torch.rand(1, 3, 8, 32, 32))
    assert seen[0] is features


def test_channels_last_gives_the_same_logits_and_stays_channels_last():
    model, clip = small(), torch.rand(2, 3, 16, 48, 48)
    expected = model(clip)
    model.to(memory_format=torch.channels_last_3d)
    fast = clip.contiguous(memory_format=torch.channels_last_3d)
    torch.testing.assert_close(model(fast), expected, atol=1e-5, rtol=1e-4)
    assert model.features(fast).is_contiguous(memory_format=torch.channels_last_3d)


def test_width_scales_every_channel_count():
    model = small()
    assert model.Mixed_5c.outputs == sum(MIXED["Mixed_5c"][i] for i in (0, 2, 4, 5)) // 8
    tiny = build_model(ModelConfig(width=0.01), ("a",))
    assert tiny.Mixed_3b.b2a.conv3d.out_channels == 1


@pytest.mark.parametrize(
    ("classes", "message"), [((), "at least one class"), (("a", "b", "a"), r"twice: \['a'\]")]
)
def test_an_unusable_class_list_is_refused(classes, message):
    with pytest.raises(InputError, match=message):
        build_model(ModelConfig(), classes)


def test_an_unknown_model_is_refused_with_a_suggestion():
    with pytest.raises(UnknownName, match="Did you mean 'i3d'"):
        build_model(ModelConfig(name="i3f"), ("a",))
