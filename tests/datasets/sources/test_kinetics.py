"""Kinetics: the published lists with stand-in files."""

import pytest

from anigifs.core.errors import ConfigError, DataAbsent
from anigifs.core.taxonomy import class_list
from anigifs.datasets import open_clips
from tests.datasets.standins import fill, write

HEAD = "label,youtube_id,time_start,time_end,split\n"


def test_files_are_found_under_every_usual_name(tmp_path):
    rows = [f"yoga,video_-____{number},{number},{number + 10},validate" for number in range(5)]
    write(tmp_path, "val.csv", HEAD + "\n".join(rows))
    names = (
        "video_-____0_000000_000010.mp4", "val/yoga/video_-____1_000001_000011.mkv",
        "val/video_-____2_2_12.webm", "yoga/video_-____3.mp4",
        "other/video_-____4_000009_000019.mp4",
    )  # fmt: skip
    fill(tmp_path, names)
    found = open_clips(f"kinetics:{tmp_path}")
    assert [clip.path.relative_to(tmp_path).as_posix() for clip in found.clips] == list(names[:4])
    assert [clip.id for clip in found.clips][2] == "video_-____2_000002_000012"
    assert {clip.split for clip in found.clips} == {"val"}
    assert found.classes == class_list("kinetics-600")
    assert [problem.item for problem in found.problems] == ["video_-____4_000004_000014"]


def test_a_bare_name_is_the_clip_or_the_whole_video_as_one_says(tmp_path):
    write(tmp_path, "val.csv", HEAD + "yoga,aaaaaaaaaaa,20,30,val")
    fill(tmp_path, ["aaaaaaaaaaa.mp4"])
    assert open_clips(f"kinetics:{tmp_path}").clips[0].span_s is None
    assert open_clips(f"kinetics:{tmp_path}?bare=video").clips[0].span_s == (20, 30)


def test_of_two_files_of_one_name_the_one_in_the_class_folder_is_taken(tmp_path):
    write(tmp_path, "val.csv", HEAD + "yoga,aaaaaaaaaaa,1,11,val")
    fill(tmp_path, ["Air Drumming/aaaaaaaaaaa.mp4", "Yoga/aaaaaaaaaaa.mp4"])
    assert open_clips(f"kinetics:{tmp_path}").clips[0].path.parent.name == "Yoga"


def test_broken_rows_and_foreign_labels_are_counted(tmp_path):
    rows = (
        "yoga,aaaaaaaaaaa,1,11,val", "yoga,aaaaaaaaaaa,1,11,val", "yoga,bbbbbbbbbbb,x,11,val",
        "yoga,bbbbbbbbbbb", "yoga,bbbbbbbbbbb,12,2,val", "yoda,ccccccccccc,1,11,val",
    )  # fmt: skip
    write(tmp_path, "val.csv", HEAD + "\n".join(rows))
    fill(tmp_path, ["aaaaaaaaaaa.mp4", "ccccccccccc.mp4"])
    found = open_clips(f"kinetics:{tmp_path}")
    assert len(found.clips) == 1
    assert [(problem.item, problem.reason) for problem in found.problems] == [
        ("aaaaaaaaaaa_000001_000011", "listed twice; the first row is used"),
        ("val.csv, line 4", "a broken row: no id or no times"),
        ("val.csv, line 5", "a broken row: no id or no times"),
        ("val.csv, line 6", "a broken row"),
        ("ccccccccccc_000001_000011", "the label 'yoda' is not in kinetics-600"),
    ]


def test_labels_of_another_kinetics_are_told_not_passed_over(tmp_path):
    write(tmp_path, "val.csv", HEAD + "tying tie,aaaaaaaaaaa,1,11,val\nyoga,bbbbbbbbbbb,1,11,val")
    fill(tmp_path, ["aaaaaaaaaaa.mp4", "bbbbbbbbbbb.mp4"])
    with pytest.raises(ConfigError, match=r"add taxonomy=kinetics-400 .and map=kinetics-400"):
        open_clips(f"kinetics:{tmp_path}")
    renamed = "taxonomy=kinetics-400&map=kinetics-400_to_kinetics-600"
    labels = [clip.label for clip in open_clips(f"kinetics:{tmp_path}?{renamed}").clips]
    assert labels == ["tying necktie", "yoga"]


def test_clips_of_a_list_without_labels_take_them_from_class_folders(tmp_path):
    write(tmp_path, "test.csv", "youtube_id,time_start,time_end,split\na,1,11,test\nb,2,12,test")
    fill(tmp_path, ["test/a_000001_000011.mp4", "yoga/b_000002_000012.mp4"])
    assert [clip.label for clip in open_clips(f"kinetics:{tmp_path}").clips] == ["", "yoga"]


def test_a_list_without_the_needed_columns_is_one_clear_error(tmp_path):
    write(tmp_path, "val.csv", "label,youtube_id,start\n")
    with pytest.raises(ConfigError, match="lacks the columns time_end, time_start"):
        open_clips(f"kinetics:{tmp_path}")
    with pytest.raises(DataAbsent, match=r"no annotation file v\.csv"):
        open_clips(f"kinetics:{tmp_path}?annotations=v.csv")
    write(tmp_path, "val.csv", HEAD + '"' + "x" * 200_000)
    with pytest.raises(ConfigError, match="is not CSV"):
        open_clips(f"kinetics:{tmp_path}")


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "taxonomy", "rows", "first", "label"),
    [
        ("kinetics-400_val.csv", "kinetics-400", 19906, "0wR5jVB-WPk_000417_000427", "abseiling"),
        ("kinetics-600_val.csv", "kinetics-600", 30000, "yq_M1PMw2hY_000038_000048", "abseiling"),
        ("kinetics-600_test.csv", "kinetics-600", 72924, "LAcSOxdNrmI_000061_000071", ""),
    ],
)
def test_the_published_lists_are_read_whole(
    real_data, tmp_path, file, taxonomy, rows, first, label
):
    fill(tmp_path, [f"{first}.mp4"])
    path = real_data / "labels/kinetics" / file
    found = open_clips(f"kinetics:{tmp_path}?annotations={path}&taxonomy={taxonomy}")
    assert [(clip.id, clip.label) for clip in found.clips] == [(first, label)]
    assert len(found.problems) == rows - 1
    assert {problem.reason for problem in found.problems} == {"no file of the usual names"}
