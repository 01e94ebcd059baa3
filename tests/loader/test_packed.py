"""Packs: the same items as from files, resumable, verified."""

import json
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from torch.utils.data import DataLoader

from anigifs.core.errors import (
    DataAbsent,
    InputError,
    IntegrityError,
    NotDecodable,
    UnknownName,
)
from anigifs.core.records import Box, Clip, ClipSet, Domain
from anigifs.loader import pack as module
from anigifs.loader import packfile
from anigifs.loader.batch import collate
from anigifs.loader.clips import ClipDataset
from anigifs.loader.pack import Estimate, ensure_pack, pack, verify_pack
from anigifs.loader.packed import PackedDataset, usable
from anigifs.media.encode import encode_gif, write_video
from anigifs.media.sampling import SamplingConfig
from anigifs.media.view import ViewConfig

VIEW = ViewConfig(sampling=SamplingConfig(frames=6), side_px=16, short_side_px=24)
CLASSES = ("situp", "squat")
ROOT = Path(__file__).parents[2]


def write(path, seed, count):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 256, (32, 3), dtype=np.uint8)
    frames = table[rng.integers(0, 32, (count, 24, 36 + seed))]
    if path.suffix == ".gif":
        path.write_bytes(encode_gif(frames, [100] * count))
    else:
        write_video(path, frames, 10)


def make_clips(folder, count=6):
    folder.mkdir(exist_ok=True)
    found = []
    for number in range(count):
        path = folder / f"{number}.{'mp4' if number == 3 else 'gif'}"
        write(path, number, 1 + 3 * number)
        facts = {}
        if number == 1:
            facts["boxes"] = (Box(0, 0, 0, 0.5, 1), Box(200, 0.5, 0, 1, 1))
        if number == 4:
            facts["span_s"] = (0.3, 0.9)
        label = CLASSES[number % 2]
        found.append(Clip(id=f"c{number}", path=path, domain=Domain.REAL_GIF, label=label, **facts))
    return ClipSet(name="some", classes=CLASSES, clips=tuple(found))


@pytest.fixture
def clips(tmp_path):
    return make_clips(tmp_path / "in")


@pytest.fixture
def packed(clips, tmp_path):
    pack(clips, tmp_path / "pack", VIEW)
    return tmp_path / "pack"


def same(one, other):
    assert one.keys() == other.keys()
    assert (one["label"], one["id"]) == (other["label"], other["id"])
    for key in ("pixels", "boxes"):
        assert one[key].dtype == other[key].dtype
        np.testing.assert_array_equal(one[key], other[key])
    assert one["pixels"].flags.c_contiguous
    assert one["pixels"].flags.writeable
    assert other["pixels"].flags.writeable


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("epoch", [0, 3])
def test_items_are_those_of_the_files_bit_for_bit(clips, packed, train, epoch):
    online = ClipDataset(clips, CLASSES, VIEW, train, 5)
    mapped = PackedDataset(packed, clips, CLASSES, VIEW, train, 5)
    online.set_epoch(epoch)
    mapped.set_epoch(epoch)
    assert len(online) == len(mapped) == 6
    for number in range(6):
        same(online[number], mapped[number])


def test_the_crop_is_not_part_of_the_pack(clips, packed):
    view = VIEW.model_copy(update={"side_px": 20})
    same(ClipDataset(clips, CLASSES, view)[2], PackedDataset(packed, clips, CLASSES, view)[2])


def test_any_subset_order_and_list_of_classes_reads_the_same_pack(clips, packed):
    fewer = replace(clips, clips=clips.clips[5:2:-1])
    turned = PackedDataset(packed, fewer, CLASSES[::-1], VIEW)
    for number in range(3):
        same(ClipDataset(fewer, CLASSES[::-1], VIEW)[number], turned[number])
    with pytest.raises(UnknownName):
        PackedDataset(packed, clips, ("squat",), VIEW)


