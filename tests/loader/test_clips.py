"""Clips from files as a torch dataset."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from anigifs.core.errors import NotDecodable, UnknownName
from anigifs.core.records import Box, Clip, ClipSet, Domain
from anigifs.loader.batch import collate, to_batch
from anigifs.loader.clips import ClipDataset
from anigifs.media.encode import encode_gif
from anigifs.media.sampling import SamplingConfig
from anigifs.media.view import ViewConfig

VIEW = ViewConfig(sampling=SamplingConfig(frames=6), side_px=16, short_side_px=24)
CLASSES = ("situp", "squat")


def gif(path, seed, count=4):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 256, (32, 3), dtype=np.uint8)
    frames = table[rng.integers(0, 32, (count, 24, 36))]
    path.write_bytes(encode_gif(frames, [100] * count))
    return frames


@pytest.fixture
def clips(tmp_path):
    found = []
    for number in range(4):
        path = tmp_path / f"{number}.gif"
        gif(path, number)
        boxes = (Box(0, 0.0, 0.0, 0.5, 1.0),) if number == 1 else ()
        label = CLASSES[number % 2]
        found.append(
            Clip(id=f"c{number}", path=path, domain=Domain.REAL_GIF, label=label, boxes=boxes)
        )
    return ClipSet(name="some", classes=CLASSES, clips=tuple(found))


def test_an_item_is_the_centre_of_the_sampled_frames(clips, tmp_path):
    frames = gif(tmp_path / "again.gif", 0)
    item = ClipDataset(clips, CLASSES, VIEW)[0]
    # Six steps of four frames: the middles of six equal spans.
    want = frames[[0, 1, 1, 2, 3, 3], 4:20, 10:26]
    np.testing.assert_array_equal(item["pixels"], want)
    assert (item["label"], item["id"]) == (0, "c0")
    assert np.isnan(item["boxes"]).all()
    assert item["boxes"].shape == (6, 4)


def test_boxes_are_those_of_the_crop(clips):
    boxes = ClipDataset(clips, CLASSES, VIEW)[1]["boxes"]
    # The left half of 36 px, seen through columns 10 to 26: 8 of 16 px.
    np.testing.assert_allclose(boxes, [[0, 0, 0.5, 1]] + [[np.nan] * 4] * 5)
    assert boxes.dtype == np.float32


def test_labels_follow_the_list_of_the_head(clips):
    turned = ClipDataset(clips, CLASSES[::-1], VIEW)
    assert [turned[n]["label"] for n in range(4)] == [1, 0, 1, 0]


def test_a_label_that_the_head_lacks_is_refused_at_once(clips):
    with pytest.raises(UnknownName, match=r"'situp'.*Clip 'c0' of some carries it"):
        ClipDataset(clips, ("squat",), VIEW)


def places(dataset, epoch):
    dataset.set_epoch(epoch)
    return [dataset[n]["pixels"].tobytes() for n in range(len(dataset))]


def test_a_training_crop_depends_on_seed_epoch_and_index_alone(clips):
    def fresh(seed=3):
        return ClipDataset(clips, CLASSES, VIEW, True, seed)

    used = fresh()
    first = places(used, 0)
    assert places(used, 5) == places(fresh(), 5)
    assert places(used, 0) == first
    assert places(fresh(), 1) != first
    assert places(fresh(seed=4), 0) != first


def test_in_evaluation_the_epoch_changes_nothing(clips):
    dataset = ClipDataset(clips, CLASSES, VIEW)
    assert places(dataset, 0) == places(dataset, 7)


def test_a_broken_clip_is_named_with_what_to_do(clips):
    clips.clips[2].path.write_bytes(b"GIF89a")
    with pytest.raises(NotDecodable, match=r"(?s)clip 'c2' of some.*2\.gif.*anigifs pack"):
        ClipDataset(clips, CLASSES, VIEW)[2]


def test_workers_give_the_same_batches(clips):
    dataset = ClipDataset(clips, CLASSES, VIEW, True, 1)

    def batches(workers):
        loader = DataLoader(dataset, 2, num_workers=workers, collate_fn=collate)
        return [batch.pixels for batch in loader]

    for alone, together in zip(batches(0), batches(2), strict=True):
        assert torch.equal(alone, together)


@pytest.mark.parametrize("channels_last", [False, True])
def test_a_batch_is_scaled_on_the_device(clips, channels_last):
    dataset = ClipDataset(clips, CLASSES, VIEW)
    items = [dataset[0], dataset[1]]
    batch = to_batch(items, "cpu", channels_last=channels_last)
    assert batch.clips.shape == (2, 3, 6, 16, 16)
    want = items[1]["pixels"].astype(np.float64) / 255 * 2 - 1
    np.testing.assert_allclose(batch.clips[1].permute(1, 2, 3, 0), want, atol=1e-6)
    assert batch.labels.tolist() == [0, 1]
    assert batch.ids == ("c0", "c1")
    assert batch.boxes.shape == (2, 6, 4)
    layout = torch.channels_last_3d if channels_last else torch.contiguous_format
    assert batch.clips.is_contiguous(memory_format=layout)
