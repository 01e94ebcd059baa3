"""One experiment: from its config to a run folder that says everything."""

import json

import pytest

from anigifs.algorithms.base import Need
from anigifs.core.config import build
from anigifs.core.errors import ConfigError, InputError, ProtocolError
from anigifs.core.records import Box, Clip, ClipSet, Domain
from anigifs.core.runs import RunFolder
from anigifs.evaluate.align import as_scored
from anigifs.evaluate.predictions import read_predictions
from anigifs.report.oracle import oracle_of
from anigifs.study.claim import claim
from anigifs.study.config import ExperimentConfig
from anigifs.study.experiment import Opened, check_method, open_data, run_experiment
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


@pytest.fixture
def gifs(tiny_data, tmp_path):
    """Makes class folders of copies of the simulated GIFs, and their spec."""
    pictures = sorted((tiny_data / "animated" / "media").rglob("*.gif"))

    def make(*names):
        root = tmp_path / "-".join(names)
        for name in names:
            (root / name).mkdir(parents=True)
            for at, gif in enumerate(pictures):
                (root / name / f"{at}.gif").write_bytes(gif.read_bytes())
        return f"folder:{root}?domain=animated-gif"

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


def test_a_run_that_searched_writes_down_what_it_found(config, tmp_path):
    algorithm = {"name": "worst-case", "every": 1, "trials": 1}
    run = RunFolder(tmp_path / "run")
    run_experiment(config(train={"algorithm": algorithm}), run)
    found = json.loads(run.searched_file.read_text("utf-8"))
    assert [one["step"] for one in found] == [1, 2]
    assert all(len(one["edits"]) == 4 for one in found)


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


def test_foreign_classes_are_refused_before_anything_is_trained(config, gifs, tmp_path):
    run = RunFolder(tmp_path / "run")
    with pytest.raises(ProtocolError, match="disjoint"):
        run_experiment(config(data={"test": {"others": gifs("situp")}}), run)
    assert not run.checkpoints.exists()


def test_classes_that_differ_are_refused_with_the_key_that_says_what_to_measure(config, gifs):
    data = {"test": {"others": gifs("push up", "situp")}}
    for selection in ("source-val", "oracle"):
        with pytest.raises(ProtocolError, match=r"data\.test\.others.*data\.rule") as caught:
            open_data(config(data=data, train={"selection": selection}))
        assert "--classes" not in str(caught.value)


@pytest.mark.parametrize("rule", ["intersection", "head"])
def test_an_oracle_chooses_on_other_classes_by_the_rule_of_its_table(config, gifs, tmp_path, rule):
    run = RunFolder(tmp_path / "run")
    data = {"test": {"others": gifs("push up", "situp")}, "rule": rule}
    run_experiment(config(data=data, train={"selection": "oracle"}), run)
    best = max(line["score"] for line in run.metrics("validate"))
    found = as_scored(read_predictions(run.predictions("others")))
    assert best == pytest.approx((found.logits.argmax(1) == found.label_index).mean())
    assert set(found.labels) == {"push up"}
    assert len(found.classes) == {"intersection": 1, "head": 2}[rule]


@pytest.mark.parametrize("key", ["val", "oracle"])
def test_clips_to_choose_or_watch_on_are_refused_if_none_is_of_the_heads_classes(config, gifs, key):
    with pytest.raises(InputError, match=rf"data\.{key} = .*no clip of .* push up, squat"):
        open_data(config(data={key: gifs("situp")}))


def test_an_oracle_without_a_clip_of_the_heads_classes_is_refused(config, gifs, tmp_path):
    classes = tmp_path / "classes.csv"
    classes.write_text("folders,mine\nsitup,situp\nnone,squat\n")
    target = {"others": f"{gifs('situp')}&map={classes}"}
    with pytest.raises(InputError, match=r"data\.test\.others = .*no clip of the head's 2 classes"):
        open_data(config(data={"test": target, "rule": "head"}, train={"selection": "oracle"}))


