"""Exports, read back with the libraries that they are for."""

import csv

import pytest

from anigifs.core.errors import InputError, UnknownName
from anigifs.datasets import open_clips
from anigifs.release.export import export
from tests.release.conftest import everything
from tests.release.test_build import BOTH, build
from tests.release.test_hydrate import gif


@pytest.fixture
def found(bench, tmp_path):
    for number in range(8):
        bench.accept(number, "squat" if number % 2 else "yoga", gif(number))
    build(bench, tmp_path / "release", BOTH)
    return open_clips(f"{tmp_path / 'release'}?scheme=da-40")


def known(found):
    return {clip.id: (clip.label, clip.split, clip.path.read_bytes()) for clip in found.clips}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hugging_face_datasets_reads_it_in_one_line(found, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    export(found, "hf", tmp_path / "hf")
    read = datasets.load_dataset(str(tmp_path / "hf"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in read.items()} == {
        split: sum(clip.split == split for clip in found.clips) for split in read
    }
    names = read["train"].features["label"].names
    assert names == list(found.classes)
    told = known(found)
    for split, rows in read.items():
        for row in rows:
            assert row["gif"].n_frames == 6
            assert (names[row["label"]], split) == told[row["clip_id"]][:2]
        raw = rows.cast_column("gif", datasets.Image(decode=False))
        assert all(row["gif"]["bytes"] == told[row["clip_id"]][2] for row in raw)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_webdataset_reads_it(found, tmp_path):
    webdataset = pytest.importorskip("webdataset")
    export(found, "webdataset", tmp_path / "wds")
    told = known(found)
    seen = {}
    for path in sorted((tmp_path / "wds").glob("*.tar")):
        for sample in webdataset.WebDataset(str(path), shardshuffle=False):
            label = found.classes[int(sample["cls"])]
            seen[sample["__key__"]] = (label, path.name.partition("-")[0], sample["gif"])
    assert seen == told


def test_class_folders_are_read_by_our_own_source(found, tmp_path):
    export(found, "folders", tmp_path / "out")
    told = known(found)
    for split in ("train", "val", "test"):
        read = open_clips(f"folder:{tmp_path / 'out' / split}?domain=animated-gif")
        mine = {clip.path.stem: (clip.label, clip.path.read_bytes()) for clip in read.clips}
        assert mine == {
            name: (label, data) for name, (label, of, data) in told.items() if of == split
        }


def test_kinetics_lists_are_read_by_our_own_source(found, tmp_path):
    export(found, "kinetics-csv", tmp_path / "out")
    spec = f"kinetics:{tmp_path / 'out'}?taxonomy={tmp_path / 'out/classes.txt'}"
    read = open_clips(f"{spec}&domain=animated-gif")
    mine = {clip.group: (clip.label, clip.split, clip.path.read_bytes()) for clip in read.clips}
    assert mine == known(found)
    with (tmp_path / "out/train.csv").open(newline="") as file:
        assert next(csv.reader(file)) == [
            "label", "youtube_id", "time_start", "time_end", "split",
        ]  # fmt: skip


@pytest.mark.parametrize("to", ["hf", "webdataset", "folders", "kinetics-csv"])
def test_the_same_clips_give_the_same_bytes(found, tmp_path, to):
    export(found, to, tmp_path / "a")
    export(found, to, tmp_path / "b")
    assert everything(tmp_path / "a") == everything(tmp_path / "b")


def test_unknown_forms_and_taken_folders_are_refused(found, tmp_path):
    with pytest.raises(UnknownName, match="Did you mean 'folders'"):
        export(found, "folder", tmp_path / "out")
    with pytest.raises(InputError, match="not an empty folder"):
        export(found, "folders", tmp_path)