def test_it_survives_pickling_and_workers(clips, packed):
    mapped = PackedDataset(packed, clips, CLASSES, VIEW)
    first = mapped[0]
    same(first, pickle.loads(pickle.dumps(mapped))[0])
    loader = DataLoader(mapped, 3, num_workers=2, collate_fn=collate)
    pixels = np.concatenate([batch.pixels.numpy() for batch in loader])
    np.testing.assert_array_equal(pixels, np.stack([mapped[n]["pixels"] for n in range(6)]))


def bytes_below(root):
    return {path.name: path.read_bytes() for path in root.iterdir()}


def test_the_bytes_do_not_depend_on_the_number_of_workers(clips, packed, tmp_path):
    pack(clips, tmp_path / "two", VIEW, workers=2)
    assert bytes_below(packed) == bytes_below(tmp_path / "two")


SLOW = """
import sys, time
from pathlib import Path
from anigifs.loader import pack as module
from tests.loader.test_packed import VIEW, make_clips
original = module.make
def slow(clip, view):
    time.sleep(0.3)
    return original(clip, view)
module.SAMPLE = 0
module.make = slow
module.pack(make_clips(Path(sys.argv[1])), Path(sys.argv[2]), VIEW)
"""


@pytest.mark.slow
def test_killed_it_goes_on_and_ends_with_the_same_bytes(clips, packed, tmp_path, monkeypatch):
    out = tmp_path / "killed"
    child = subprocess.Popen([sys.executable, "-c", SLOW, tmp_path / "in", out], cwd=ROOT)
    journal = out / packfile.JOURNAL
    while child.poll() is None and (not journal.is_file() or len(journal.read_bytes()) < 900):
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    lines = journal.read_text().splitlines()
    assert 2 <= len(lines) < 7
    # What a kill in the middle of a write leaves: half a block, half a line.
    with (out / packfile.DATA).open("ab") as data:
        data.write(b"half a block")
    journal.write_text("\n".join(lines) + '\n{"clip_id": "c')
    made, original = [], module.make
    monkeypatch.setattr(module, "SAMPLE", 0)
    monkeypatch.setattr(
        module, "make", lambda clip, view: made.append(clip.id) or original(clip, view)
    )
    pack(clips, out, VIEW)
    assert made == [f"c{number}" for number in range(len(lines) - 1, 6)]
    assert bytes_below(out) == bytes_below(packed)


def test_a_whole_pack_is_kept(clips, packed, monkeypatch):
    monkeypatch.setattr(module, "make", None)
    assert pack(clips, packed, VIEW).clips == 6


def test_broken_clips_are_listed_and_left_out(clips, tmp_path):
    clips.clips[2].path.write_bytes(b"GIF89a")
    clips.clips[5].path.unlink()
    manifest = pack(clips, tmp_path / "pack", VIEW)
    assert (manifest.clips, manifest.problems) == (4, 2)
    with pytest.raises(DataAbsent, match=r"lacks 2 of 6 clips: c2, c5.*usable"):
        PackedDataset(tmp_path / "pack", clips, CLASSES, VIEW)
    kept = usable(clips, tmp_path / "pack")
    assert [problem.item for problem in kept.problems] == ["c2", "c5"]
    assert len(PackedDataset(tmp_path / "pack", kept, CLASSES, VIEW)) == 4


def test_when_no_clip_can_be_read_it_says_so(clips, tmp_path):
    lone = replace(clips, clips=clips.clips[:1])
    lone.clips[0].path.write_bytes(b"x")
    with pytest.raises(NotDecodable, match="none of 1 clips can be read"):
        pack(lone, tmp_path / "pack", VIEW)


def test_the_size_is_told_before_anything_is_written(clips, tmp_path):
    told = []
    pack(clips, tmp_path / "pack", VIEW, tell=told.append)
    (estimate,) = told
    # All six are sampled here, so the estimate is exact.
    assert estimate.still_bytes == (tmp_path / "pack" / packfile.DATA).stat().st_size
    assert estimate.sampled == estimate.clips == 6


