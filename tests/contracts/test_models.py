"""What every backbone promises. A new entry in MODELS is tested here unasked."""

import copy

import pytest
import torch
from torch import nn

from anigifs.core.errors import InputError
from anigifs.models import MODELS
from anigifs.models.checkpoints import load_checkpoint, save_weights
from anigifs.models.config import ModelConfig, build_model
from anigifs.train.devices import to_channels_last_3d

CLASSES = ("push up", "squat", "lunge")
TRANSFORMER = {
    "image_size": 32,
    "num_frames": 4,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}
SMALL = {
    "i3d": {"width": 0.125, "output_stride": 16},
    "resnet_frames": {"options": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1]}},
    "timesformer": {"options": TRANSFORMER},
    "videomae": {"options": TRANSFORMER},
    "vivit": {"options": TRANSFORMER},
}
"""The smallest config of a model; without an entry here it is tested as it is by default."""
SIZES = {"mvit_v2_s": (16, 224), "s3d": (16, 224)}
"""Frames and pixels of a side where a network cannot do with 4 and 32."""


@pytest.fixture(
    params=[pytest.param(n, marks=[] if n in SMALL else pytest.mark.slow) for n in MODELS]
)
def name(request):
    return request.param


def build(name, seed=0):
    torch.manual_seed(seed)
    config = ModelConfig(name=name, **SMALL.get(name, {}))
    try:
        model = build_model(config, CLASSES).eval()
    except InputError as error:
        if "pip install" not in str(error):
            raise
        pytest.skip(str(error))
    for module in model.modules():  # some start so small that nothing can be told apart
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.2)
        elif isinstance(module, nn.Conv2d | nn.Conv3d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return model


def clips(name, count=2):
    frames, side = SIZES.get(name, (4, 32))
    generator = torch.Generator().manual_seed(1)
    return torch.rand(count, 3, frames, side, side, generator=generator) * 2 - 1


def test_logits_are_one_finite_row_a_clip_and_a_column_a_class(name):
    model = build(name)
    logits = model(clips(name))
    assert model.classes == CLASSES
    assert logits.shape == (2, 3)
    assert logits.dtype == torch.float32
    assert logits.isfinite().all()


def test_clips_of_a_batch_do_not_meet_in_eval_mode(name):
    model, batch = build(name), clips(name)
    torch.testing.assert_close(model(batch)[1:], model(batch[1:]), atol=1e-4, rtol=1e-4)


def test_the_batch_is_left_as_it_was(name):
    batch = clips(name, 1)
    before = batch.clone()
    build(name).train()(batch.repeat(2, 1, 1, 1, 1))
    build(name)(batch)
    assert torch.equal(batch, before)


def test_the_last_block_gives_out_the_feature_map(name):
    model, seen = build(name), []
    model.last_block.register_forward_hook(lambda _, __, out: seen.append(out))
    features = model.features(clips(name))
    assert features.dim() == 5
    assert len(features) == 2
    assert torch.equal(seen[0], features)


def test_every_class_has_a_gradient_at_the_last_block(name):
    model, seen = build(name), []
    model.last_block.register_forward_hook(lambda _, __, out: seen.append(out))
    logits = model(clips(name))
    for k in range(3):
        (gradient,) = torch.autograd.grad(logits[:, k].sum(), seen[0], retain_graph=True)
        assert gradient.shape == seen[0].shape
        assert gradient.abs().sum() > 0


def test_what_a_hook_changes_in_the_map_reaches_the_logits(name):
    model, batch = build(name), clips(name)
    free = model(batch)
    handle = model.last_block.register_forward_hook(lambda _, __, out: out * 0)
    masked = model(batch)
    assert not torch.allclose(masked, free, atol=1e-4)
    handle.remove()
    assert torch.equal(model(batch), free)


def test_with_channels_last_it_says_the_same(name):
    model, batch = build(name), clips(name)
    expected = model(batch)
    to_channels_last_3d(model)
    shown = batch.contiguous(memory_format=torch.channels_last_3d)
    torch.testing.assert_close(model(shown), expected, atol=1e-4, rtol=1e-4)


def test_the_loss_reaches_every_weight(name):
    model = build(name).train()
    nn.functional.cross_entropy(model(clips(name)), torch.tensor([0, 2])).backward()
    assert [n for n, weight in model.named_parameters() if weight.grad is None] == []


def test_the_head_has_a_row_a_class(name):
    model = build(name)
    assert len(model.head.weight) == len(model.head.bias) == 3
    assert any(module is model.head for module in model.modules())


def test_weights_written_and_read_again_give_the_same_logits(name, tmp_path):
    source, target = build(name), build(name, seed=5)
    save_weights(source, tmp_path / "own.pt")
    fitted = load_checkpoint(target, tmp_path / "own.pt")
    assert fitted.taken == CLASSES
    assert torch.equal(target(clips(name)), source(clips(name)))


def test_a_copy_is_a_model_of_its_own(name):
    model = build(name)
    twin = copy.deepcopy(model)
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
    seen = []
    twin.last_block.register_forward_hook(lambda _, __, out: seen.append(out))
    assert torch.equal(twin(clips(name)), build(name)(clips(name)))
    assert len(seen) == 1


def test_the_same_seed_gives_the_same_weights(name):
    one, two = (build(name).state_dict() for _ in range(2))
    assert all(torch.equal(one[key], two[key]) for key in one)
