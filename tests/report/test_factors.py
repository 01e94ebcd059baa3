"""What is lost and won back, set by set."""

import pytest

from anigifs.report.collect import collect
from anigifs.report.factors import factor_figure, factors
from anigifs.report.page import render
from anigifs.report.tables import build_table
from tests.report.fakes import SETS, make_run

MANY = {**SETS, **{f"only-{name}": "animated-gif" for name in ("speed", "palette", "body")}}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    root = tmp_path_factory.mktemp("many")
    for seed in range(2):
        make_run(root, "erm", seed, sets=MANY)
        make_run(root, "mixstyle", seed, lift=0.5, sets=MANY)
    return collect([root])


def test_every_set_but_the_source_has_its_loss_and_its_gains(found):
    table = build_table(found)
    made = factors(table)
    assert [one.name for one in made] == [name for name in table.sets if name != "real"]
    one = next(one for one in made if one.name == "only-speed")
    erm, mixstyle = (row.cells for row in table.rows)
    top1 = {name: cells["only-speed"].score.top1.value for name, cells in
            (("erm", erm), ("mixstyle", mixstyle))}  # fmt: skip
    assert one.lost.value == pytest.approx(erm["real"].score.top1.value - top1["erm"])
    assert one.won["mixstyle"].value == pytest.approx(top1["mixstyle"] - top1["erm"])


def test_the_page_shows_them_where_there_are_many_sets(found, tmp_path):
    table = build_table(found)
    assert "what is won back" in render(found, table, "T")
    assert "mixstyle on only-speed" in factor_figure(table, 8.6, 2)
    make_run(tmp_path, "erm")
    few = collect([tmp_path])
    assert factor_figure(build_table(few), 8.6, 2) is None
    assert "what is won back" not in render(few, build_table(few), "T")
