"""The frame-by-frame ResNet behind our contract, and under the APN head of RADA's authors."""

import pytest
import torch
from torch import nn

from anigifs.algorithms.apn import APN, APNConfig
from anigifs.algorithms.base import Context
from anigifs.models.config import ModelConfig, build_model

transformers = pytest.importorskip("transformers")

TINY = {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"}


def tiny(classes=("a", "b", "c"), **changes):
    torch.manual_seed(0)
    model = build_model(ModelConfig(name="resnet_frames", options=TINY, **changes), classes)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return model.eval()


def clips():
    return torch.rand(2, 3, 5, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_the_logits_are_the_mean_of_the_library_networks_logits_of_each_frame():
    model = tiny()
    mean, std = (
        torch.tensor(values).reshape(1, 3, 1, 1)
        for values in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    )
    fresh = transformers.ResNetForImageClassification(model.net.config).eval()
    fresh.load_state_dict(model.net.state_dict())
    each = [fresh(((clips()[:, :, t] + 1) / 2 - mean) / std).logits for t in range(5)]
    torch.testing.assert_close(model(clips()), torch.stack(each).mean(0))


def test_a_frame_changes_its_own_map_alone_and_their_order_changes_no_answer():
    model, other = tiny(), clips()
    other[:, :, 3] = -other[:, :, 3]
    moved = (model.features(other) - model.features(clips())).abs().amax((0, 1, 3, 4)) > 0
    assert moved.tolist() == [False, False, False, True, False]
    torch.testing.assert_close(model(clips().flip(2)), model(clips()))


def test_without_options_it_is_a_resnet_50():
    model = build_model(ModelConfig(name="resnet_frames"), ("a", "b"))
    body = sum(weight.numel() for weight in model.net.resnet.parameters())
    assert body == 23_508_032  # ResNet-50 without its classifier (He et al. 2016; torchvision)


def test_a_folder_of_an_image_classifier_is_read_and_its_head_matched(tmp_path, capsys):
    source = tiny(("push up", "squat", "lunge"))
    source.net.save_pretrained(tmp_path)
    torch.manual_seed(3)
    config = ModelConfig(name="resnet_frames", checkpoint=str(tmp_path))
    target = build_model(config, ("Lunge", "new")).eval()
    assert "1 classes taken, 1 new: new" in capsys.readouterr().err
    torch.testing.assert_close(target(clips())[:, 0], source(clips())[:, 2])


@pytest.mark.parametrize("training", [False, True])
def test_under_an_apn_its_frames_are_the_steps_that_are_related(training):
    context = Context(("a", "b", "c"), torch.Generator(), torch.Generator())
    net = APN(tiny(), APNConfig(hidden=16, dropout=0.0, probe=(5, 32)), context).train(training)
    with torch.no_grad():
        nn.init.normal_(net.project.weight)
    logits = net(clips())
    nn.functional.cross_entropy(logits, torch.tensor([0, 2])).backward()
    trained = {name for name, weight in net.named_parameters() if weight.grad is not None}
    assert "backbone.net.resnet.embedder.embedder.convolution.weight" in trained
    assert trained == {name for name, weight in net.named_parameters() if weight.requires_grad}
    assert not any("classifier" in name for name in trained if name.startswith("backbone"))
    if not training:
        assert (net(clips().flip(2)) - logits).abs().max() > 1e-3
