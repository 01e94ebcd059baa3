"""What a study says before anything runs."""

import pytest

from anigifs.core.errors import ConfigError, DataAbsent, ProtocolError
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
test.gifs = "{gifs}"
[methods.erm]
"""


@pytest.fixture
def where(tmp_path):
    (tmp_path / "mine.toml").write_text(OWN)
    write_clips(tmp_path / "data" / "gifs")
    return Where(tmp_path / "data", tmp_path / "out")


def checked(where, *overrides, also=None):
    study = load_study(str(where.out.parent / "mine.toml"), where, overrides)
    jobs = plan(study, where.out, also)
    return check(study, jobs, where), jobs


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


def test_sizes_are_those_of_the_training_sets(where):
    sizes, (job,) = checked(where)
    assert sizes == {job.folder: 9}
    assert checked(where, "base.data.per_class=5")[0] == {job.folder: 15}


def test_a_method_that_needs_boxes_is_refused_before_anything_runs(where):
    with pytest.raises(ProtocolError, match="without boxes"):
        checked(where, "methods.saliency={}")


def test_classes_that_differ_need_a_rule_but_external_checks_have_one(where, tmp_path):
    few = write_clips(tmp_path / "few", names=("squat", "lunge"))
    with pytest.raises(ProtocolError, match="--classes intersection"):
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