def test_a_small_disk_is_refused_before_anything_is_written(clips, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "estimate", lambda *_: Estimate(6, 10**9, 10**9, 6))
    with pytest.raises(InputError, match=r"disk is too small: about 1 GB.*1 GB are free"):
        pack(clips, tmp_path / "pack", VIEW)
    assert not (tmp_path / "pack" / packfile.DATA).exists()


def test_a_pack_of_another_view_is_refused(clips, packed, tmp_path):
    other = ViewConfig(sampling=SamplingConfig(frames=7), side_px=16, short_side_px=24)
    with pytest.raises(InputError, match=r"holds clips with frames=6.*asked for.*frames=7"):
        PackedDataset(packed, clips, CLASSES, other)
    with pytest.raises(InputError, match="another view"):
        pack(clips, packed, other)


def test_changed_files_make_it_another_pack(clips, packed):
    write(clips.clips[0].path, 7, 2)
    with pytest.raises(InputError, match="changed files"):
        pack(clips, packed, VIEW)


def test_another_span_is_noticed(clips, packed):
    moved = replace(clips, clips=(replace(clips.clips[4], span_s=(0.0, 0.6)),))
    with pytest.raises(IntegrityError, match=r"'c4' is \[0\.0, 0\.6\] of its file"):
        PackedDataset(packed, moved, CLASSES, VIEW)


def test_double_ids_and_foreign_folders_are_refused(clips, tmp_path):
    twice = replace(clips, clips=clips.clips[:1] * 2)
    with pytest.raises(InputError, match="an id of its own"):
        pack(twice, tmp_path / "pack", VIEW)
    with pytest.raises(InputError, match="no half-written pack"):
        pack(clips, tmp_path / "in", VIEW)


def test_a_half_written_pack_is_no_pack(clips, tmp_path):
    with pytest.raises(DataAbsent, match="Make one with `anigifs pack"):
        PackedDataset(tmp_path / "pack", clips, CLASSES, VIEW)
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / packfile.JOURNAL).write_text(json.dumps({}))
    with pytest.raises(DataAbsent, match="half-written"):
        PackedDataset(tmp_path / "pack", clips, CLASSES, VIEW)


def test_every_changed_byte_is_found(clips, packed):
    data = packed / packfile.DATA
    whole = data.read_bytes()
    assert verify_pack(packed) == []
    records = packfile.read_index(packed, packfile.read_manifest(packed))
    for at in (0, len(whole) // 2, len(whole) - 1):
        data.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        (hit,) = [r.clip_id for r in records.values() if r.offset <= at < r.offset + r.size]
        assert [fault.item for fault in verify_pack(packed)] == [hit]
    data.write_bytes(whole[:-1])
    with pytest.raises(IntegrityError, match="bytes long"):
        verify_pack(packed)


def test_a_block_that_does_not_unpack_is_an_error_that_names_the_clip(clips, packed):
    data = packed / packfile.DATA
    data.write_bytes(b"\xff" * data.stat().st_size)
    with pytest.raises(IntegrityError, match=r"'c1' is damaged .*make it anew"):
        PackedDataset(packed, clips, CLASSES, VIEW)[1]


def test_a_damaged_index_or_manifest_is_noticed(clips, packed):
    index = packed / packfile.INDEX
    index.write_bytes(index.read_bytes()[:-1] + b"x")
    with pytest.raises(IntegrityError, match="not the index that was written"):
        PackedDataset(packed, clips, CLASSES, VIEW)
    (packed / packfile.MANIFEST).write_text("{}")
    with pytest.raises(IntegrityError, match=r"pack\.json is damaged"):
        PackedDataset(packed, clips, CLASSES, VIEW)


def test_ensuring_a_pack_makes_it_once(clips, tmp_path):
    root = ensure_pack(clips, tmp_path / "packs", VIEW)
    stamp = (root / packfile.DATA).stat().st_mtime_ns
    assert ensure_pack(clips, tmp_path / "packs", VIEW) == root
    assert (root / packfile.DATA).stat().st_mtime_ns == stamp
    other = ViewConfig(sampling=SamplingConfig(frames=7), side_px=16, short_side_px=24)
    assert ensure_pack(clips, tmp_path / "packs", other) != root
