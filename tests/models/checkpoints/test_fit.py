"""Weights made elsewhere, put into a model: exactly, by class name, or not at all."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from anigifs.core.errors import InputError, TrainingError, UnknownName
from anigifs.models.checkpoints import load_checkpoint, save_weights
from anigifs.models.config import ModelConfig, build_model, build_new
from anigifs.models.i3d import I3D, Shape
from tests.models.checkpoints.writers import deepmind, hassony2, write_bundle

CLASSES = ("push up", "squat", "making jewelry", "lunge")


def network(seed, classes=CLASSES, gamma=False):
    """A small I3D with everything in it random, batch statistics too."""
    torch.manual_seed(seed)
    model = I3D(classes, Shape(0.125)).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.uniform_(module.bias, -0.1, 0.1)
            if gamma:
                torch.nn.init.uniform_(module.weight, 0.5, 2)
    return model


def write(kind, model, folder):
    """The path of `model`'s weights, written as programs of that kind do."""
    state = model.state_dict()
    file = folder / "weights.pt"
    if kind == "piergiovanni":
        torch.save(state, file)
    elif kind == "data-parallel":
        torch.save({"epoch": 3, "state_dict": {f"module.{n}": v for n, v in state.items()}}, file)
    elif kind == "safetensors":
        file = folder / "weights.safetensors"
        save_file(state, file)
    elif kind == "hassony2":
        torch.save(hassony2(state), file)
    elif kind == "deepmind":
        file = write_bundle(folder / "model.ckpt", deepmind(state))
    elif kind == "deepmind-k600":
        arrays = deepmind(state, prefix="", long_bn=True, momentum=True)
        file = write_bundle(folder / "model.ckpt", arrays)
    return file


KINDS = {
    "piergiovanni": "piergiovanni",
    "data-parallel": "piergiovanni",
    "safetensors": "piergiovanni",
    "hassony2": "hassony2",
    "deepmind": "deepmind",
    "deepmind-k600": "deepmind",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_round_trip_through_each_dialect_gives_equal_logits(kind, tmp_path):
    source = network(1, gamma=not kind.startswith("deepmind"))
    target = network(2, gamma=True)
    clip = torch.rand(1, 3, 16, 32, 32) * 2 - 1
    assert not torch.equal(target(clip), source(clip))
    fitted = load_checkpoint(target, write(kind, source, tmp_path), CLASSES)
    assert fitted.dialect == KINDS[kind]
    assert fitted.taken == CLASSES
    assert fitted.new == ()
    assert torch.equal(target(clip), source(clip))


def test_our_own_file_carries_its_classes(tmp_path):
    source, target = network(1, gamma=True), network(2)
    save_weights(source, tmp_path / "own.pt")
    load_checkpoint(target, tmp_path / "own.pt")
    clip = torch.rand(1, 3, 16, 32, 32)
    assert torch.equal(target(clip), source(clip))


def test_a_training_runs_checkpoint_gives_its_average_and_its_classes(tmp_path):
    last, average, target = network(1), network(3), network(2, classes=("squat", "x"))
    saved = {"format": 1, "step": 7, "classes": list(CLASSES), "model": last.state_dict()}
    torch.save(saved, tmp_path / "last.pt")
    load_checkpoint(target, tmp_path / "last.pt")
    assert torch.equal(target.head.weight[0], last.head.weight[1])
    torch.save(saved | {"average": average.state_dict()}, tmp_path / "best.pt")
    load_checkpoint(target, tmp_path / "best.pt")
    assert torch.equal(target.head.weight[0], average.head.weight[1])


def test_the_head_is_matched_by_class_name_and_not_by_index(tmp_path):
    source = network(1)
    target = network(2, classes=("Lunge", "new thing", "Making Jewellery"))
    before = target.head.weight.clone()
    fitted = load_checkpoint(target, write("hassony2", source, tmp_path), CLASSES)
    assert fitted.taken == ("Lunge", "Making Jewellery")
    assert fitted.new == ("new thing",)
    assert torch.equal(target.head.weight[0], source.head.weight[3])
    assert torch.equal(target.head.bias[2], source.head.bias[2])
    assert torch.equal(target.head.weight[1], before[1])
    assert "2 classes taken, 1 new: new thing" in str(fitted)


def test_a_new_head_needs_no_labels_and_takes_no_row(tmp_path):
    source, target = network(1), network(2, classes=("a", "b"))
    before = target.head.weight.clone()
    fitted = load_checkpoint(target, write("deepmind", source, tmp_path), head="new")
    assert torch.equal(target.head.weight, before)
    assert fitted.taken == ()
    assert torch.equal(target.Mixed_4f.b1b.conv3d.weight, source.Mixed_4f.b1b.conv3d.weight)


def unfit(kind, tmp_path):
    state = network(1).state_dict()
    if kind == "missing":
        del state["Mixed_4c.b2b.conv3d.weight"]
    elif kind == "extra":
        state["Mixed_6a.b0.conv3d.weight"] = torch.zeros(1)
    elif kind == "flow":
        state["Conv3d_1a_7x7.conv3d.weight"] = torch.zeros(8, 2, 7, 7, 7)
    elif kind == "wide":
        state = I3D(CLASSES, Shape(0.25)).state_dict()
    elif kind == "other":
        state = {"blocks.0.weight": torch.zeros(1)}
    elif kind == "headless":
        del state["logits.conv3d.bias"]
    torch.save(state, tmp_path / "unfit.pt")
    return tmp_path / "unfit.pt"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", r"Mixed_4c\.b2b\.conv3d\.weight is missing"),
        ("extra", r"no place for Mixed_6a\.b0\.conv3d\.weight"),
        ("flow", r"Conv3d_1a_7x7.*has shape \(8, 2, 7, 7, 7\), wanted \(8, 3, 7, 7, 7\)"),
        ("wide", r"has shape .* and \d+ more"),
        ("other", r"names its weights blocks\.0\.weight.*hassony2, deepmind"),
        ("headless", r"has no head \(logits\.conv3d\.bias\); say head = 'new'"),
    ],
)
def test_a_checkpoint_that_does_not_fit_says_which_keys_and_changes_nothing(
    kind, message, tmp_path
):
    model = network(2)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(TrainingError, match=message):
        load_checkpoint(model, unfit(kind, tmp_path), CLASSES)
    after = model.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "does not say which classes its 4 outputs are: give labels"),
        (("a", "b"), "has 4 outputs, but the labels are 2 names"),
    ],
)
def test_labels_that_do_not_name_the_head_are_refused(labels, message, tmp_path):
    file = write("piergiovanni", network(1), tmp_path)
    with pytest.raises(InputError, match=message):
        load_checkpoint(network(2), file, labels)


