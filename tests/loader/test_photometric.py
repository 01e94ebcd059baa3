import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from anigifs.core.errors import InputError, UnknownName
from anigifs.loader import photometric, photometric_cpu, photometric_torch
from anigifs.loader.photometric import POOL, Edit, apply_tuple, draw_tuple, from_levels, to_levels
from anigifs.media.decode import decode


def by_pillow(frame, edit):
    op, level = edit
    if op in ("red", "green", "blue"):
        shifted = np.array(frame).astype(int)
        shifted[..., ("red", "green", "blue").index(op)] += int(level)
        return Image.fromarray(shifted.clip(0, 255).astype(np.uint8))
    enhancers = {
        "brightness": ImageEnhance.Brightness,
        "colour": ImageEnhance.Color,
        "contrast": ImageEnhance.Contrast,
        "sharpness": ImageEnhance.Sharpness,
    }
    if op in enhancers:
        return enhancers[op](frame).enhance(level)
    if op == "grayscale":
        return ImageOps.grayscale(frame).convert("RGB")
    if op == "solarize":
        return ImageOps.solarize(frame, threshold=level)
    return ImageOps.autocontrast(frame, cutoff=level)


def expected(pixels, edits):
    """Pillow, frame by frame."""
    out = pixels.clone()
    for clip in range(pixels.shape[0]):
        for time in range(pixels.shape[2]):
            frame = Image.fromarray(pixels[clip, :, time].permute(1, 2, 0).numpy())
            for edit in edits:
                frame = by_pillow(frame, edit)
            out[clip, :, time] = torch.from_numpy(np.array(frame)).permute(2, 0, 1)
    return out


def frames(seed, shape=(2, 3, 2, 24, 20)):
    """Noise, a narrow range of levels, a near-constant frame and a few colours."""
    rng = np.random.default_rng(seed)
    kinds = [
        lambda size: rng.integers(0, 256, size),
        lambda size: rng.integers(90, 97, size),
        lambda size: np.full(size, rng.integers(0, 256)),
        lambda size: rng.choice(rng.integers(0, 256, 3), size, p=[0.98, 0.015, 0.005]),
        lambda size: (np.arange(np.prod(size)) % 256).reshape(size),
    ]
    out = np.empty(shape, np.uint8)
    for clip in range(shape[0]):
        for time in range(shape[2]):
            for channel in range(3):
                out[clip, channel, time] = kinds[rng.integers(len(kinds))](shape[3:])
    return torch.from_numpy(out)


every_edit = st.sampled_from([Edit(op, level) for op, levels in POOL.items() for level in levels])
sizes = st.tuples(st.integers(1, 9), st.integers(1, 9)) | st.just((24, 20))


@pytest.fixture(params=["compiled", "torch"])
def passes(request, monkeypatch):
    module = photometric_cpu if request.param == "compiled" else photometric_torch
    monkeypatch.setattr(photometric, "_passes", lambda pixels: module)


@pytest.mark.parametrize("op", list(POOL))
def test_every_level_of_an_edit_equals_pillow(op, passes):
    pixels = frames(3)
    for level in POOL[op]:
        edits = [Edit(op, level)]
        assert torch.equal(apply_tuple(pixels, edits), expected(pixels, edits)), (op, level)


@pytest.mark.parametrize("channels", ["noise", "skewed"])
def test_autocontrast_cuts_as_many_pixels_as_pillow(channels, passes):
    """In frames of 64 x 80 the paper's levels cut up to 15 pixels at each end of a channel."""
    rng = np.random.default_rng(8)
    values = (
        rng.normal(128, 25, (1, 3, 2, 64, 80))
        if channels == "noise"
        else rng.gamma(2, 20, (1, 3, 2, 64, 80))
    )
    pixels = torch.from_numpy(values.clip(0, 255).astype(np.uint8))
    results = [apply_tuple(pixels, [Edit("autocontrast", level)]) for level in POOL["autocontrast"]]
    for level, edited in zip(POOL["autocontrast"], results, strict=True):
        assert torch.equal(edited, expected(pixels, [Edit("autocontrast", level)])), level
    assert len({edited.numpy().tobytes() for edited in results}) > 6


@pytest.mark.usefixtures("passes")
@given(st.lists(every_edit, min_size=4, max_size=4), st.integers(0, 10_000), sizes)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_tuple_of_four_equals_pillow(edits, seed, size):
    pixels = frames(seed, (2, 3, 2, *size))
    assert torch.equal(apply_tuple(pixels, edits), expected(pixels, edits))


