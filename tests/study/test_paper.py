"""The figures of the paper that come with the package."""

import pytest

from anigifs.core.errors import UnknownName
from anigifs.study.library import Where, load_study
from anigifs.study.paper import published
from anigifs.study.plan import plan


def test_table_2_and_3_of_the_ani_gifs_paper():
    two, three = (published(name) for name in ("study-1", "study-2"))
    assert [(p.top1, p.top5) for p in two] == [
        (0.7170, 0.9040), (0.2112, 0.4086), (0.2310, 0.4628), (0.0195, 0.0609), (0.0291, 0.0844),
    ]  # fmt: skip
    assert {p.method: (p.top1, p.top5) for p in three} == {
        "random-augment": (0.0856, 0.3447),
        "worst-case": (0.1188, 0.4274),
        "rada": (0.1255, 0.3463),
        "saliency": (0.1731, 0.5878),
    }
    assert published("") == ()
    with pytest.raises(UnknownName, match="study-1"):
        published("study-3")


@pytest.mark.parametrize("name", ["study-1", "study-2"])
def test_every_figure_stands_beside_a_run_of_its_study(name, tmp_path):
    study = load_study(name, Where(tmp_path, tmp_path))
    cells = {(j.config.method, test) for j in plan(study, tmp_path) for test in j.config.data.test}
    assert {(one.method, one.set_name) for one in published(study.paper)} <= cells
