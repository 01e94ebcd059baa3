"""Clips whose bytes are not shipped, and several ways to split one release."""

import os
from pathlib import Path

import pytest

from anigifs.core.errors import DataAbsent, InputError, IntegrityError, UnknownName
from anigifs.core.records import Clip, Domain
from anigifs.datasets import open_clips
from anigifs.datasets.release import ReleaseWriter, read_release, tables, verify_release
from anigifs.datasets.release.hydrated import Hydrated, write_hydrated
from anigifs.datasets.release.layout import FileFact, Tombstone


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def clip(name, label, split):
    return Clip(id=name, path=Path("-"), domain=Domain.ANIMATED_GIF, label=label, split=split)


def schemes(root):
    header = ("clip_id", "label")
    tables.write_csv(root / "splits/some/train.csv", header, [("b", "run")])
    tables.write_csv(root / "splits/some/val.csv", header, [("c", "run")])


def write(root, stones=()):
    release = ReleaseWriter(
        root, "toy", "1.0.0", ("jump", "run"), Domain.ANIMATED_GIF, False, {"seed": 1}
    )
    release.add(clip("a", "jump", "test"), b"GIF89a-a", ".gif", {"media": "shipped"})
    release.add(clip("b", "run", "test"), b"GIF89a-b", ".gif", {"media": "shipped"})
    for name, media in (("c", "url"), ("d", "id")):
        fact = FileFact.of(b"GIF89a-" + name.encode())
        release.add_absent(clip(name, "run", "test"), fact, ".gif", {"media": media})
    release.close(lambda: schemes(root), stones)
    return root


@pytest.fixture
def root(tmp_path):
    return write(tmp_path / "toy")


def ids(found):
    return [one.id for one in found.clips]


def test_clips_without_bytes_are_passed_over_and_counted(root):
    found = read_release(root)
    assert ids(found) == ["a", "b"]
    assert [(one.item, one.reason[:11]) for one in found.problems] == [
        ("c", "not shipped"),
        ("d", "not shipped"),
    ]
    assert "anigifs release hydrate" in found.problems[0].reason
    assert verify_release(root) == []


def test_they_can_be_had_as_records(root):
    found = open_clips(f"{root}?absent=keep")
    assert ids(found) == ["a", "b", "c", "d"]
    assert [one.path.exists() for one in found.clips] == [True, True, False, False]
    assert found.problems == ()


def hydrate(folder, data=b"GIF89a-c"):
    (folder / "media/run").mkdir(parents=True)
    (folder / "media/run/c.gif").write_bytes(data)
    write_hydrated(folder, [Hydrated("c", "media/run/c.gif", FileFact.of(data).sha256, 8, "exact")])
    return folder


def test_what_was_fetched_is_taken_from_beside_the_release(root, tmp_path):
    folder = hydrate(tmp_path / "more")
    found = open_clips(f"{root}?media={folder}")
    assert ids(found) == ["a", "b", "c"]
    assert found.clips[2].path.read_bytes() == b"GIF89a-c"
    assert [one.item for one in found.problems] == ["d"]


def test_a_folder_that_was_not_filled_says_how_to_fill_it(root, tmp_path):
    with pytest.raises(DataAbsent, match="release hydrate"):
        open_clips(f"{root}?media={tmp_path}")


def test_a_fetched_clip_of_another_size_is_refused(root, tmp_path):
    with pytest.raises(IntegrityError, match="not as fetched"):
        read_release(root, media=hydrate(tmp_path / "more", b"longer than it was"))


def test_a_scheme_has_its_own_clips_classes_and_splits(root):
    found = open_clips(f"{root}?scheme=some&absent=keep")
    assert [(one.id, one.split) for one in found.clips] == [("b", "train"), ("c", "val")]
    assert found.classes == ("run",)
    assert ids(open_clips(f"{root}?scheme=some&split=train")) == ["b"]
    assert ids(open_clips(f"{root}?split=test")) == ["a", "b"]


def test_an_unknown_scheme_names_those_there_are(root):
    with pytest.raises(UnknownName, match="Known: some"):
        open_clips(f"{root}?scheme=same")


def test_a_tombstone_also_ends_a_clip_that_was_never_shipped(tmp_path):
    stone = Tombstone(path="media/run/c.gif", reason="asked by its author", version="1.0.0")
    root = write(tmp_path / "toy", [stone])
    assert ids(read_release(root, absent="keep")) == ["a", "b", "d"]
    assert verify_release(root) == []


def test_a_clip_without_bytes_must_say_who_has_them(tmp_path):
    release = ReleaseWriter(
        tmp_path / "x", "toy", "1.0.0", ("run",), Domain.ANIMATED_GIF, False, {}
    )
    with pytest.raises(InputError, match="url or id"):
        release.add_absent(clip("a", "run", ""), FileFact.of(b"x"), ".gif", {})


def test_an_absent_clip_survives_a_killed_run(tmp_path, root):
    half = tmp_path / "half"
    release = ReleaseWriter(
        half, "toy", "1.0.0", ("jump", "run"), Domain.ANIMATED_GIF, False, {"seed": 1}
    )
    fact = FileFact.of(b"GIF89a-c")
    release.add_absent(clip("c", "run", "test"), fact, ".gif", {"media": "url"})
    (half / ".clips.csv.x.part").write_text("half")
    write(half)
    for path in root.rglob("*.*"):
        assert (half / path.relative_to(root)).read_bytes() == path.read_bytes()
