"""What a study says before anything runs."""

import pytest

from anigifs.core.errors import ConfigError, DataAbsent, ProtocolError
from anigifs.core.taxonomy import load_map
from anigifs.study.check import check
from anigifs.study.library import Where, load_study
from anigifs.study.plan import plan
from anigifs.study.run import Order, run_study
from tests.study.small import COLOURS, write_clips, write_run

OWN = """
title = "mine"
seeds = [0]
[places]
gifs = "folder:{data}/gifs"
[base]
view = { side_px = 32, short_side_px = 32, sampling = { frames = 8 } }
model = { width = 0.0625, output_stride = 16 }
train = { steps = 1, batch_size = 4, selection = "last" }
[base.data]
train = "{gifs}"
test.gifs = "folder:{data}/others"
[methods.erm]
"""


@pytest.fixture
def where(tmp_path):
    (tmp_path / "mine.toml").write_text(OWN)
    write_clips(tmp_path / "data" / "gifs")
    write_clips(tmp_path / "data" / "others")
    return Where(tmp_path / "data", tmp_path / "out")


def checked(where, *overrides, also=None):
    study = load_study(str(where.out.parent / "mine.toml"), where, overrides)
    jobs = plan(study, where.out, also)
    return check(study, jobs, where), jobs


def absent(study, tmp_path, *overrides):
    where = Where(tmp_path / "here", tmp_path / "out")
    found = load_study(study, where, overrides)
    with pytest.raises(DataAbsent) as caught:
        check(found, plan(found, where.out), where)
    return str(caught.value)


def test_an_absent_dataset_is_told_with_what_to_put_where(tmp_path):
    where = Where(tmp_path / "here", tmp_path / "out")
    said = []
    with pytest.raises(DataAbsent) as caught:
        run_study(load_study("study-2", where), where, Order(), said.append)
    text = str(caught.value)
    assert f"{where.data}/ava-kinetics/ava_kinetics_v1_0/kinetics_train_v1.0.csv" in text
    assert f"{where.data}/ani-gifs/push up/a.gif" in text
    assert f"{where.data}/weights/rgb_imagenet.pt: there is no such file" in text
    assert "https://github.com/piergiovanni/pytorch-i3d" in text
    assert text.count("ava-train, ava-val") == 1
    assert "--data DIR" in text
    assert "--set places.ava-train=" in text
    assert "15 runs, 0 done; 36,000 updates to do" in said[0]
    assert not where.out.exists()


def test_the_plan_is_said_before_clips_are_drawn(tmp_path, monkeypatch):
    class Drawn(Exception):
        pass

    def draw(*_):
        raise Drawn

    monkeypatch.setattr("anigifs.study.run.make", draw)
    where, said = Where(tmp_path / "here", tmp_path / "out"), []
    study = load_study("sim-small", where, ["seeds=[0]"])
    with pytest.raises(Drawn):
        run_study(study, where, Order(), said.append)
    assert "6 runs, 0 done" in said[-1]
    assert "training time: about" in said[-1]


def test_a_split_that_is_absent_is_told_with_the_rest(where):
    write_clips(where.data / "half" / "train")
    with pytest.raises(DataAbsent) as caught:
        checked(
            where,
            "places.gifs=folder:{data}/half?split=train",
            "base.data.test.half=folder:{data}/half?split=test",
            "base.data.test.more=folder:{data}/nowhere",
        )
    told = " ".join(str(caught.value).split())
    assert "no clip of split 'test' is there, only of train" in told
    assert f"{where.data}/half/test/push up/b.gif" in told
    assert f"{where.data}/nowhere: there is no such folder" in told


def test_study_2_tells_both_lists_and_the_classes_that_the_gifs_need(tmp_path):
    text = absent("study-2", tmp_path)
    for split in ("train", "val"):
        assert f"/ava_kinetics_v1_0/kinetics_{split}_v1.0.csv" in text
        assert f"/here/ava-kinetics/{split}/<youtube_id>" in text
    told = " ".join(text.partition("these 12 are measured")[2].partition("\n\n")[0].split())
    classes = load_map("ava-80_to_kinetics-600").targets
    assert len(classes) == 12
    assert told.endswith(": " + ", ".join(classes))


