"""From a study's file to its runs."""

import pytest

from anigifs.core.config import build
from anigifs.core.errors import ConfigError
from anigifs.study.config import StudyConfig
from anigifs.study.plan import merge, plan


def study(**changes):
    values = {
        "title": "t",
        "seeds": [0, 1],
        "base": {"data": {"train": "a"}, "train": {"batch_size": 4}},
        "methods": {"erm": {}, "random-augment": {}},
    }
    return build(StudyConfig, {**values, **changes}, "test")


def test_a_plan_holds_one_run_for_each_method_and_seed(tmp_path):
    jobs = plan(study(), tmp_path)
    assert [job.folder.name for job in jobs] == [
        "erm-seed0",
        "random-augment-seed0",
        "erm-seed1",
        "random-augment-seed1",
    ]
    assert [job.config.train.seed for job in jobs] == [0, 0, 1, 1]
    assert {job.config.train.algorithm.name for job in jobs} == {"erm", "random-augment"}


def test_every_method_of_a_seed_starts_from_the_same_pretrained_checkpoint(tmp_path):
    jobs = plan(study(pretrain={"train": {"selection": "last"}}), tmp_path)
    starts = {job.folder.name: job.after for job in jobs}
    assert starts["pretrain-seed1"] is None
    assert starts["erm-seed1"] == starts["random-augment-seed1"] == tmp_path / "runs/pretrain-seed1"
    assert jobs[1].config.train.init_from.endswith("pretrain-seed0/checkpoints/last.pt")


def test_a_methods_overrides_win_over_the_base(tmp_path):
    methods = {"erm-large": {"train": {"algorithm": {"name": "erm"}, "batch_size": 8}}}
    (job,) = plan(study(seeds=[3], methods=methods), tmp_path)
    assert job.config.method == "erm-large"
    assert job.config.train.algorithm.name == "erm"
    assert job.config.train.batch_size == 8


def test_a_misspelt_key_names_the_method_and_suggests(tmp_path):
    methods = {"erm": {"train": {"batch_sizes": 8}}}
    with pytest.raises(ConfigError, match=r"method 'erm'.*\n.*Did you mean 'batch_size'"):
        plan(study(methods=methods), tmp_path)


def test_tables_merge_by_key_and_values_are_replaced():
    below = {"a": {"x": 1, "y": [1, 2]}, "b": 1}
    assert merge(below, {"a": {"y": [3]}, "b": {"z": 0}}) == {
        "a": {"x": 1, "y": [3]},
        "b": {"z": 0},
    }
    assert below["a"]["y"] == [1, 2]
