"""A flat Inception-v1, inflated, sees in a still video what it saw in the picture."""

import pytest
import torch
from torch.nn import functional as F

from anigifs.models.checkpoints import load_checkpoint
from anigifs.models.checkpoints.inflate import inflate
from anigifs.models.i3d import I3D, Shape
from tests.models.checkpoints.writers import kernel, place_of, write_bundle

BRANCHES = {"b0": 1, "b1a": 1, "b1b": 3, "b2a": 1, "b2b": 3, "b3b": 1}
GOOGLENET = {
    "b0": "branch1",
    "b1a": "branch2.0",
    "b1b": "branch2.1",
    "b2a": "branch3.0",
    "b2b": "branch3.1",
    "b3b": "branch4.1",
}
INCEPTION = {
    "Mixed_3b": "inception3a",
    "Mixed_3c": "inception3b",
    "Mixed_4b": "inception4a",
    "Mixed_4c": "inception4b",
    "Mixed_4d": "inception4c",
    "Mixed_4e": "inception4d",
    "Mixed_4f": "inception4e",
    "Mixed_5b": "inception5a",
    "Mixed_5c": "inception5b",
    "Conv3d_1a_7x7": "conv1",
    "Conv3d_2b_1x1": "conv2",
    "Conv3d_2c_3x3": "conv3",
}


def flat_weights():
    """One unit of a small flat network by our unit name: kernel, beta, mean, variance."""
    torch.manual_seed(0)
    found = {}
    for name, value in I3D(("a",), Shape(0.125)).state_dict().items():
        if name.endswith("conv3d.weight") and not name.startswith("logits"):
            out, inputs, _, h, w = value.shape
            spread = (2 / (inputs * h * w)) ** 0.5
            parts = torch.randn(out, inputs, h, w) * spread, torch.rand(out), torch.rand(out) - 0.5
            found[name.removesuffix(".conv3d.weight")] = (*parts, torch.rand(out) + 0.5)
    return found


def same(x, k, s):
    pads = []
    for n in x.shape[2:]:
        total = max(k - s, 0) if n % s == 0 else max(k - n % s, 0)
        pads = [total // 2, total - total // 2, *pads]
    return F.pad(x, pads)


def flat_features(weights, picture):
    """The picture's last feature map, by a network that knows nothing of ours."""

    def unit(x, name, stride=1):
        conv, beta, mean, variance = weights[name]
        x = F.conv2d(same(x, conv.shape[-1], stride), conv, stride=stride)
        return F.batch_norm(x, mean, variance, None, beta, eps=1e-3).relu()

    def pool(x, k, s):
        return F.max_pool2d(same(x, k, s), k, s)

    def mixed(x, name):
        b = {branch: f"{name}.{branch}" for branch in BRANCHES}
        one = unit(unit(x, b["b1a"]), b["b1b"])
        two = unit(unit(x, b["b2a"]), b["b2b"])
        return torch.cat([unit(x, b["b0"]), one, two, unit(pool(x, 3, 1), b["b3b"])], 1)

    x = pool(unit(picture, "Conv3d_1a_7x7", 2), 3, 2)
    x = pool(unit(unit(x, "Conv3d_2b_1x1"), "Conv3d_2c_3x3"), 3, 2)
    x = pool(mixed(mixed(x, "Mixed_3b"), "Mixed_3c"), 3, 2)
    for letter in "bcdef":
        x = mixed(x, f"Mixed_4{letter}")
    return mixed(mixed(pool(x, 2, 2), "Mixed_5b"), "Mixed_5c")


def googlenet(weights, folder):
    state = {"fc.weight": torch.zeros(5, 8), "fc.bias": torch.zeros(5)}
    for unit, (conv, beta, mean, variance) in weights.items():
        block, _, branch = unit.partition(".")
        place = ".".join(filter(None, [INCEPTION[block], GOOGLENET.get(branch)]))
        state[f"{place}.conv.weight"] = conv
        state[f"{place}.bn.weight"] = torch.ones_like(beta)
        state[f"{place}.bn.bias"] = beta
        state[f"{place}.bn.running_mean"] = mean
        state[f"{place}.bn.running_var"] = variance
        state[f"{place}.bn.num_batches_tracked"] = torch.tensor(1)
    torch.save(state, folder / "googlenet.pt")
    return folder / "googlenet.pt"


def slim(weights, folder):
    arrays = {"InceptionV1/Logits/Conv2d_0c_1x1/biases": torch.zeros(5).numpy()}
    for unit, (conv, beta, mean, variance) in weights.items():
        place = "InceptionV1/InceptionV1/" + place_of(unit).replace("Conv3d", "Conv2d")
        arrays[f"{place}/weights"] = kernel(conv)
        arrays[f"{place}/BatchNorm/beta"] = beta.numpy()
        arrays[f"{place}/BatchNorm/moving_mean"] = mean.numpy()
        arrays[f"{place}/BatchNorm/moving_variance"] = variance.numpy()
    return write_bundle(folder / "inception_v1", arrays)


@pytest.mark.parametrize(
    ("write", "dialect"), [(googlenet, "torchvision-googlenet"), (slim, "tf-slim")]
)
def test_a_still_video_gives_the_flat_networks_features_far_from_its_ends(write, dialect, tmp_path):
    weights = flat_weights()
    model = I3D(("a",), Shape(0.125)).eval()
    fitted = load_checkpoint(model, write(weights, tmp_path))
    assert (fitted.dialect, fitted.new) == (dialect, ("a",))
    picture = torch.rand(1, 3, 40, 48) * 2 - 1
    expected = flat_features(weights, picture)
    # The network looks 99 frames far, so the middle of 136 frames sees no end.
    features = model.features(picture[:, :, None].expand(-1, -1, 136, -1, -1))
    assert features.shape == (1, 128, 17, 2, 2)
    torch.testing.assert_close(features[:, :, 8], expected, atol=1e-4, rtol=1e-4)
    assert expected.std() > 0.01
    assert not torch.allclose(features[:, :, 0], expected, atol=1e-2)


def test_an_inflated_kernel_repeats_and_keeps_its_sum():
    flat = torch.rand(2, 3, 5, 5)
    deep = inflate(flat, 7)
    assert deep.shape == (2, 3, 7, 5, 5)
    assert torch.equal(deep[:, :, 0], deep[:, :, 6])
    torch.testing.assert_close(deep.sum(2), flat)
