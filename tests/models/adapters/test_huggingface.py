"""Video classifiers of the transformers library behind our contract."""

import json
import sys

import pytest
import torch
from torch import nn

from anigifs.core.errors import InputError, TrainingError
from anigifs.models.checkpoints.files import read_weights
from anigifs.models.config import ModelConfig, build_model

transformers = pytest.importorskip("transformers")

TINY = {
    "image_size": 32,
    "num_frames": 4,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}
NAMES = {"videomae": "VideoMAE", "timesformer": "Timesformer", "vivit": "Vivit"}
COLOURS = {
    "videomae": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    "timesformer": ([0.45] * 3, [0.225] * 3),
    "vivit": ([0.5] * 3, [0.5] * 3),
}


def tiny(name, classes=("a", "b", "c"), **changes):
    torch.manual_seed(0)
    model = build_model(ModelConfig(name=name, options=TINY, **changes), classes).eval()
    for weight in model.parameters():  # their initial weights are too small to tell cells apart
        nn.init.normal_(weight, std=0.2)
    return model


def clips():
    return torch.rand(2, 3, 4, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize("name", NAMES)
def test_the_logits_are_those_of_the_network_on_its_own_input(name):
    model = tiny(name)
    mean, std = (torch.tensor(values).reshape(1, 1, 3, 1, 1) for values in COLOURS[name])
    pixels = ((clips() + 1) / 2).transpose(1, 2)
    fresh = getattr(transformers, f"{NAMES[name]}ForVideoClassification")(model.net.config).eval()
    fresh.load_state_dict(model.net.state_dict())
    expected = fresh(pixel_values=(pixels - mean) / std).logits
    torch.testing.assert_close(model(clips()), expected)


@pytest.mark.parametrize(("name", "steps"), [("videomae", 2), ("timesformer", 4), ("vivit", 2)])
def test_a_cell_of_the_map_answers_to_its_own_frames_and_pixels(name, steps):
    """Attention mixes cells, but the residual path keeps most of a change where it was made."""
    model = tiny(name)
    bright = clips()
    bright[:, :, 2:, :16, 16:] += 1
    change = (model.features(bright) - model.features(clips())).abs().sum(1)[0]
    assert change.shape == (steps, 2, 2)
    inside = change[steps // 2 :, 0, 1]
    assert inside.min() > 2 * change[: steps // 2].max()
    assert inside.min() > 2 * change[:, 1, :].max()


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_of_another_size_is_refused_with_the_size_it_wants(name):
    with pytest.raises(InputError, match=r"clips of \(4, 32, 32\).*got \(4, 16, 16\).*num_frames"):
        tiny(name)(torch.zeros(1, 3, 4, 16, 16))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hidden_sise": 3}, r"unknown \['hidden_sise'\]; known: .*hidden_size"),
        ({**TINY, "num_attention_heads": 5}, "is not possible"),
        ({**TINY, "image_size": [32, 48]}, r"only square pictures"),
    ],
)
def test_a_wrong_option_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        build_model(ModelConfig(name="videomae", options=options), ("a",))


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_that_the_library_saved_is_read_and_its_head_matched(name, tmp_path, capsys):
    source = tiny(name, ("push up", "squat", "lunge"))
    source.net.save_pretrained(tmp_path)
    torch.manual_seed(3)
    config = ModelConfig(name=name, checkpoint=str(tmp_path))
    target = build_model(config, ("Lunge", "new")).eval()
    assert "1 classes taken, 1 new: new" in capsys.readouterr().err
    torch.testing.assert_close(target(clips())[:, 0], source(clips())[:, 2])
    torch.testing.assert_close(target.features(clips()), source.features(clips()))


def test_a_folder_without_a_head_says_so(tmp_path):
    source = tiny("videomae")
    source.net.videomae.save_pretrained(tmp_path)
    config = ModelConfig(name="videomae", checkpoint=str(tmp_path))
    with pytest.raises(TrainingError, match=r"no head.*say head = 'new'"):
        build_model(config, ("a", "b"))
    target = build_model(config.model_copy(update={"head": "new"}), ("a", "b")).eval()
    torch.testing.assert_close(target.features(clips()), source.features(clips()))
    assert target.net.fc_norm.weight.tolist() == [1] * 24


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(InputError, match="no folder of a video or image classifier"):
        build_model(ModelConfig(name="vivit", checkpoint=str(tmp_path)), ("a",))


def test_the_code_of_a_folder_is_never_run_and_nobody_is_asked(tmp_path, monkeypatch):
    ran = tmp_path / "ran"
    facts = {"model_type": "mine", "auto_map": {"AutoConfig": "code.Mine"}}
    (tmp_path / "config.json").write_text(json.dumps(facts))
    (tmp_path / "code.py").write_text(f"open({str(ran)!r}, 'w')\nclass Mine: pass\n")
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    with pytest.raises(InputError, match="no folder of a video or image classifier"):
        read_weights(tmp_path)
    assert not ran.exists()


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(InputError, match=r"pip install 'anigifs\[hf\]'"):
        build_model(ModelConfig(name="vivit"), ("a",))
