"""AVA-Kinetics: people at key frames, to one label a clip."""

import pytest

from anigifs.core.errors import UnknownName
from anigifs.core.records import Box
from anigifs.datasets import open_clips
from tests.datasets.standins import fill, write

CLAP, KISS, SIT, WAVE = 67, 72, 11, 69
LEFT, RIGHT = "0.1,0.2,0.4,0.9", "0.5,0.2,0.75,1.0"


def dataset(
    tmp_path, rows, files=("aaaaaaaaaaa_000010_000020.mp4",), name="kinetics_train_v1.0.csv"
):
    write(tmp_path, name, "".join(f"{row}\n" for row in rows))
    fill(tmp_path, files)
    return f"ava-kinetics:{tmp_path}"


def test_a_person_of_several_actions_gives_the_one_that_the_map_joins(tmp_path):
    rows = [f"aaaaaaaaaaa,14.5,{LEFT},{action}" for action in (CLAP, SIT)]
    found = open_clips(dataset(tmp_path, rows))
    (clip,) = found.clips
    assert (clip.label, clip.split, clip.group) == ("clapping", "train", "aaaaaaaaaaa")
    assert clip.boxes == (Box(time_ms=4500.0, x1=0.1, y1=0.2, x2=0.4, y2=0.9),)
    assert len(found.classes) == 12
    assert found.problems[0].reason == "1 rows of actions that the map leaves out"


def test_the_boxes_are_those_of_the_people_who_perform_the_label(tmp_path):
    rows = [f"aaaaaaaaaaa,14.5,{LEFT},{CLAP}", f"aaaaaaaaaaa,14.5,{RIGHT},{SIT}",
            f"aaaaaaaaaaa,16.0,{RIGHT},{CLAP}", f"aaaaaaaaaaa,16.0,{RIGHT},{CLAP}"]  # fmt: skip
    (clip,) = open_clips(dataset(tmp_path, rows)).clips
    assert [(box.time_ms, box.x1) for box in clip.boxes] == [(4500.0, 0.1), (6000.0, 0.5)]


def test_a_clip_of_several_classes_is_left_out_or_goes_to_most_people(tmp_path):
    rows = [f"aaaaaaaaaaa,14.5,{LEFT},{CLAP}", f"aaaaaaaaaaa,14.5,{RIGHT},{CLAP}",
            f"aaaaaaaaaaa,14.5,{RIGHT},{KISS}",
            f"bbbbbbbbbbb,3,{LEFT},{WAVE}", f"bbbbbbbbbbb,3,{LEFT},{KISS}",
            f"ccccccccccc,3,{LEFT},{WAVE}"]  # fmt: skip
    files = ("aaaaaaaaaaa_000010_000020.mp4", "bbbbbbbbbbb_000000_000010.mp4",
             "ccccccccccc_000000_000010.mp4")  # fmt: skip
    spec = dataset(tmp_path, rows, files)
    found = open_clips(spec)
    assert [clip.label for clip in found.clips] == ["waving hand"]
    assert found.problems[-1].reason == "2 left out: their actions map to several"
    assert [clip.label for clip in open_clips(f"{spec}?several=most").clips] == [
        "clapping", "waving hand"
    ]  # fmt: skip


def test_rows_without_a_person_are_counted_and_broken_ones_listed(tmp_path):
    rows = [f"aaaaaaaaaaa,14.5,{LEFT},{CLAP}", "bbbbbbbbbbb,3.0,,,,,", "ccccccccccc,4.0",
            f"aaaaaaaaaaa,14.5,{LEFT},81", f"aaaaaaaaaaa,14.5,0.5,0.2,0.4,0.9,{CLAP}",
            f"aaaaaaaaaaa,later,{LEFT},{CLAP}", "aaaaaaaaaaa"]  # fmt: skip
    problems = [(one.item, one.reason) for one in open_clips(dataset(tmp_path, rows)).problems]
    assert ("kinetics_train_v1.0.csv", "2 rows without a person") in problems
    assert [item for item, reason in problems if reason.startswith("a broken row")] == [
        f"kinetics_train_v1.0.csv, line {number}" for number in (4, 5, 6, 7)
    ]


def test_the_cut_clip_that_holds_the_moment_is_taken(tmp_path):
    files = ("aaaaaaaaaaa_000000_000010.mp4", "aaaaaaaaaaa_000010_000020.mp4")
    rows = [f"aaaaaaaaaaa,{time},{LEFT},{CLAP}" for time in ("10", "25")]
    found = open_clips(dataset(tmp_path, rows, files))
    assert [(clip.id, clip.boxes[0].time_ms) for clip in found.clips] == [
        ("aaaaaaaaaaa_000010_000020", 0.0)
    ]
    assert found.problems[-1].item == "aaaaaaaaaaa at 25 s"


def test_a_key_frame_of_a_whole_film_is_a_span_of_it(tmp_path):
    """Pure AVA: times with leading zeros, and a person id at the end."""
    rows = [f"-5KQ66BBWC4,0902,{LEFT},{CLAP},7", f"-5KQ66BBWC4,0002,{LEFT},{CLAP},7"]
    spec = dataset(tmp_path, rows, ["films/-5KQ66BBWC4.mkv"], "ava_val_v2.2.csv")
    first, second = open_clips(spec).clips
    assert (first.id, first.span_s, first.split) == ("-5KQ66BBWC4_0902", (897.0, 907.0), "val")
    assert first.boxes[0].time_ms == 5000.0
    assert (second.span_s, second.boxes[0].time_ms) == ((0.0, 10.0), 2000.0)


def test_the_map_can_be_replaced(tmp_path):
    (tmp_path / "mine.csv").write_text("ava-80,mine\nsit,resting\n")
    rows = [f"aaaaaaaaaaa,14.5,{LEFT},{action}" for action in (CLAP, SIT)]
    found = open_clips(f"{dataset(tmp_path, rows)}?actions={tmp_path / 'mine.csv'}")
    assert found.classes == ("resting",)
    with pytest.raises(UnknownName, match="class map"):
        open_clips(f"ava-kinetics:{tmp_path}?actions=ava")


@pytest.mark.real
def test_the_published_sample_is_read(real_data, tmp_path):
    """Its eight rows are of actions 12, 17, 74, 79 and 80: none of study 2."""
    fill(tmp_path, ["0f39OWEqJ24.mp4", "_-Z6wFjXtGQ.mp4"])
    (tmp_path / "mine.csv").write_text(
        "ava-80,mine\nstand,standing\nlisten to (a person),hearing\n"
    )
    sample = real_data / "labels/ava/mmaction2_test_ava_sample.csv"
    found = open_clips(f"ava-kinetics:{tmp_path}?annotations={sample}&actions={tmp_path}/mine.csv")
    assert [(clip.id, clip.label) for clip in found.clips] == [
        ("0f39OWEqJ24_0902", "standing"), ("0f39OWEqJ24_0903", "standing")
    ]  # fmt: skip
    assert [problem.reason for problem in found.problems] == [
        "4 rows of actions that the map leaves out", "1 left out: their actions map to several"
    ]  # fmt: skip
