"""Releases: written once, read whole, checked byte by byte."""

import csv
import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.core.errors import DataAbsent, InputError, IntegrityError, UnknownName
from anigifs.core.records import Box, Clip, Domain
from anigifs.datasets.release import (
    ReleaseWriter,
    is_release,
    read_manifest,
    read_release,
    verify_release,
)
from anigifs.datasets.release.layout import class_folders, safe_name

CLASSES = ("squat", "passing American football (in game)")
BOX = Box(time_ms=40.0, x1=0.1, y1=0.2, x2=1.0, y2=1 / 3)
FACTS = {"seed": 7, "config": {"speed": 0.5}}


def writer(root, classes=CLASSES, facts=FACTS):
    return ReleaseWriter(root, "toy", "1.0.0", classes, Domain.ANIMATED_GIF, True, facts)


def clip(name, label="squat", **facts):
    facts = {"split": "train", **facts}
    return Clip(id=name, path=Path("-"), domain=Domain.ANIMATED_GIF, label=label, **facts)


CLIPS = (
    (clip("b", group="g", boxes=(BOX, BOX)), b"GIF89a-b", {"frames": 3, "licence": "CC0"}),
    (clip("A", CLASSES[1], split="test"), b"GIF89a-A", {"frames": 4}),
    (clip("a", "", split="", span_s=(0.5, 1.25)), b"GIF89a-a", {"frames": 5, "delay": 0.1}),
)


def write(root, clips=CLIPS):
    with writer(root) as release:
        for one, data, meta in clips:
            release.add(one, data, ".gif", meta)
    return root


def everything(root):
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


@pytest.fixture
def root(tmp_path):
    return write(tmp_path / "toy-1.0.0")


def edit_manifest(root, change):
    manifest = json.loads((root / "release.json").read_text())
    change(manifest)
    (root / "release.json").write_text(json.dumps(manifest))


def media(root, clip_id):
    return next(found.path for found in read_release(root).clips if found.id == clip_id)


def test_what_was_written_is_read_back(root):
    found = read_release(root)
    assert (found.name, found.classes, found.simulated) == ("toy", CLASSES, True)
    assert [one.id for one in found.clips] == ["A", "a", "b"]
    for one, data, _ in CLIPS:
        back = next(other for other in found.clips if other.id == one.id)
        assert back.path.read_bytes() == data
        for name in ("domain", "label", "split", "group", "span_s", "boxes"):
            assert getattr(back, name) == getattr(one, name)


def test_the_tables_can_be_read_without_us(root):
    rows = pq.read_table(root / "clips.parquet").to_pylist()
    assert rows[2] == {
        "clip_id": "b", "path": "media/squat/b.gif", "label": "squat", "domain": "animated-gif",
        "split": "train", "group": "g", "start_s": None, "end_s": None, "bytes": 8,
        "sha256": hashlib.sha256(b"GIF89a-b").hexdigest(),
        "delay": None, "frames": 3, "licence": "CC0",
    }  # fmt: skip
    with (root / "clips.csv").open(newline="") as file:
        assert list(csv.DictReader(file))[1]["delay"] == "0.1"
    assert (root / "splits/test.csv").read_text() == (
        "clip_id,label\nA,passing American football (in game)\n"
    )
    assert (root / "classes.csv").read_text().splitlines()[1] == "0,squat,1"
    assert (root / "boxes.csv").read_text().splitlines() == [
        "clip_id,time_ms,x1,y1,x2,y2",
        *["b,40.0,0.1,0.2,1.0,0.3333333333333333"] * 2,
    ]


def test_the_manifest_names_every_file_with_its_size_and_hash(root):
    manifest = read_manifest(root)
    assert manifest.counts == {
        "clips": 3, "classes": 2, "boxes": 2, "splits": {"train": 1, "test": 1}
    }  # fmt: skip
    assert manifest.facts == FACTS
    found = everything(root)
    assert found.keys() == manifest.files.keys() | {"release.json"}
    for name, fact in manifest.files.items():
        assert fact.bytes == len(found[name])
        assert fact.sha256 == hashlib.sha256(found[name]).hexdigest()


