"""What trains or chooses is not measured, under whatever path it is named."""

from pathlib import Path

import pytest

from anigifs.core.errors import ProtocolError
from anigifs.core.records import Clip, ClipSet, Domain
from anigifs.study.apart import check_apart


def clips(*parts):
    made = tuple(
        Clip(id=str(path), path=path, domain=Domain.REAL_VIDEO, label="squat", span_s=span)
        for path, span in parts
    )
    return ClipSet(name="some", classes=("squat",), clips=made)


@pytest.fixture
def files(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.mp4").write_bytes(b"a")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", ["real/a.mp4", "linked/a.mp4", "real/../real/a.mp4"])
def test_a_file_is_known_by_a_relative_path_and_behind_links(files, path):
    used = {"data.train": clips((files / "real" / "a.mp4", None))}
    with pytest.raises(ProtocolError, match=r"1 of 1 clips of the set 'home' are in data\.train"):
        check_apart(used, {"far": clips(), "home": clips((Path(path), None))})


def test_another_part_of_a_film_and_another_file_of_that_name_are_apart(files):
    used = {"data.train": clips((files / "real" / "a.mp4", (0.0, 1.0)))}
    (files / "a.mp4").write_bytes(b"b")
    others = clips((files / "real" / "a.mp4", (1.0, 2.0)), (files / "a.mp4", (0.0, 1.0)))
    check_apart(used, {"home": others})
