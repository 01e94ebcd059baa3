"""The table: which set is the source, which row the baseline, and what is compared."""

from dataclasses import replace

import pytest

from anigifs.core.errors import UnknownName
from anigifs.evaluate.predictions import write_predictions
from anigifs.report.collect import collect
from anigifs.report.tables import build_table
from anigifs.report.text import captions
from tests.report.fakes import SETS, make_run, make_study, predictions


def table(tmp_path, seeds=1, **options):
    return build_table(collect([make_study(tmp_path, seeds)]), **options)


def test_the_first_set_of_the_config_is_the_source_and_erm_the_baseline(tmp_path):
    found = table(tmp_path)
    assert (found.source, found.baseline, found.target) == ("real", "erm", "animated")
    assert [row.method for row in found.rows] == ["erm", "random-augment"]
    cells = found.rows[0].cells
    assert cells["real"].gap is None
    lost = cells["real"].score.top1.value - cells["animated"].score.top1.value
    assert cells["animated"].gap.value == pytest.approx(lost)


def test_source_and_baseline_can_be_named(tmp_path):
    found = table(tmp_path, source="real-gif", baseline="random-augment")
    assert found.rows[0].method == "random-augment"
    assert found.rows[0].cells["real"].gap.value < 0
    assert found.comparisons[0].a == "erm"


def test_a_misspelt_source_gets_a_suggestion(tmp_path):
    with pytest.raises(UnknownName, match="Did you mean 'real-gif'"):
        table(tmp_path, source="real-gi")


def test_one_seed_is_no_evidence_and_three_are(tmp_path):
    assert table(tmp_path / "a").without_evidence == ["erm", "random-augment"]
    assert table(tmp_path / "b", seeds=3).without_evidence == []


def test_the_target_is_corrected_for_its_methods_and_all_other_sets_together(tmp_path):
    for seed in range(5):
        make_run(tmp_path, "third", seed, lift=0.2)
    found = table(tmp_path, seeds=5)
    assert len(found.comparisons) == 6
    for names, family in ((("animated",), 2), (("real", "real-gif"), 4)):
        some = sorted((c for c in found.comparisons if c.set_name in names), key=lambda c: c.p)
        assert {one.family for one in some} == {family} == {len(some)}
        assert some[0].p_holm == pytest.approx(min(1, family * some[0].p))
        assert some[-1].p_holm == pytest.approx(max(some[-2].p_holm, some[-1].p))


def test_the_oracle_stands_on_the_headlines_set_wherever_that_is(tmp_path):
    run = make_run(tmp_path, sets={**SETS, "without-speed": "animated-gif"})
    (run.path / "metrics.jsonl").unlink()
    run.log({"kind": "validate", "step": 1, "score": 0.5, "oracle": 0.6})
    found = build_table(collect([tmp_path]))
    assert found.target == "animated"
    assert [name for name, cell in found.rows[0].cells.items() if cell.oracle] == ["animated"]


def test_rows_that_cannot_be_compared_are_noted(tmp_path):
    make_run(tmp_path / "runs", seed=0)
    path = tmp_path / "mine.parquet"
    write_predictions(path, predictions("animated", "mine", 0, groups=[""] * 120))
    other = tmp_path / "other.parquet"
    renamed = tuple(f"x{i}" for i in range(120))
    write_predictions(other, replace(predictions("animated", "other", 0), ids=renamed))
    found = build_table(collect([tmp_path / "runs", path, other]))
    assert [one.a for one in found.comparisons] == ["mine"]
    assert any("differ in ids" in note for note in found.notes)


def test_predictions_alone_take_the_only_real_video_as_source(tmp_path):
    for name in ("real", "animated"):
        write_predictions(tmp_path / f"{name}.parquet", predictions(name, "mine", 0))
    found = build_table(collect([tmp_path / "real.parquet", tmp_path / "animated.parquet"]))
    assert found.source == "real"


def test_a_method_of_another_domain_counts_its_gap_from_its_own_source(tmp_path):
    make_run(tmp_path, "erm")
    make_run(tmp_path, "gif-model", sets=("real-gif", "animated"))
    found = build_table(collect([tmp_path]))
    assert {row.method: row.source for row in found.rows} == {
        "erm": "real",
        "gif-model": "real-gif",
    }
    cells = found.rows[1].cells
    assert cells["real-gif"].gap is None
    lost = cells["real-gif"].score.top1.value - cells["animated"].score.top1.value
    assert cells["animated"].gap.value == pytest.approx(lost)
    assert any("own source (erm: real, gif-model: real-gif)" in said for said in captions(found))