def test_the_same_clips_give_the_same_bytes_in_any_order(tmp_path, root):
    assert everything(write(tmp_path / "again", CLIPS[::-1])) == everything(root)


def test_without_boxes_there_is_no_box_table(tmp_path):
    assert not (write(tmp_path / "plain", CLIPS[1:]) / "boxes.csv").exists()


def test_a_fresh_release_verifies(root):
    assert verify_release(root) == []


def test_a_flipped_byte_is_noticed_in_every_file(root):
    for name, data in everything(root).items():
        if name == "release.json":
            continue
        (root / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert [fault.item for fault in verify_release(root)] == [name]
        (root / name).write_bytes(data)


def test_missing_added_and_resized_files_are_noticed(root):
    media(root, "a").unlink()
    (root / "notes.txt").write_text("new")
    (root / "clips.csv").write_text("short")
    faults = {fault.item: fault.reason for fault in verify_release(root)}
    assert faults.keys() == {"media/_unlabelled/a.gif", "notes.txt", "clips.csv"}
    assert faults["media/_unlabelled/a.gif"] == "missing"


def test_opening_refuses_a_release_with_a_missing_or_resized_file(root):
    media(root, "a").write_bytes(b"longer than before")
    with pytest.raises(IntegrityError, match=r"1 of .*a\.gif \(18 bytes, published with 8\)"):
        read_release(root)
    (root / "media/_unlabelled/a.gif").unlink()
    with pytest.raises(IntegrityError, match="missing"):
        read_release(root)


def test_a_tombstone_and_nothing_else_excuses_an_absence(root):
    path = "media/squat/b.gif"
    stone = {"path": path, "reason": "asked by its author", "version": "1.0.1"}
    edit_manifest(root, lambda manifest: manifest["tombstones"].append(stone))
    assert [fault.reason for fault in verify_release(root)] == ["taken down, but still there"]
    (root / path).unlink()
    assert verify_release(root) == []
    assert [one.id for one in read_release(root).clips] == ["A", "a"]


def test_a_link_in_place_of_a_file_is_noticed(root, tmp_path):
    path = media(root, "a")
    path.rename(tmp_path / "elsewhere.gif")
    path.symlink_to(tmp_path / "elsewhere.gif")
    assert [fault.reason for fault in verify_release(root)] == ["not a plain file"]


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "a\\b", ""])
def test_a_manifest_that_names_files_outside_is_refused(root, name):
    edit_manifest(root, lambda manifest: manifest["files"].update(
        {name: {"bytes": 1, "sha256": "0" * 64}}))  # fmt: skip
    with pytest.raises(IntegrityError, match="outside"):
        read_release(root)


def test_a_table_that_names_unlisted_files_is_refused(root):
    edit_manifest(root, lambda manifest: manifest["files"].pop("media/squat/b.gif"))
    with pytest.raises(IntegrityError, match="not in the manifest"):
        read_release(root)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 2}', "\x00"])
def test_a_damaged_manifest_is_an_integrity_error(root, text):
    (root / "release.json").write_text(text)
    with pytest.raises(IntegrityError, match=r"release\.json"):
        read_release(root)


def test_a_table_of_the_right_size_and_wrong_content_is_an_integrity_error(root):
    size = (root / "clips.parquet").stat().st_size
    (root / "clips.parquet").write_bytes(b"\0" * size)
    with pytest.raises(IntegrityError, match="Parquet"):
        read_release(root)


def test_a_folder_without_a_manifest_says_what_to_give(tmp_path):
    with pytest.raises(DataAbsent, match=r"release\.json is missing"):
        read_release(tmp_path)


