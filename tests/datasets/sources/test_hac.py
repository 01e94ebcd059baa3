"""HAC: humans, animals, cartoons."""

import pytest

from anigifs.core.errors import DataAbsent
from anigifs.core.records import Domain
from anigifs.datasets import open_clips
from tests.datasets import standins
from tests.datasets.standins import fill


def test_the_actor_tells_the_domain(tmp_path):
    standins.hac(tmp_path)
    found = open_clips(f"hac:{tmp_path}")
    assert [(clip.id, clip.label, clip.domain) for clip in found.split("train").clips] == [
        ("human/human_0", "sleeping", Domain.REAL_VIDEO),
        ("animal/animal_0", "sleeping", Domain.REAL_VIDEO),
        ("cartoon/cartoon_0", "sleeping", Domain.ANIMATED_GIF),
    ]
    part = open_clips(f"hac:{tmp_path}?actor=cartoon")
    assert (part.name, len(part.clips)) == ("hac-cartoon", 2)


def test_broken_rows_are_counted_and_a_missing_list_is_told(tmp_path):
    standins.hac(tmp_path)
    path = tmp_path / "HAC_Splits/HAC_test_only_animal.csv"
    path.write_text("animal_1.mp4,1\nanimal_1.mp4,7\nanimal_1.mp4\n,1\ngone.mp4,2\n")
    assert [one.item for one in open_clips(f"hac:{tmp_path}").problems] == [
        "HAC_test_only_animal.csv, line 2", "HAC_test_only_animal.csv, line 3",
        "HAC_test_only_animal.csv, line 4", "animal/gone.mp4",
    ]  # fmt: skip
    path.unlink()
    with pytest.raises(DataAbsent, match=r"HAC_test_only_animal\.csv is missing"):
        open_clips(f"hac:{tmp_path}")


@pytest.mark.real
def test_the_published_lists_give_the_published_number_of_rows(real_data, tmp_path):
    """3,381 rows (Dong et al. 2023), of which `sort | uniq -d` finds 24 human clips twice.

    One file name has a space before its suffix.
    """
    (tmp_path / "HAC_Splits").symlink_to(real_data / "labels/hac")
    names = set()
    for path in (real_data / "labels/hac").glob("*.csv"):
        actor = path.stem.rpartition("_")[2]
        rows = path.read_text().split("\n")
        names |= {f"{actor}/videos/{row.partition(',')[0].replace(' ', '')}" for row in rows if row}
    fill(tmp_path, names)
    found = open_clips(f"hac:{tmp_path}")
    assert len(found.clips) + len(found.problems) == 3381
    twice = {problem.item for problem in found.problems}
    assert len(twice) == 24
    assert {clip.split for clip in found.clips if clip.id in twice} == {"train"}
    human = next(clip for clip in found.clips if clip.id == "human/SnyMPFLLgH4_000012_000022")
    assert (human.label, human.group) == ("sleeping", "SnyMPFLLgH4")
