"""Video networks of torchvision behind our contract; run where a fitting torchvision is."""

import sys

import pytest
import torch

from anigifs.core.errors import InputError
from anigifs.models.adapters.torchvision import NETWORKS
from anigifs.models.config import ModelConfig, build_model


def torchvision_or_skip():
    try:
        return pytest.importorskip("torchvision")
    except RuntimeError as error:  # built for another torch
        pytest.skip(f"torchvision does not load: {error}")


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_the_logits_are_those_of_the_network_and_the_map_has_five_dimensions(name):
    torchvision_or_skip()
    from torchvision.models import get_model

    frames, side = (16, 224) if name in ("mvit_v2_s", "s3d") else (8, 64)
    torch.manual_seed(0)
    model = build_model(ModelConfig(name=name), ("a", "b", "c")).eval()
    assert len(model.head.weight) == 3
    fresh = get_model(name, weights=None, num_classes=3).eval()
    fresh.load_state_dict(model.net.state_dict())
    clips = torch.rand(1, 3, frames, side, side) * 2 - 1
    mean, std = (torch.tensor(v).reshape(1, 3, 1, 1, 1) for v in NETWORKS[name].colours)
    with torch.no_grad():
        expected = fresh(((clips + 1) / 2 - mean) / std)
        torch.testing.assert_close(model(clips), expected, atol=1e-4, rtol=1e-4)
        features = model.features(clips)
    assert features.dim() == 5
    assert features.shape[2] in (frames // 8, frames // 2)
    assert features.shape[3] == features.shape[4] in (side // 32, side // 16)


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    monkeypatch.setitem(sys.modules, "torchvision.models", None)
    with pytest.raises(InputError, match=r"pip install 'anigifs\[torchvision\]'"):
        build_model(ModelConfig(name="r3d_18"), ("a",))
