"""Runs on other datasets and on single files."""

import numpy as np
import pytest

from anigifs.core.errors import InputError, MediaError, ProtocolError
from anigifs.core.files import write_bytes
from anigifs.evaluate.forward import PredictConfig
from anigifs.evaluate.predictions import read_predictions
from anigifs.report.collect import collect
from anigifs.study.measure import ask, measure, parse_target
from anigifs.study.samples import pick_samples, samples_of
from tests.study.small import COLOURS, write_clips, write_run


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("world")
    data = write_clips(root / "data")
    few = write_clips(root / "few", names=("squat", "lunge"))
    return root, data, few


@pytest.fixture
def run(world, tmp_path):
    return write_run(tmp_path / "erm-seed0", world[1])


@pytest.mark.parametrize(
    ("text", "name", "spec"),
    [
        ("a=folder:/x?split=val", "a", "folder:/x?split=val"),
        ("folder:/x?split=val", "", "folder:/x?split=val"),
        ("/x/y=z", "", "/x/y=z"),
        ("sim/animated", "", "sim/animated"),
    ],
)
def test_a_set_may_be_named(text, name, spec):
    assert parse_target(text) == (name, spec)


def test_predictions_of_every_clip_lie_in_the_run_folder(world, run):
    found = measure([run.path.parent], [f"mine={world[1]}"], None, PredictConfig(), "cpu")
    held = read_predictions(run.predictions("mine"))
    assert len(held) == 9
    assert set(held.labels) == set(COLOURS)
    assert held.logits.std() > 0
    assert found.sets == ("mine",)
    assert np.array_equal(found.rows[0].sets["mine"][0].logits, held.logits)
    assert collect([run.path]).rows[0].sets["mine"][0].set_name == "mine"


def test_fewer_classes_need_a_rule_which_is_noted(world, run):
    with pytest.raises(ProtocolError, match="--classes intersection"):
        measure([run.path], [f"few={world[2]}"], None, PredictConfig(), "cpu")
    found = measure([run.path], [f"few={world[2]}"], "intersection", PredictConfig(), "cpu")
    assert "2 classes in the set, 3 in the head" in found.notes[0]
    assert "--classes intersection" in found.notes[0]


def test_a_name_that_another_dataset_has_is_refused(world, run):
    measure([run.path], [f"x={world[1]}"], None, PredictConfig(), "cpu")
    with pytest.raises(InputError, match="--on x-2="):
        measure([run.path], [f"x={world[2]}"], "head", PredictConfig(), "cpu")


def test_a_folder_without_runs_says_so(world, tmp_path):
    with pytest.raises(InputError, match="no run folder there"):
        measure([tmp_path], [str(world[1])], None, PredictConfig())


def test_a_file_gets_answers_that_sum_to_one(world, run, tmp_path):
    broken = tmp_path / "broken.gif"
    write_bytes(broken, b"GIF89a")
    good, bad = ask(run, [world[1] / "squat" / "0.gif", broken], PredictConfig(), 5)
    assert {name for name, _ in good.top} == set(COLOURS)
    assert sum(share for _, share in good.top) == pytest.approx(1)
    assert "broken.gif" in bad.problem
    with pytest.raises(MediaError, match=r"no file could be read.*broken\.gif"):
        ask(run, [broken], PredictConfig(), 5)


def test_samples_show_the_same_classes_of_every_set(world, run):
    from anigifs.datasets import open_clips

    sets = {"a": open_clips(str(world[1])), "b": open_clips(str(world[2]))}
    shown = pick_samples(sets, most=2)
    assert {(one.domain, one.label) for one in shown} == {
        ("a", "squat"), ("a", "lunge"), ("b", "squat"), ("b", "lunge"),
    }  # fmt: skip


def test_samples_come_from_the_sets_of_the_config_and_absent_data_is_passed_over(world, run):
    measure([run.path], [f"real={world[1]}"], None, PredictConfig(), "cpu")
    found = collect([run.path])
    assert {one.domain for one in samples_of(found)} == {"real"}
    text = run.config_file.read_text().replace(str(world[1]), "/nowhere")
    run.config_file.write_text(text)
    assert samples_of(collect([run.path])) == []
