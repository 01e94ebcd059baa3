"""TensorFlow bundles without TensorFlow."""

import contextlib

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.core.errors import InputError, IntegrityError
from anigifs.models.checkpoints import load_checkpoint
from anigifs.models.checkpoints.tensorflow import (
    Entry,
    bundle_prefix,
    read_bundle,
    read_index,
)
from anigifs.models.i3d import I3D
from tests.models.checkpoints.writers import place_of, units, write_bundle


def everything(name):
    return True


def arrays():
    rng = np.random.default_rng(0)
    long = {f"layer_{n:03d}/w": rng.random((n % 3, 2), np.float32) for n in range(130)}
    return {**long, "bias": rng.random(7, np.float32), "global_step": np.array(5)}


def test_what_was_written_is_read_across_blocks_and_restarts(tmp_path):
    prefix = write_bundle(tmp_path / "model.ckpt", arrays())
    found = read_bundle(prefix, everything)
    assert found.keys() == arrays().keys()
    for name, array in arrays().items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_only_the_tensors_that_are_wanted_are_read(tmp_path):
    prefix = write_bundle(tmp_path / "m", arrays() | {"odd": np.zeros(2, np.complex64)})
    assert list(read_bundle(prefix, lambda name: name == "bias")) == ["bias"]
    with pytest.raises(InputError, match="odd is of TensorFlow type 8; readable"):
        read_bundle(prefix, everything)


@pytest.mark.parametrize("name", ["m.ckpt", "m.ckpt.index", "m.ckpt.data-00000-of-00001"])
def test_any_file_of_a_bundle_names_it(tmp_path, name):
    prefix = write_bundle(tmp_path / "m.ckpt", {"a": np.zeros(1, np.float32)})
    assert bundle_prefix(tmp_path / name) == prefix
    assert bundle_prefix(tmp_path / "other") is None


def test_a_missing_or_short_data_file_is_named(tmp_path):
    prefix = write_bundle(tmp_path / "m", arrays())
    data = tmp_path / "m.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-1])
    with pytest.raises(IntegrityError, match="shorter than its index says"):
        read_bundle(prefix, everything)
    data.unlink()
    with pytest.raises(InputError, match="data-00000-of-00001 is absent; put it beside"):
        read_bundle(prefix, everything)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_damaged_index_is_an_error_and_never_a_crash(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "damaged"
    folder.mkdir(exist_ok=True)
    zeros = np.zeros((2, 3), np.float32)
    write_bundle(folder / "m", {"a/b": zeros, "a/c": zeros[:, 0]})
    whole = bytearray((folder / "m.index").read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    for broken in (bytes(whole), bytes(whole[:cut])):
        (folder / "m.index").write_bytes(broken)
        with contextlib.suppress(IntegrityError, InputError):
            read_bundle(folder / "m", everything)


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "prefix", "classes", "count", "biggest"),
    [
        ("rgb_imagenet", "RGB/inception_i3d/", 400, 230, (3, 3, 3, 192, 384)),
        ("rgb_scratch_kin600", "", 600, 346, (3, 3, 3, 192, 384)),
    ],
)
def test_the_real_indices_hold_every_tensor_of_the_network(
    real_data, file, prefix, classes, count, biggest
):
    index = read_index((real_data / "checkpoints" / f"{file}.ckpt.index").read_bytes())
    assert index.shards == 1
    assert len(index.entries) == count
    assert index.entries[f"{prefix}Mixed_5c/Branch_1/Conv3d_0b_3x3/conv_3d/w"].shape == biggest
    with torch.device("meta"):
        state = I3D(tuple(map(str, range(classes)))).state_dict()
    wanted = set()
    for unit, parts in units(state).items():
        place = "Logits/Conv3d_0c_1x1" if unit == "logits" else place_of(unit)
        out, inputs, *size = parts["conv"].shape
        assert index.entries[f"{prefix}{place}/conv_3d/w"].shape == (*size, inputs, out)
        statistics = ("beta", "moving_mean", "moving_variance")
        leaves = ["conv_3d/b"] if unit == "logits" else [f"batch_norm/{s}" for s in statistics]
        wanted |= {f"{prefix}{place}/{leaf}" for leaf in ["conv_3d/w", *leaves]}
    rest = index.entries.keys() - wanted
    assert wanted <= index.entries.keys()
    assert all(name.endswith("/Momentum") for name in rest)


@pytest.mark.real
def test_the_first_entries_of_a_real_index_by_hand(real_data):
    index = read_index((real_data / "checkpoints" / "rgb_imagenet.ckpt.index").read_bytes())
    first = "RGB/inception_i3d/Conv3d_1a_7x7"
    assert index.entries[f"{first}/batch_norm/beta"] == Entry(1, (64,), 0, 0, 256)
    assert index.entries[f"{first}/conv_3d/w"] == Entry(1, (7, 7, 7, 3, 64), 0, 768, 263_424)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize(("file", "classes"), [("rgb_imagenet", 400), ("rgb_scratch_kin600", 600)])
def test_a_full_size_network_loads_through_a_real_index(real_data, tmp_path, file, classes):
    source = real_data / "checkpoints" / f"{file}.ckpt.index"
    (tmp_path / "model.ckpt.index").write_bytes(source.read_bytes())
    index = read_index(source.read_bytes())
    size = max(entry.offset + entry.size for entry in index.entries.values())
    values = np.random.default_rng(0).random(size // 4, np.float32)
    values.tofile(tmp_path / "model.ckpt.data-00000-of-00001")
    model = I3D(tuple(f"class {k}" for k in range(classes)))
    fitted = load_checkpoint(model, tmp_path / "model.ckpt", model.classes)
    assert fitted.dialect == "deepmind"
    assert len(fitted.taken) == classes
    name = next(n for n in index.entries if n.endswith("Mixed_5b/Branch_2/Conv3d_0a_3x3/conv_3d/w"))
    entry = index.entries[name]
    stored = values[entry.offset // 4 :][: entry.size // 4].reshape(entry.shape)
    expected = torch.from_numpy(stored.transpose(4, 3, 0, 1, 2).copy())
    assert torch.equal(model.Mixed_5b.b2b.conv3d.weight, expected)
    assert torch.equal(model.Mixed_5b.b2b.bn.weight, torch.ones(128))