def test_study_1_tells_both_lists_and_how_to_make_the_gifs(tmp_path):
    text, data = absent("study-1", tmp_path), tmp_path / "here"
    assert f"{data}/kinetics-600/kinetics-600_train.csv" in text
    assert f"{data}/kinetics-600/kinetics-600_val.csv" in text
    assert f"{data}/kinetics-gifs/train/push up/a.gif" in text
    for part, split in (("train", "train"), ("test", "val")):
        made = f"{data}/gifs/{part}"
        assert f"anigifs gifify 'kinetics:{data}/kinetics-600?split={split}' {made}\n" in text
        assert f"--set places.kinetics-gifs-{part}={made}" in text
    only = absent("study-1", tmp_path, f"places.kinetics-gifs-train={write_clips(tmp_path / 'x')}")
    assert "anigifs gifify 'kinetics:" in only
    assert "--set places.kinetics-gifs-train=" not in only


@pytest.mark.parametrize("study", ["study-1", "study-2", "hac", "ucf-hmdb"])
def test_absent_weights_are_told_for_either_list_of_labels(tmp_path, study):
    text = absent(study, tmp_path, f"places.weights={tmp_path}/kin600/model.ckpt.index")
    assert f"{tmp_path}/kin600/model.ckpt.index: there is no such file" in text
    told = text.partition("no such file.\n  Expected: pretrained weights")[2]
    assert told.index("labels=kinetics-400") < told.index("models/rgb_imagenet.pt")
    assert told.index("labels=kinetics-600") < told.index("rgb_scratch_kin600")
    assert "model.ckpt.data-00000-of-00001" in told


def test_sizes_are_those_of_the_training_sets(where):
    sizes, (job,) = checked(where)
    assert sizes == {job.folder: 9}
    assert checked(where, "base.data.per_class=5")[0] == {job.folder: 15}


def test_a_method_that_needs_boxes_is_refused_before_anything_runs(where):
    with pytest.raises(ProtocolError, match="without boxes"):
        checked(where, "methods.saliency={}")


def test_clips_of_the_run_that_one_goes_on_from_are_not_measured(where):
    with pytest.raises(
        ProtocolError, match=r"9 of 9 clips .* in data\.train of pretrain-seed0, from which"
    ):
        checked(where, "pretrain.data.train=folder:{data}/others")
    first = "{train={algorithm={name='erm'}},data={train='folder:{data}/others',test={gifs=''}}}"
    with pytest.raises(
        ProtocolError, match=r"9 of 9 clips .* in data\.train of first-seed0, from which"
    ):
        checked(where, f"methods.first={first}", "methods.erm.after=first")


def test_classes_that_differ_need_a_rule_but_external_checks_have_one(where, tmp_path):
    few = write_clips(tmp_path / "few", names=("squat", "lunge"))
    with pytest.raises(ProtocolError, match=r"data\.rule = 'intersection'"):
        checked(where, f"base.data.test.few={few}")
    checked(where, f"base.data.test.few={few}", "base.data.rule=intersection")
    _, (job,) = checked(where, also={"few": str(few)})
    assert list(job.config.data.sets) == ["gifs", "few"]


def test_a_folder_that_holds_another_experiment_is_an_error_at_once(where):
    write_run(where.out / "runs" / "erm-seed0", where.data / "gifs")
    with pytest.raises(ConfigError, match="another experiment"):
        checked(where)


def test_named_classes_are_the_head_and_test_sets_are_scored_over_it(where, tmp_path):
    names = tmp_path / "classes.txt"
    names.write_text("\n".join([*COLOURS, "zumba"]))
    _, (job,) = checked(where, f"base.data.classes={names}")
    assert job.config.data.classes == (*COLOURS, "zumba")
