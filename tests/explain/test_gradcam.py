import pytest
import torch
from torch import nn

from anigifs.core.errors import InputError
from anigifs.explain.gradcam import grad_cam
from anigifs.models.config import ModelConfig, build_model
from tests.models.adapters.test_torchvision import torchvision_or_skip

attr = pytest.importorskip("captum.attr", reason="captum is the independent Grad-CAM")


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    small = build_model(ModelConfig(width=0.0625, output_stride=16), tuple("abcde"))
    with torch.no_grad():
        for _ in range(3):  # statistics that are not the fresh 0 and 1
            small(torch.rand(4, 3, 16, 32, 32) * 2 - 1)
    return small


@pytest.fixture
def clips():
    return torch.rand(3, 3, 16, 48, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1


LABELS = torch.tensor([4, 0, 2])


@pytest.mark.parametrize("layer", ["Mixed_5c", "Mixed_4b"])
def test_maps_agree_with_captum(model, clips, layer):
    block = model.get_submodule(layer)
    model.eval()
    expected = attr.LayerGradCam(model, block).attribute(clips, target=LABELS)
    maps = grad_cam(model, clips, LABELS, layer=block).maps
    assert expected.abs().max() > 0
    assert torch.allclose(maps, expected[:, 0], atol=1e-5 * expected.abs().max().item(), rtol=0)


@pytest.mark.parametrize("name", ["videomae", "timesformer"])
def test_maps_of_a_transformer_agree_with_captum(name):
    pytest.importorskip("transformers")
    tiny = {"image_size": 32, "num_frames": 4, "hidden_size": 24, "num_hidden_layers": 2}
    options = tiny | {"num_attention_heads": 2, "intermediate_size": 32}
    torch.manual_seed(0)
    transformer = build_model(ModelConfig(name=name, options=options), tuple("abcde")).eval()
    for module in transformer.modules():  # they start with all but equal outputs
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.2)
    clips = torch.rand(3, 3, 4, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    expected = attr.LayerGradCam(transformer, transformer.last_block).attribute(clips, LABELS)[:, 0]
    maps = grad_cam(transformer, clips, LABELS).maps
    assert maps.shape[2:] == (2, 2)
    assert torch.allclose(maps, expected, atol=1e-5 * expected.abs().max().item(), rtol=0)


def test_maps_of_a_network_that_works_frame_by_frame_agree_with_captum():
    pytest.importorskip("transformers")
    options = {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1]}
    torch.manual_seed(0)
    network = build_model(ModelConfig(name="resnet_frames", options=options), tuple("abcde")).eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    clips = torch.rand(3, 3, 4, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    expected = attr.LayerGradCam(network, network.last_block).attribute(clips, target=LABELS)
    maps = grad_cam(network, clips, LABELS).maps
    assert maps.shape[:2] == (3, 4)
    scale = expected.abs().max()
    assert scale > 0
    assert torch.allclose(maps, expected[:, 0], atol=1e-5 * scale.item(), rtol=0)


@pytest.mark.parametrize("name", ["r3d_18", "swin3d_t"])
def test_maps_of_a_torchvision_network_agree_with_captum(name):
    torchvision_or_skip()
    torch.manual_seed(0)
    network = build_model(ModelConfig(name=name), tuple("abcde")).eval()
    clips = torch.rand(3, 3, 8, 64, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    expected = attr.LayerGradCam(network, network.last_block).attribute(clips, target=LABELS)
    maps = grad_cam(network, clips, LABELS).maps
    assert expected.shape[2:] == maps.shape[1:]
    scale = expected.abs().max()
    assert torch.allclose(maps, expected[:, 0], atol=1e-5 * scale.item(), rtol=0)


def test_without_a_class_the_strongest_one_is_explained(model, clips):
    cam = grad_cam(model, clips)
    assert torch.equal(cam.maps, grad_cam(model, clips, cam.logits.argmax(1)).maps)
    model.eval()
    assert torch.allclose(cam.logits, model(clips))


def test_each_clip_has_the_map_it_has_alone(model, clips):
    together = grad_cam(model, clips, LABELS).maps
    alone = torch.cat([grad_cam(model, clips[i : i + 1], LABELS[i : i + 1]).maps for i in range(3)])
    assert torch.allclose(together, alone, atol=1e-6)


def test_modes_statistics_gradients_streams_and_hooks_stay_as_they_were(model, clips):
    model.train()
    model.Mixed_3b.eval()  # a frozen part must stay frozen
    state = {name: value.clone() for name, value in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    stream = torch.get_rng_state()
    grad_cam(model, clips, LABELS)
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())
    assert torch.equal(torch.get_rng_state(), stream)
    assert not any(module._forward_hooks for module in model.modules())
    assert torch.is_grad_enabled()


def test_an_error_inside_leaves_no_hook_and_the_mode(model):
    model.train()
    with pytest.raises(RuntimeError):
        grad_cam(model, torch.zeros(1, 7, 8, 32, 32))
    assert model.training
    assert torch.is_grad_enabled()
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_maps_can_be_made_where_gradients_are_off(model, clips, mode):
    expected = grad_cam(model, clips, LABELS).maps
    with mode():
        assert torch.equal(grad_cam(model, clips + 0, LABELS).maps, expected)
        assert not torch.is_grad_enabled()


def test_a_frozen_model_has_the_same_maps(model, clips):
    expected = grad_cam(model, clips, LABELS).maps
    model.requires_grad_(False)
    assert torch.equal(grad_cam(model, clips, LABELS).maps, expected)
    model.requires_grad_(True)


class Smooth(nn.Module):
    """A small network without kinks, so that finite differences mean something."""

    def __init__(self):
        super().__init__()
        self.last_block = nn.Sequential(nn.Conv3d(3, 4, 3), nn.Tanh())
        self.head = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 5))

    def forward(self, clips):
        return self.head(self.last_block(clips).mean((2, 3, 4)))


def test_with_a_graph_the_map_is_differentiable_down_to_the_pixels():
    torch.manual_seed(0)
    model, clip = Smooth().double(), torch.rand(1, 3, 4, 6, 6, dtype=torch.float64)

    def maps(clips):
        return grad_cam(model, clips, LABELS[:1], create_graph=True).maps

    assert torch.autograd.gradcheck(maps, (clip.requires_grad_(),))


def test_an_in_place_operation_behind_the_layer_does_not_change_the_map():
    torch.manual_seed(0)
    model, clip = Smooth(), torch.rand(1, 3, 4, 6, 6)
    conv = model.last_block[0]
    maps = []
    for inplace in (False, True):
        model.last_block = nn.Sequential(conv, nn.ReLU(inplace))
        maps.append(grad_cam(model, clip, LABELS[:1], layer=conv).maps)
    assert torch.equal(*maps)


def test_a_layer_that_gives_no_map_is_refused_by_name(model, clips):
    with pytest.raises(InputError, match=r"Conv3d.*did not run"):
        grad_cam(model, clips, layer=nn.Conv3d(1, 1, 1))
    with pytest.raises(InputError, match=r"\(3, 64, 1\)"):
        grad_cam(model, clips, layer=model.dropout)
