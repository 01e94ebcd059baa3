"""Figure 4: the tuples of a run's search, their losses then and now, the first batch norm."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import cross_entropy

from anigifs.core.config import read_toml
from anigifs.core.files import write_text
from anigifs.datasets import open_clips
from anigifs.loader.batch import to_batch
from anigifs.loader.clips import ClipDataset
from anigifs.loader.photometric import Edit, apply_tuple, from_levels, to_levels
from anigifs.models.config import ModelConfig, build_model
from anigifs.report.loss_chart import loss_chart
from anigifs.report.text import words
from anigifs.study.load import load_run_model
from anigifs.study.searched import (
    MOST,
    _normalised,
    members_of,
    searched,
    write_figure,
    write_searched,
)
from anigifs.train import checkpoint
from tests.study.small import write_clips, write_run

GREY, BRIGHT = [["grayscale", None]], [["brightness", 0.7], ["red", -60]]
MEMBERS = [
    [[], 0.0, 0],
    [GREY, 1.25, 7],
    [BRIGHT, 2.5, 15],
    *([GREY, 0.1, 24 + i] for i in range(5)),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_clips(tmp_path_factory.mktemp("data"), per_class=2)


def made(path, data, algorithm, state):
    """A run with what a search left in its last checkpoint."""
    import tomli_w

    run = write_run(path, data, selection="last")
    values = read_toml(run.config_file)
    values["train"]["algorithm"] = algorithm
    write_text(run.config_file, tomli_w.dumps(values))
    saved = checkpoint.read(checkpoint.last_file(run))
    checkpoint.write(checkpoint.last_file(run), {**saved, "algorithm": state})
    run.log({"kind": "train", "step": 8, "loss": 1.1})
    run.log({"kind": "train", "step": 16, "loss": 0.9})
    return run


@pytest.fixture
def run(tmp_path, data):
    return made(tmp_path / "w", data, {"name": "worst-case"}, {"members": MEMBERS, "pool": None})


def test_of_a_network_that_works_frame_by_frame_the_frames_stand_in_order():
    options = {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1]}
    model = build_model(ModelConfig(name="resnet_frames", options=options), ("a", "b")).eval()
    shown = torch.zeros(1, 3, 5, 32, 32)
    shown[:, :, 3] = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(0))
    maps = _normalised(model, shown)
    assert maps.shape == (3, 5, 16, 16)
    differs = [(maps[:, t] != maps[:, 0]).any().item() for t in range(5)]
    assert differs == [False, False, False, True, False]


def test_the_set_is_read_without_identity_alone_and_composed(tmp_path, data, run):
    found, options = members_of(run)
    assert [(one.score, one.step) for one in found[:2]] == [(1.25, 8), (2.5, 16)]
    assert words(found[1].edits) == "brightness 0.7, red -60"
    assert options["space"] == "pixels"
    composed = {"name": "mixstyle", "augment": {"name": "worst-case", "space": "normalised"}}
    again = made(tmp_path / "c", data, composed, {"augment": {"members": MEMBERS[:2]}})
    found, options = members_of(again)
    assert len(found) == 1
    assert options["space"] == "normalised"


def test_the_set_is_written_down_for_the_report_and_nothing_without_one(tmp_path, data, run):
    write_searched(run)
    found = json.loads(run.searched_file.read_text("utf-8"))
    assert found[:2] == [
        {"step": 8, "score": 1.25, "edits": GREY},
        {"step": 16, "score": 2.5, "edits": BRIGHT},
    ]
    assert len(found) == len(MEMBERS) - 1
    plain = made(tmp_path / "p", data, {"name": "erm"}, {})
    write_searched(plain)
    assert not plain.searched_file.exists()


def test_rows_are_the_clip_its_first_norm_and_the_worst_tuples_with_their_losses(data, run):
    clips = open_clips(str(data))
    subject = load_run_model(run, "cpu")
    found = searched(run, subject, clips, clips.clips[0])
    assert len(found.lines) == 2 + MOST
    assert found.lines[2].text.startswith(
        "brightness 0.7, red -60: loss 2.50 when found at step 16"
    )
    assert found.training == ((8, 1.1), (16, 0.9))
    items = [ClipDataset(clips, subject.classes, subject.view)[at] for at in range(6)]
    batch = to_batch(items, "cpu")
    edits = [Edit("brightness", 0.7), Edit("red", -60)]
    with torch.no_grad():
        logits = subject.model(from_levels(apply_tuple(to_levels(batch.clips), edits)))
    assert found.lines[2].text.endswith(f"loss now {cross_entropy(logits, batch.labels):.2f}")


def test_the_strip_of_a_tuple_is_the_edited_clip(data, run):
    clips = open_clips(str(data))
    found = searched(run, load_run_model(run, "cpu"), clips, clips.clips[0])
    grey = next(line for line in found.lines if line.text.startswith("grayscale")).strip
    picture = grey[:, :112].astype(int)
    assert np.abs(picture - picture.mean(-1, keepdims=True)).max() <= 1
    assert np.abs(found.lines[0].strip[:, :112].astype(int).std(-1)).max() > 20


def test_a_run_without_a_search_has_the_clip_and_its_norm_alone(tmp_path, data):
    plain = made(tmp_path / "erm", data, {"name": "erm"}, {})
    clips = open_clips(str(data))
    found = searched(plain, load_run_model(plain, "cpu"), clips, clips.clips[0])
    assert len(found.lines) == 2
    assert "tuples" not in found.caption
    write_figure(tmp_path / "f.png", found)
    with Image.open(io.BytesIO((tmp_path / "f.png").read_bytes())) as image:
        assert image.width > found.lines[0].strip.shape[1]


def test_the_chart_is_as_wide_as_asked_and_leaves_out_losses_beside_an_error_rate():
    colour = np.array([0, 114, 178])  # of the training curve
    training, found = [(1, 2.0), (9, 1.0)], [(4, 0.5), (8, 0.75)]
    charts = [np.asarray(loss_chart(training, found, kind, 900)) for kind in ("loss", "error")]
    assert all(chart.shape == (260, 900, 3) for chart in charts)
    drawn = [(np.abs(chart.astype(int) - colour).max(-1) <= 8).sum() for chart in charts]
    assert drawn[0] > 100
    assert drawn[1] == 0
