"""UCF-HMDB: the official lists of both, on twelve classes."""

import pytest

from anigifs.core.errors import ConfigError, DataAbsent
from anigifs.core.taxonomy import class_list
from anigifs.datasets import open_clips
from tests.datasets import standins
from tests.datasets.standins import fill, write


def test_ucf_classes_join_under_the_shared_names(tmp_path):
    standins.ucf_hmdb(tmp_path)
    found = open_clips(f"ucf-hmdb:{tmp_path}?part=ucf")
    assert [(clip.label, clip.split, clip.group) for clip in found.clips] == [
        ("shoot_bow", "train", "Archery_g08"),
        ("punch", "test", "Punch_g01"),
        ("shoot_bow", "test", "Archery_g01"),
    ]
    assert found.classes == class_list("ucf-hmdb")


def test_hmdb_marks_tell_the_split_and_unused_clips_are_unused(tmp_path):
    for label in class_list("ucf-hmdb"):
        write(tmp_path, f"lists/{label}_test_split1.txt", "")
    stems = [f"Film!_(1)_climb_f_cm_np1_ba_med_{number}" for number in range(4)]
    rows = [f"{stem}.avi {mark} " for stem, mark in zip(stems, "1203", strict=True)]
    write(tmp_path, "lists/climb_test_split1.txt", "\n".join(rows))
    fill(tmp_path, [f"climb/{stem}.avi" for stem in stems])
    found = open_clips(f"ucf-hmdb:{tmp_path}?part=hmdb")
    assert [(clip.split, clip.group) for clip in found.clips] == [
        ("train", "Film!_(1)"), ("test", "Film!_(1)")
    ]  # fmt: skip
    assert [problem.reason for problem in found.problems] == [f"a broken row: {rows[3].strip()!r}"]


def test_a_missing_list_and_a_missing_part_are_told(tmp_path):
    fill(tmp_path, ["x.avi"])
    with pytest.raises(DataAbsent, match=r"trainlist02\.txt is missing"):
        open_clips(f"ucf-hmdb:{tmp_path}?part=ucf&lists=2")
    with pytest.raises(ConfigError, match=r"part: .*'ucf' or 'hmdb'"):
        open_clips(f"ucf-hmdb:{tmp_path}?part=both")


@pytest.mark.real
@pytest.mark.parametrize(
    ("part", "train", "test"),
    [("ucf", 1438, 571), ("hmdb", 840, 360)],  # Chen et al. 2019, table 1 (UCF-HMDB full)
)
def test_the_official_lists_give_the_published_numbers_of_clips(
    real_data, tmp_path, part, train, test
):
    lists = real_data / "labels" / {"ucf": "ucf101_splits", "hmdb": "hmdb51_splits"}[part]
    (tmp_path / "lists").symlink_to(lists)
    text = " ".join(path.read_text() for path in lists.glob("*1.txt"))
    names = {word.rpartition("/")[2] for word in text.split() if word.endswith(".avi")}
    fill(tmp_path / "videos", names)
    found = open_clips(f"ucf-hmdb:{tmp_path}?part={part}")
    assert (len(found.split("train").clips), len(found.split("test").clips)) == (train, test)
    assert not found.problems
