"""Predicting real GIF files with tiny models: labels by name, broken files, resuming."""

import numpy as np
import pytest
import torch
from torch import nn

from anigifs.core.errors import ProtocolError
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.evaluate.forward import PredictConfig, Subject
from anigifs.evaluate.predict import predict, predict_files, predict_to
from anigifs.evaluate.predictions import read_predictions
from anigifs.evaluate.score import score_runs
from anigifs.media.encode import encode_gif
from anigifs.media.sampling import SamplingConfig
from anigifs.media.view import ViewConfig

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
VIEW = ViewConfig(sampling=SamplingConfig(frames=4), side_px=16, short_side_px=16)


class Colour(nn.Module):
    """Names a clip's colour; counts the batches and checks what it is given."""

    def __init__(self, classes):
        super().__init__()
        order = ["red", "green", "blue"]
        picks = [[float(order.index(name) == c) for c in range(3)] for name in classes]
        self.register_buffer("picks", torch.tensor(picks))
        self.weight = nn.Parameter(torch.ones(1))
        self.drop = nn.Dropout(0.9)
        self.batches = 0

    def forward(self, clips):
        assert clips.dtype == torch.float32
        assert clips.shape[1:] == (3, 4, 16, 16)
        assert not self.training
        assert clips.min() >= -1
        assert clips.max() <= 1
        self.batches += 1
        return self.drop(clips.mean(dim=(2, 3, 4)) @ self.picks.T) * self.weight


def subject(classes=("blue", "green", "red"), **about):
    return Subject(model=Colour(classes), classes=classes, view=VIEW, **about)


@pytest.fixture
def clips(tmp_path):
    made = []
    for at, (name, colour) in enumerate(list(COLOURS.items()) * 2):
        path = tmp_path / f"{name}{at}.gif"
        frames = np.broadcast_to(np.array(colour, np.uint8), (3, 20, 24, 3))
        path.write_bytes(encode_gif(np.ascontiguousarray(frames), np.full(3, 100.0)))
        made.append(
            Clip(id=path.stem, path=path, domain=Domain.ANIMATED_GIF, label=name, group=f"g{at}")
        )
    return ClipSet(name="colours", classes=tuple(COLOURS), clips=tuple(made), simulated=True)


def with_broken(clips, tmp_path):
    path = tmp_path / "broken.gif"
    path.write_bytes(b"GIF89a and no more")
    broken = Clip(id="broken", path=path, domain=Domain.ANIMATED_GIF, label="red")
    return ClipSet(
        name=clips.name, classes=clips.classes, clips=(clips.clips[0], broken, *clips.clips[1:])
    )


def test_labels_meet_logits_by_name_whatever_the_order_of_the_head(clips):
    for classes in (("blue", "green", "red"), ("red", "blue", "green")):
        found = predict(subject(classes, method="m", seed=3), clips)
        assert score_runs([found]).top1.value == 1.0
        assert found.ids == tuple(clip.id for clip in clips.clips)
        assert found.groups == tuple(clip.group for clip in clips.clips)
        assert (found.set_name, found.domain, found.simulated) == ("colours", "animated-gif", True)
        assert (found.method, found.seed, found.rule) == ("m", 3, "exact")


@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_the_size_of_a_batch_changes_nothing(clips, batch_size):
    one = predict(subject(), clips, PredictConfig(batch_size=batch_size))
    assert np.array_equal(one.logits, predict(subject(), clips).logits)


def test_worker_processes_change_nothing(clips):
    found = predict(subject(), clips, PredictConfig(workers=1, batch_size=2))
    assert np.array_equal(found.logits, predict(subject(), clips).logits)


def test_several_views_of_a_still_clip_agree_with_one(clips):
    found = predict(subject(), clips, PredictConfig(views=3))
    assert found.logits == pytest.approx(predict(subject(), clips).logits, abs=1e-6)
    assert '"views": 3' in found.settings


def test_a_broken_file_is_a_problem_and_the_rest_is_predicted(clips, tmp_path):
    found = predict(subject(), with_broken(clips, tmp_path), PredictConfig(batch_size=2))
    assert len(found) == 6
    assert [problem.item for problem in found.problems] == ["broken"]
    assert score_runs([found]).top1.value == 1.0
    assert score_runs([found]).problems == 1


def test_a_set_of_broken_files_only_gives_no_predictions(clips, tmp_path):
    everything = with_broken(clips, tmp_path)
    only = everything.where(lambda clip: clip.id == "broken")
    assert predict(subject(), only).logits.shape == (0, 3)


def test_the_model_is_back_in_the_mode_it_was_in(clips):
    one = subject()
    one.model.train()
    one.model.drop.eval()
    predict(one, clips)
    assert one.model.training
    assert not one.model.drop.training


def test_other_classes_need_a_rule(clips):
    head = ("red", "blue", "violet")
    one = Subject(model=Colour(("red", "blue", "green")), classes=head, view=VIEW)
    with pytest.raises(ProtocolError, match="--classes intersection"):
        predict(one, clips)
    found = predict(one, clips, rule="intersection")
    assert (len(found), found.outside, found.classes) == (4, 2, head)
    assert score_runs([found]).head == 2


def test_an_interrupted_prediction_goes_on_where_it_stopped(clips, tmp_path):
    one = subject(checkpoint="abc")
    half = ClipSet(name="colours", classes=clips.classes, clips=clips.clips[:4])
    predict(one, half, PredictConfig(batch_size=1), partial=tmp_path / "p")
    one.model.batches = 0
    found = predict(one, clips, PredictConfig(batch_size=1), partial=tmp_path / "p")
    assert one.model.batches == 2
    assert np.array_equal(found.logits, predict(subject(), clips).logits)


def test_other_weights_do_not_go_on_from_there(clips, tmp_path):
    predict(subject(checkpoint="abc"), clips, partial=tmp_path / "p")
    other = subject(checkpoint="def")
    predict(other, clips, PredictConfig(batch_size=1), partial=tmp_path / "p")
    assert other.model.batches == 6


def test_what_the_same_weights_predicted_is_kept_also_under_another_rule(clips, tmp_path):
    path = tmp_path / "colours.parquet"
    head = ("red", "blue", "violet")
    one = Subject(model=Colour(("red", "blue", "green")), classes=head, view=VIEW, checkpoint="abc")
    predict_to(path, one, clips, rule="intersection")
    before = one.model.batches
    predict_to(path, one, clips, rule="head")
    assert one.model.batches == before
    assert read_predictions(path).rule == "head"
    assert not path.with_suffix(".partial").exists()
    predict_to(path, one, clips, PredictConfig(views=2), rule="head")
    assert one.model.batches > before


def test_files_get_their_likeliest_classes_and_broken_ones_a_reason(clips, tmp_path):
    asked = with_broken(clips, tmp_path).clips[:2]
    good, broken = predict_files(subject(), asked, most=2)
    assert good.top[0][0] == "red"
    assert good.top[0][1] == pytest.approx(np.exp(1) / (np.exp(1) + 2 * np.exp(-1)), abs=1e-4)
    assert len(good.top) == 2
    assert broken.top == ()
    assert broken.problem
    assert "pack" not in broken.problem
