"""A dataset from one line of text."""

from pathlib import Path

import pytest

from anigifs.core.errors import ConfigError, DataAbsent, InputError, UnknownName
from anigifs.datasets import open_clips, parse
from anigifs.datasets.spec import Spec
from tests.datasets import standins


def test_a_named_source_a_path_and_options():
    assert parse("kinetics:/data/k600?annotations=val.csv&split=val") == Spec(
        "kinetics", Path("/data/k600"), {"annotations": "val.csv", "split": "val"}
    )


def test_a_bare_path_is_a_release_where_there_is_one_else_class_folders(tmp_path):
    standins.release(tmp_path / "r")
    standins.folder(tmp_path / "f")
    assert parse(str(tmp_path / "r")).source == "release"
    assert parse(f"{tmp_path / 'r'}?split=test").source == "release"
    assert parse(str(tmp_path / "f")).source == "folder"
    assert parse("/not/there").source == "folder"


def test_a_half_written_release_is_not_taken_for_class_folders(tmp_path):
    (tmp_path / ".writing.jsonl").write_text("{}\n")
    with pytest.raises(DataAbsent, match="half-written"):
        open_clips(str(tmp_path))


def test_a_folder_with_odd_letters_in_its_name_is_a_folder(tmp_path):
    odd = tmp_path / "gifs: what? a&b=c"
    standins.folder(odd)
    assert len(open_clips(str(odd)).clips) == 3


def test_values_can_be_escaped():
    assert parse("folder:/x?groups=a%26b%20c.csv").options == {"groups": "a&b c.csv"}


def test_home_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse("folder:~/x").path == tmp_path / "x"


@pytest.mark.parametrize("tail", ["split", "=x", "split=a&split=b", "path=/y"])
def test_a_malformed_option_is_one_clear_error(tail):
    with pytest.raises(ConfigError, match="key=value"):
        parse(f"folder:/x?{tail}")


def test_an_unknown_source_gets_a_suggestion(tmp_path):
    with pytest.raises(UnknownName, match="Did you mean 'kinetics'"):
        open_clips(f"kinetcs:{tmp_path}")


def test_labels_go_through_a_class_map(tmp_path):
    standins.hac(tmp_path)
    found = open_clips(f"hac:{tmp_path}?map=hac_to_kinetics-600")
    assert found.classes == ("jogging", "opening door", "sleeping", "watching tv")
    assert {clip.label for clip in found.clips} == {"sleeping", "watching tv"}


def test_clips_that_a_map_leaves_out_are_counted(tmp_path):
    standins.folder(tmp_path)
    path = tmp_path / "mine.csv"
    path.write_text("folders,mine\npush up,exercise\n")
    found = open_clips(f"{tmp_path}?map={path}")
    assert found.classes == ("exercise",)
    assert len(found.clips) == 2
    assert found.problems[-1].reason.startswith("1 clips of classes")
    path.write_text("folders,mine\nsquat,exercise\n")
    with pytest.raises(InputError, match="none of the classes"):
        open_clips(f"{tmp_path}?map={path}")
