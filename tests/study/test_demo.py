"""The demo's plan, which its minutes depend on."""

from anigifs.study.demo import CLASSES, DATA, WEB, load_study
from anigifs.study.plan import plan


def test_all_methods_go_on_from_one_start_with_equal_updates(tmp_path):
    start, *methods = plan(load_study(tmp_path), tmp_path)
    assert [job.config.method for job in methods] == [
        "erm", "random-augment", "worst-case", "saliency", "gifify-augment",
    ]  # fmt: skip
    assert {job.after for job in methods} == {start.folder}
    assert len({(job.config.train.steps, job.config.train.seed) for job in methods}) == 1
    assert {job.config.train.selection for job in methods} == {"source-val"}


def test_everything_lies_below_the_demos_folder_and_the_target_is_the_release(tmp_path):
    for job in plan(load_study(tmp_path), tmp_path):
        data = job.config.data
        assert all(spec.startswith(str(tmp_path)) for spec in (data.train, data.val, data.packs))
        if job.after:
            assert list(data.test) == ["real", "real-gif", "animated"]
            assert data.test["animated"] == f"{tmp_path / 'release'}?split=test"


def test_what_is_learnt_from_is_not_what_is_tested_on():
    assert DATA.classes == CLASSES
    assert set(DATA.classes) == set(WEB.web.classes)
    assert DATA.seed != WEB.web.seed