class Payload:
    """What a hostile file would run on loading."""

    def __reduce__(self):
        return (print, ("run",))


def test_a_file_that_would_run_code_is_refused_unread(tmp_path, capsys):
    torch.save({"state_dict": Payload()}, tmp_path / "evil.pt")
    with pytest.raises(InputError, match="no torch file of plain tensors"):
        load_checkpoint(network(1), tmp_path / "evil.pt")
    assert "run" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a file of weights", "no torch file of plain tensors"),
        (None, r"no checkpoint at .*give a \.pt, \.safetensors or TensorFlow"),
        ([1, 2], "no dictionary of tensors"),
        ({"a": 1}, r"\['a'\] are no tensors"),
    ],
)
def test_what_is_no_checkpoint_is_refused(content, message, tmp_path):
    file = tmp_path / "x.pt"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content is not None:
        torch.save(content, file)
    with pytest.raises(InputError, match=message):
        load_checkpoint(network(1), file)


def test_a_config_names_checkpoint_and_labels(tmp_path, capsys):
    names = tmp_path / "names.txt"
    names.write_text("\n".join(CLASSES) + "\n")
    file = write("piergiovanni", network(1), tmp_path)
    config = ModelConfig(width=0.125, checkpoint=str(file), labels=str(names))
    model = build_model(config, ("squat", "lunge"))
    assert torch.equal(model.head.weight[0], network(1).head.weight[1])
    assert "head: 2 classes taken, 0 new" in capsys.readouterr().err
    seen = []
    build_model(config, ("squat", "x"), seen.append)
    assert seen[0].new == ("x",)


def test_the_network_of_a_run_is_built_without_the_file_it_started_from():
    config = ModelConfig(width=0.125, checkpoint="/gone/weights.pt")
    assert build_new(config, CLASSES).classes == CLASSES
    with pytest.raises(InputError, match="no checkpoint at /gone/weights"):
        build_model(config, CLASSES)


def test_an_unknown_list_of_labels_is_refused_with_a_suggestion(tmp_path):
    file = write("piergiovanni", network(1), tmp_path)
    config = ModelConfig(width=0.125, checkpoint=str(file), labels="kinetics-60")
    with pytest.raises(UnknownName, match="Did you mean 'kinetics-600'"):
        build_model(config, CLASSES)


def test_a_dialect_is_recognised_by_its_names_alone(tmp_path):
    """The kernel of a TensorFlow file is (T, H, W, in, out): transposed as (4, 3, 0, 1, 2)."""
    source, target = network(1), network(2)
    arrays = deepmind(source.state_dict())
    stored = arrays["RGB/inception_i3d/Mixed_3b/Branch_1/Conv3d_0b_3x3/conv_3d/w"]
    load_checkpoint(target, write_bundle(tmp_path / "m", arrays), CLASSES)
    expected = np.transpose(stored, (4, 3, 0, 1, 2))
    np.testing.assert_array_equal(target.Mixed_3b.b1b.conv3d.weight.detach(), expected)