def test_a_failed_run_is_half_written_and_goes_on(tmp_path, root):
    half = tmp_path / "half"
    one, data, meta = CLIPS[0]
    with pytest.raises(InputError, match="added before"), writer(half) as release:
        release.add(one, data, ".gif", meta)
        release.add(one, data, ".gif", meta)
    assert not is_release(half)
    with pytest.raises(DataAbsent, match="half-written"):
        read_release(half)
    kept = (half / "media/squat/b.gif").stat()
    with writer(half) as release:
        assert "b" in release
        assert "A" not in release
        for one, data, meta in CLIPS:
            release.add(one, data, ".gif", meta)
    after = (half / "media/squat/b.gif").stat()
    assert (after.st_ino, after.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)
    assert everything(half) == everything(root)


def test_stored_clips_need_not_be_made_again(tmp_path, root):
    half = tmp_path / "half"
    first = writer(half)
    for one, data, meta in CLIPS[:2]:
        first.add(one, data, ".gif", meta)
    with writer(half) as release:
        for one, data, meta in CLIPS:
            if one.id not in release:
                release.add(one, data, ".gif", meta)
    assert everything(half) == everything(root)


def test_a_stored_file_that_was_damaged_is_made_again(tmp_path, root):
    half = tmp_path / "half"
    first = writer(half)
    for one, data, meta in CLIPS:
        first.add(one, data, ".gif", meta)
    (half / "media/squat/b.gif").write_bytes(b"")
    (half / "media/_unlabelled/a.gif").unlink()
    again = writer(half)
    assert [one.id in again for one, _, _ in CLIPS] == [False, True, False]


def test_a_half_written_release_refuses_other_settings(tmp_path):
    writer(tmp_path / "half")
    with pytest.raises(InputError, match="seed: 7 there, 8 now"):
        writer(tmp_path / "half", facts={**FACTS, "seed": 8})


def test_a_whole_release_and_a_foreign_folder_are_never_written_to(root, tmp_path):
    with pytest.raises(InputError, match="never changes"):
        writer(root)
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="no half-written release"):
        writer(tmp_path)


def test_a_run_killed_in_its_first_moment_can_begin_again(tmp_path):
    (tmp_path / "..writing.jsonl.x1.part").write_text("")
    with writer(tmp_path):
        pass
    assert verify_release(tmp_path) == []


def test_files_put_beside_the_tables_become_part_of_the_release(tmp_path):
    with writer(tmp_path / "new"):
        (tmp_path / "new" / "DATASHEET.md").write_text("# Toy\n")
    assert "DATASHEET.md" in read_manifest(tmp_path / "new").files
    assert verify_release(tmp_path / "new") == []


