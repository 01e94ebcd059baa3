"""One experiment: from its config to a run folder that says everything."""

import pytest

from anigifs.core.config import build
from anigifs.core.errors import ConfigError, InputError, ProtocolError
from anigifs.core.runs import RunFolder
from anigifs.evaluate.predictions import read_predictions
from anigifs.study.config import ExperimentConfig
from anigifs.study.experiment import run_experiment
from anigifs.study.load import load_run_model
from anigifs.study.plan import merge


@pytest.fixture
def config(tiny_data, tmp_path):
    def make(**changes):
        values = {
            "data": {
                "train": f"{tiny_data}/real?split=train",
                "val": f"{tiny_data}/real?split=val",
                "test": {
                    "real": f"{tiny_data}/real?split=test",
                    "animated": f"{tiny_data}/animated?split=test",
                },
                "packs": str(tmp_path / "packs"),
            },
            "view": {"side_px": 28, "short_side_px": 32, "sampling": {"frames": 8}},
            "model": {"width": 0.0625, "bn_momentum": 0.1},
            "train": {"steps": 2, "batch_size": 3, "validate_every": 1, "threads": 1},
        }
        return build(ExperimentConfig, merge(values, changes), "the test")

    return make


def test_a_run_ends_with_predictions_of_every_clip_of_every_set(config, tmp_path):
    run = RunFolder(tmp_path / "run")
    run_experiment(config(), run)
    assert run.done
    assert run.prediction_sets() == ["animated", "real"]
    found = read_predictions(run.predictions("animated"))
    assert len(found) == 4
    assert found.classes == ("push up", "squat")
    assert found.simulated
    assert found.selection == "source-val"
    assert load_run_model(run).classes == found.classes


def test_a_finished_run_is_left_as_it_is(config, tmp_path):
    run = RunFolder(tmp_path / "run")
    run_experiment(config(), run)
    before = {file: file.stat().st_mtime_ns for file in run.path.rglob("*") if file.is_file()}
    run_experiment(config(), run)
    assert before == {f: f.stat().st_mtime_ns for f in run.path.rglob("*") if f.is_file()}


def test_another_experiment_in_the_same_folder_is_refused_and_named(config, tmp_path):
    run = RunFolder(tmp_path / "run")
    run_experiment(config(data={"test": {}}, train={"steps": 1}), run)
    (run.path / "done").unlink()
    with pytest.raises(ConfigError, match=r"train\.lr is 0\.0001 there and 0\.5 here"):
        run_experiment(config(data={"test": {}}, train={"steps": 1, "lr": 0.5}), run)


def test_where_a_run_computes_may_change_while_it_goes_on(config, tmp_path):
    run = RunFolder(tmp_path / "run")
    run_experiment(config(data={"test": {}}, train={"steps": 1}), run)
    (run.path / "done").unlink()
    run_experiment(config(data={"test": {}}, train={"steps": 1, "log_every": 7}), run)
    assert run.done


def test_foreign_classes_are_refused_before_anything_is_trained(config, tiny_data, tmp_path):
    (gif, *_) = (tiny_data / "animated" / "media").rglob("*.gif")
    folder = tmp_path / "others" / "situp"
    folder.mkdir(parents=True)
    (folder / "a.gif").write_bytes(gif.read_bytes())
    run = RunFolder(tmp_path / "run")
    other = {"others": f"folder:{folder.parent}?domain=animated-gif"}
    with pytest.raises(ProtocolError):
        run_experiment(config(data={"test": other}), run)
    assert not run.checkpoints.exists()


def test_a_head_without_any_training_clip_is_an_input_error(config, tmp_path):
    with pytest.raises(InputError, match="no clip of the head's 1 classes"):
        run_experiment(config(data={"classes": ["situp"]}), RunFolder(tmp_path / "run"))


def test_with_packs_and_without_the_same_run(config, tmp_path):
    packed, plain = RunFolder(tmp_path / "packed"), RunFolder(tmp_path / "plain")
    run_experiment(config(), packed)
    run_experiment(config(data={"packs": ""}), plain)
    a, b = (read_predictions(run.predictions("real")).logits for run in (packed, plain))
    assert (a == b).all()


def test_a_watched_target_is_logged_and_changes_nothing(config, tiny_data, tmp_path):
    plain, watched = RunFolder(tmp_path / "plain"), RunFolder(tmp_path / "watched")
    run_experiment(config(), plain)
    target = f"{tiny_data}/animated?split=test"
    run_experiment(config(data={"oracle": target}), watched)
    lines = list(watched.metrics("validate"))
    assert [set(line) - {"oracle"} for line in lines] == [
        set(line) for line in plain.metrics("validate")
    ]
    assert all(0 <= line["oracle"] <= 1 for line in lines)
    a, b = (read_predictions(run.predictions("animated")) for run in (plain, watched))
    assert (a.logits == b.logits).all()
    chosen = next(x for x in lines if x["score"] == max(y["score"] for y in lines))
    assert chosen["oracle"] == pytest.approx((b.logits.argmax(1) == b.label_index).mean())
    run_experiment(config(), watched)  # a run may be gone on with unwatched