@pytest.mark.real
@pytest.mark.parametrize("folder", ["animated", "real-video"])
def test_real_frames_equal_pillow_under_every_edit_and_tuples_of_four(folder, real_data, passes):
    """Three files each, of drawings and of films: every level of every edit, and 30 tuples."""
    suffixes = {".gif", ".mkv", ".avi"}
    files = [path for path in sorted((real_data / folder).rglob("*.*")) if path.suffix in suffixes]
    tuples = [[Edit(op, level)] for op, levels in POOL.items() for level in levels]
    tuples += [draw_tuple(torch.Generator().manual_seed(seed)) for seed in range(30)]
    for path in files[:: len(files) // 3][:3]:
        shown = decode(path, lambda timing: np.array([0, len(timing) // 2])).pixels
        rows = slice(None, None, -(-shown.shape[1] // 120))  # of real pixels, some
        pixels = torch.from_numpy(shown[:, rows, rows].copy()).permute(3, 0, 1, 2)[None]
        for edits in tuples:
            assert torch.equal(apply_tuple(pixels, edits), expected(pixels, edits)), (path, edits)


@pytest.mark.parametrize("op", ["brightness", "colour", "contrast", "sharpness"])
@given(st.floats(0, 3), st.integers(0, 1_000))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_any_factor_equals_pillow_not_only_the_papers(op, factor, seed):
    pixels = frames(seed, (1, 3, 1, 12, 11))
    edits = [Edit(op, factor)]
    assert torch.equal(apply_tuple(pixels, edits), expected(pixels, edits))


@pytest.mark.parametrize("factor", POOL["colour"])
def test_blends_of_every_pair_of_levels_equal_pillow(factor, passes):
    """A grey-blue ramp covers wide ranges of (luma, level)."""
    grid = torch.arange(256, dtype=torch.uint8)
    pixels = torch.stack([grid.expand(256, 256), grid[:, None].expand(256, 256), grid.flip(0)
                          .expand(256, 256)])[None, :, None]  # fmt: skip
    for op in ("colour", "sharpness"):
        edits = [Edit(op, factor)]
        assert torch.equal(apply_tuple(pixels, edits), expected(pixels, edits))


def test_the_pool_is_that_of_the_released_code():
    assert {op: len(levels) for op, levels in POOL.items()} == {
        "autocontrast": 20, "brightness": 20, "colour": 20, "contrast": 20, "sharpness": 20,
        "solarize": 20, "grayscale": 1, "red": 30, "green": 30, "blue": 30,
    }  # fmt: skip
    assert POOL["red"][:3] == (-120, -111, -103)
    assert POOL["red"][-1] == 120
    assert POOL["solarize"][:4] == (0, 1, 2, 3)
    assert POOL["solarize"][-1] == 20
    assert POOL["autocontrast"][-1] == 0.3
    assert (POOL["brightness"][0], POOL["brightness"][-1]) == (0.6, 1.4)


def test_a_tuple_is_drawn_with_repetition_from_the_generator_alone():
    def draws(seed):
        generator = torch.Generator().manual_seed(seed)
        return [draw_tuple(generator) for _ in range(200)]

    assert draws(1) == draws(1) != draws(2)
    assert all(len(edits) == 4 for edits in draws(1))
    assert {op for edits in draws(1) for op, _ in edits} == set(POOL)
    assert any(len({op for op, _ in edits}) < 4 for edits in draws(1))
    assert all(level in POOL[op] for edits in draws(1) for op, level in edits)


def test_the_input_is_left_alone_and_never_handed_back():
    pixels = frames(5)
    before = pixels.clone()
    for op, levels in POOL.items():
        edited = apply_tuple(pixels, [Edit(op, levels[-1])])
        assert edited.data_ptr() != pixels.data_ptr()
    assert apply_tuple(pixels, []).data_ptr() != pixels.data_ptr()
    assert torch.equal(pixels, before)


def test_an_input_that_is_not_contiguous_gives_the_same():
    pixels = frames(6)
    strided = pixels.permute(0, 2, 3, 4, 1).contiguous().permute(0, 4, 1, 2, 3)
    edits = [Edit("sharpness", 1.4), Edit("contrast", 0.6), Edit("colour", 1.4)]
    assert torch.equal(apply_tuple(strided, edits), apply_tuple(pixels, edits))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_levels_survive_the_way_through_floats(dtype):
    levels = torch.arange(256, dtype=torch.uint8)
    clips = from_levels(levels)
    assert (clips.min(), clips.max()) == (-1, 1)
    assert torch.equal(to_levels(clips.to(dtype)), levels)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
def test_one_pass_into_a_layout_and_back_is_the_plain_scaling(layout):
    pixels = frames(7, (2, 3, 3, 9, 7))
    clips = from_levels(pixels, layout)
    assert clips.is_contiguous(memory_format=layout)
    assert torch.equal(clips, from_levels(pixels))
    assert torch.equal(to_levels(clips), pixels)
    between = (clips + torch.linspace(-0.1, 0.1, 7)).requires_grad_()
    assert torch.equal(to_levels(between), to_levels(between.detach().double()))


def test_floats_and_unknown_names_are_refused_with_a_remedy():
    with pytest.raises(InputError, match="to_levels first"):
        apply_tuple(torch.zeros(1, 3, 1, 4, 4), [])
    with pytest.raises(UnknownName, match="Did you mean 'solarize'"):
        apply_tuple(frames(1), [Edit("solarise", 3)])
