"""Folders and lists that people have."""

import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from anigifs.collect.localfiles import listing, path_of, read_file, refuse_archive
from anigifs.core.errors import InputError, LimitExceeded, SourceError
from tests.collect.webs import class_folders


def rows(path):
    return [json.loads(line) for line in listing(path).splitlines()]


def write(path, data=b"GIF89a"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_the_first_folder_is_the_class(tmp_path):
    class_folders(tmp_path, per_class=1)
    write(tmp_path / "loose.gif")
    write(tmp_path / "push_up" / "deep" / "x.gif")
    write(tmp_path / ".hidden" / "y.gif")
    found = {row["title"]: row["label"] for row in rows(tmp_path)}
    assert found == {
        "clapping/0.gif": "clapping", "loose.gif": "", "push_up/0.gif": "push up",
        "push_up/deep/x.gif": "push up", "situp/0.gif": "situp",
    }  # fmt: skip


def test_names_with_spaces_and_signs_survive_the_way_through_a_url(tmp_path):
    name = write(tmp_path / "ü 100% #1?.gif")
    assert path_of(rows(tmp_path)[0]["url"]) == name


def test_a_csv_names_paths_urls_classes_and_licences(tmp_path):
    write(tmp_path / "a.gif")
    (tmp_path / "list.csv").write_text(
        "url,path,class,license\nhttps://x.org/b.gif,,squat,CC0\n,a.gif,clapping,\n"
    )
    web, disk = rows(tmp_path / "list.csv")
    assert (web["url"], web["label"], web["licence"]) == ("https://x.org/b.gif", "squat", "CC0")
    assert (path_of(disk["url"]), disk["label"]) == (tmp_path / "a.gif", "clapping")


def test_json_lines_and_plain_lines_are_lists_too(tmp_path):
    write(tmp_path / "a.gif")
    (tmp_path / "list.jsonl").write_text('{"path": "a.gif", "label": "squat"}\nnonsense\n')
    good, bad = rows(tmp_path / "list.jsonl")
    assert good["label"] == "squat"
    assert bad == {"problem": "line 2 is no JSON object"}
    (tmp_path / "list.txt").write_text("a.gif\n\nhttps://x.org/b.gif\n")
    assert [Path(row["url"]).name for row in rows(tmp_path / "list.txt")] == ["a.gif", "b.gif"]


@pytest.mark.parametrize("told", ["../secret.gif", "/etc/passwd", "file:///etc/passwd", "link.gif"])
def test_a_list_from_elsewhere_reads_no_file_outside_its_folder(tmp_path, told):
    write(tmp_path / "secret.gif")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "link.gif").symlink_to(tmp_path / "secret.gif")
    (tmp_path / "theirs" / "list.txt").write_text(told)
    (row,) = rows(tmp_path / "theirs" / "list.txt")
    assert "url" not in row
    assert row["problem"]


def test_archives_are_refused_with_advice(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x", "y")
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        archive.add(__file__)
    (tmp_path / "a.zip").rename(tmp_path / "disguised.csv")
    for name in ("disguised.csv", "b.tar.gz"):
        with pytest.raises(InputError, match="unpack it yourself"):
            refuse_archive(tmp_path / name)
        with pytest.raises(InputError, match="unpack it yourself"):
            listing(tmp_path / name)


def test_an_archive_in_a_folder_is_a_problem_and_the_rest_goes_on(tmp_path):
    write(tmp_path / "a.gif")
    write(tmp_path / "b.zip", b"PK\x03\x04")
    told = rows(tmp_path)
    assert [("url" in row, "problem" in row) for row in told] == [(True, False), (False, True)]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"GIF89a\xff"])
def test_a_file_that_is_no_list_is_refused(tmp_path, data):
    with pytest.raises(InputError, match="no list"):
        listing(write(tmp_path / "x.gif", data))


def test_nothing_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no folder or list"):
        listing(tmp_path / "absent")


def test_a_file_is_read_within_a_limit(tmp_path):
    file = write(tmp_path / "a.gif", b"12345")
    assert read_file(file, 5) == b"12345"
    with pytest.raises(LimitExceeded):
        read_file(file, 4)
    with pytest.raises(SourceError, match="No such file"):
        read_file(tmp_path / "b.gif", 4)