def test_clips_to_choose_on_are_of_a_class_under_any_spelling(config, gifs):
    opened = open_data(config(data={"val": gifs("Push_Up", "situp")}))
    assert {clip.label for clip in opened.val.clips} == {"push up"}


@pytest.mark.parametrize(
    ("selection", "data", "text"),
    [
        ("source-val", {"val": ""}, r"chooses on data\.val.*train\.selection = 'last'"),
        ("oracle", {"test": {"real": "", "animated": ""}}, r"chooses on a data\.test"),
    ],
)
def test_a_selection_without_its_clips_is_refused(config, selection, data, text):
    with pytest.raises(ConfigError, match=text):
        open_data(config(data=data, train={"selection": selection}))


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


def test_a_target_is_watched_where_nothing_is_chosen_and_the_last_counts(
    config, tiny_data, tmp_path
):
    plain, watched = RunFolder(tmp_path / "plain"), RunFolder(tmp_path / "watched")
    run_experiment(config(train={"selection": "last"}), plain)
    target = f"{tiny_data}/animated?split=test"
    run_experiment(config(train={"selection": "last"}, data={"oracle": target}), watched)
    lines = list(watched.metrics("validate"))
    assert lines
    assert not [line for line in lines if "score" in line]
    a, b = (read_predictions(run.predictions("animated")) for run in (plain, watched))
    assert (a.logits == b.logits).all()
    found = oracle_of([watched])
    assert found.chosen == lines[-1]["oracle"]
    assert found.chosen == pytest.approx((b.logits.argmax(1) == b.label_index).mean())
    assert found.best == max(line["oracle"] for line in lines)


@pytest.mark.parametrize("key", ["val", "train"])
@pytest.mark.parametrize("kind", ["test", "also"])
def test_clips_that_train_or_choose_are_not_measured(config, key, kind):
    spec = config().data.model_dump()[key]
    data = {"test": {"real": "", "animated": ""}} | {
        kind: {"mine": spec, "real": "", "animated": ""}
    }
    with pytest.raises(
        ProtocolError, match=rf"clips of the set 'mine' are in data\.{key} \(.*apart"
    ):
        open_data(config(data=data))


def test_clips_that_nothing_chooses_on_may_be_measured(config):
    spec = config().data.val
    open_data(config(data={"test": {"real": spec}}, train={"selection": "last"}))


@pytest.mark.parametrize("boxed", [0, 4, 5, 9])
def test_boxes_count_where_half_of_the_training_clips_have_some(config, tmp_path, boxed):
    clips = tuple(
        Clip(
            id=str(at), path=tmp_path, domain=Domain.REAL_VIDEO, label="squat",
            boxes=(Box(0, 0, 0, 1, 1),) if at < boxed else (),
        )
        for at in range(9)
    )  # fmt: skip
    trained = ClipSet(name="t", classes=("squat",), clips=clips)
    opened = Opened(trained, None, {}, {}, ("squat",), {})
    wants = config(train={"algorithm": {"name": "saliency"}})
    assert check_method(config(), opened) == ({Need.BOXES} if boxed >= 5 else set())
    if boxed >= 5:
        assert check_method(wants, opened) == {Need.BOXES}
    else:
        told = f"{boxed} of 9 training clips have some" if boxed else "without boxes"
        with pytest.raises(ProtocolError, match=told):
            check_method(wants, opened)


def test_a_run_that_chooses_nothing_goes_on_watching_the_same(config, tiny_data, tmp_path):
    run = RunFolder(tmp_path / "run")
    watched = {"oracle": f"{tiny_data}/animated?split=test"}
    claim(run, config(train={"selection": "last"}, data=watched))
    with pytest.raises(ConfigError, match=r"data\.oracle is .* there and '' here"):
        claim(run, config(train={"selection": "last"}))