KILLED = """
import sys
from pathlib import Path
from anigifs.core.records import Clip, Domain
from anigifs.datasets.release import ReleaseWriter
root, count = Path(sys.argv[1]), int(sys.argv[2])
with ReleaseWriter(root, "k", "1.0.0", ["squat"], Domain.REAL_GIF, False, {}) as release:
    print("open", flush=True)
    for number in range(count):
        clip = Clip(id=f"{number:04}", path=Path(), domain=Domain.REAL_GIF, label="squat")
        release.add(clip, bytes([number % 256]) * 50_000, ".gif", {"number": number})
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_never_looks_whole_and_ends_the_same(tmp_path):
    command = [sys.executable, "-c", KILLED]
    subprocess.run(
        [*command, str(tmp_path / "whole"), "120"], check=True, stdout=subprocess.DEVNULL
    )
    for wait_s in (0.0, 0.01, 0.03, 0.06):
        root = tmp_path / "killed"
        with subprocess.Popen(
            [*command, str(root), "120"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            process.stdout.readline()
            time.sleep(wait_s)
            process.send_signal(signal.SIGKILL)
        if is_release(root):
            break
        with (root / ".writing.jsonl").open("a") as journal:
            journal.write('{"clip_id": "0')
    if not is_release(root):
        subprocess.run([*command, str(root), "120"], check=True, stdout=subprocess.DEVNULL)
    assert verify_release(root) == []
    assert everything(root) == everything(tmp_path / "whole")


@pytest.mark.parametrize(
    ("one", "suffix", "meta", "error"),
    [
        (clip("x", "sqat"), ".gif", {}, "Did you mean 'squat'"),
        (clip(""), ".gif", {}, "empty"),
        (clip("x", split="a/b"), ".gif", {}, "the split 'a/b'"),
        (clip("x"), "/../x", {}, "suffix"),
        (clip("x"), ".gif", {"label": "y"}, "column of every release"),
        (clip("x"), ".gif", {"size": (1, 2)}, r"size=\(1, 2\)"),
        (clip("x"), ".gif", {"score": float("nan")}, "score=nan"),
        (clip("x", boxes=(Box(0, 0, 0, 1.2, 1),)), ".gif", {}, r"\[0, 1\]"),
        (clip("x", boxes=(Box(0, 0.6, 0, 0.5, 1),)), ".gif", {}, r"\[0, 1\]"),
    ],
)
def test_a_wrong_clip_is_one_clear_error(tmp_path, one, suffix, meta, error):
    with pytest.raises((InputError, UnknownName), match=error):
        writer(tmp_path / "r").add(one, b"", suffix, meta)


def test_an_id_is_used_once_and_a_fact_has_one_type(tmp_path):
    release = writer(tmp_path / "r")
    release.add(clip("x"), b"1", ".gif", {"size": 1})
    with pytest.raises(InputError, match="added before"):
        release.add(clip("x"), b"2", ".gif", {})
    release.add(clip("y"), b"1", ".gif", {"size": "big"})
    with pytest.raises(InputError, match="'size' is int for one clip and str"):
        release.close()


def test_numbers_and_truths_are_written_as_such(tmp_path):
    with writer(tmp_path / "r") as release:
        release.add(clip("x"), b"1", ".gif", {"score": 1, "still": True})
        release.add(clip("y"), b"2", ".gif", {"score": 0.1, "still": False})
        assert len(release) == 2
    table = pq.read_table(tmp_path / "r/clips.parquet").select(["score", "still"])
    assert table.to_pylist() == [{"score": 1.0, "still": True}, {"score": 0.1, "still": False}]
    lines = (tmp_path / "r/clips.csv").read_text().splitlines()
    assert [line.rsplit(",", 2)[1:] for line in lines] == [
        ["score", "still"], ["1", "true"], ["0.1", "false"]
    ]  # fmt: skip


def test_facts_that_no_file_can_hold_are_refused(tmp_path):
    with pytest.raises(InputError, match="JSON values"):
        writer(tmp_path / "r", facts={"path": tmp_path})


@pytest.mark.parametrize("classes", [(), ("a", "a"), ("",)])
def test_classes_are_given_once_each(tmp_path, classes):
    with pytest.raises(InputError, match="class names"):
        writer(tmp_path / "r", classes=classes)


@given(st.text(max_size=200))
def test_any_id_gives_a_name_that_is_safe_everywhere(text):
    name = safe_name(text)
    assert 1 <= len(name) <= 100
    assert name == name.lower()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert name[0] not in "._-"
    assert name[-1] != "."


@given(st.lists(st.text(max_size=12), unique=True, max_size=8))
def test_two_ids_or_classes_never_share_a_name(texts):
    assert len({safe_name(text) for text in texts}) == len(texts)
    folders = class_folders(tuple(text for text in texts if text))
    assert len(set(folders.values())) == len(folders)


def test_ids_that_differ_by_case_only_get_names_that_differ_more():
    assert safe_name("dQw4w9WgXcQ").lower() != safe_name("DQw4w9WgXcQ").lower()
    assert safe_name("nul.gif") != "nul.gif"
    assert class_folders(("push up", "Push up"))["push up"] == "push_up"
