import pytest
import torch
from pydantic import ValidationError
from torch import nn

from anigifs.algorithms.base import Batch, Context
from anigifs.algorithms.gifify_augment import GififyAugment, GififyConfig
from anigifs.core.errors import InputError
from anigifs.loader import animation

OFF = dict.fromkeys(["speed", "hold", "flatten", "smooth", "palette", "outline", "permute"], 0.0)


def build(seed=0, **options):
    local = torch.Generator().manual_seed(seed)
    config = GififyConfig(**{"clips": 1.0, **OFF, **options})
    return GififyAugment(nn.Identity(), config, Context(("a",), torch.Generator(), local))


def batch(count=6, frames=12, side=32):
    """Noise whose first channel says which frame a pixel is of; boxes say it too."""
    generator = torch.Generator().manual_seed(1)
    clips = torch.rand(count, 3, frames, side, side, generator=generator) * 2 - 1
    time = torch.arange(frames) / frames
    clips[:, 0] = time[:, None, None]
    boxes = time[None, :, None].expand(count, frames, 4).clone()
    boxes[0, 1:] = float("nan")
    return Batch(clips, torch.zeros(count, dtype=torch.int64), boxes=boxes)


def shown(clips):
    """Which frame stands at each moment, from the first channel."""
    return (clips[:, 0, :, 0, 0] * clips.shape[2]).round().long()


def test_with_no_edit_drawn_the_clips_are_as_they_were():
    given = batch()
    assert torch.equal(build().augment(given, 0).clips, given.clips)
    everything = dict.fromkeys(OFF, 1.0)
    assert torch.equal(build(clips=0, **everything).augment(given, 0).clips, given.clips)


@pytest.mark.parametrize("name", OFF)
def test_every_edit_by_itself_changes_clips_and_keeps_them_in_range(name):
    edited = build(**{name: 1.0}).augment(batch(), 0).clips
    changed = (edited != batch().clips).flatten(1).any(1)
    assert changed.float().mean() > 0.5
    assert edited.abs().max() <= 1 + 1e-5
    assert edited.dtype == torch.float32


def test_boxes_go_with_their_frames_in_time():
    given = batch()
    edited = build(speed=1.0, hold=1.0).augment(given, 0)
    moments = shown(edited.clips)
    assert torch.equal(edited.boxes[1:, :, 0] * 12, moments[1:].float())
    assert torch.equal(edited.boxes[0, :, 0].isnan(), moments[0] > 0)
    assert torch.equal(given.boxes.nan_to_num(), batch().boxes.nan_to_num())


def test_holding_keeps_the_share_of_frames_that_is_asked_for():
    moments = shown(build(hold=1.0, kept=(0.5, 0.5)).augment(batch(), 0).clips)
    assert [len(row.unique()) for row in moments] == [6] * 6


def test_speed_is_the_factor_that_is_asked_for():
    moments = shown(build(speed=1.0, factor=(2.0, 2.0)).augment(batch(), 0).clips)
    assert all(row.tolist() == [0, 2, 4, 6, 8, 10] * 2 for row in moments)


def colours_of(edited):
    return [len(clip.flatten(1).T.unique(dim=0)) for clip in edited]


def ink(edited):
    return (edited == animation.INK).all(1)


@pytest.mark.parametrize("count", [3, 9])
def test_the_palette_has_as_many_colours_as_are_asked_for(count):
    edited = build(palette=1.0, colours=(count, count)).augment(batch(), 0).clips
    assert colours_of(edited) == [count] * 6


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_outlines_take_the_share_of_pixels_that_is_asked_for(share):
    edited = build(outline=1.0, lines=(share, share)).augment(batch(), 0).clips
    assert ink(edited).flatten(1).float().mean(1).tolist() == pytest.approx([share] * 6, abs=0.02)


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_the_share_of_the_picture_that_is_asked_for_becomes_flat(share):
    edited = build(flatten=1.0, background=(share, share)).augment(batch(), 0).clips
    flat = (edited[:, 1:] != batch().clips[:, 1:]).all((1, 2)).flatten(1)
    assert flat.float().mean(1).tolist() == pytest.approx([share] * 6, abs=0.03)


@pytest.mark.parametrize("contrast", [0.05, 0.5])
def test_smoothing_goes_as_far_as_the_contrast_that_is_asked_for(contrast):
    edited = build(smooth=1.0, contrast=(contrast, contrast)).augment(batch(), 0).clips
    expected = [animation.smooth(clip, 1, contrast) for clip in batch().clips]
    assert torch.equal(edited, torch.stack(expected))


def test_numbers_are_drawn_from_all_of_their_range_and_those_of_colours_evenly_in_ratio():
    given = batch(count=60, frames=2)
    shares = (
        ink(build(outline=1.0, lines=(0.1, 0.5)).augment(given, 0).clips).float().mean((1, 2, 3))
    )
    assert shares.min() < 0.15
    assert shares.max() > 0.45
    assert shares.median() == pytest.approx(0.3, abs=0.06)
    counts = colours_of(build(palette=1.0, colours=(2, 128)).augment(given, 0).clips)
    assert min(counts) < 4
    assert max(counts) > 64
    assert 8 < sorted(counts)[30] < 32, "half of them below the root of 2 x 128"


def test_outlines_are_those_of_the_picture_before_its_colours_are_reduced():
    drawn = {"outline": 1.0, "lines": (0.1, 0.1)}
    plain = build(**drawn).augment(batch(), 0).clips
    reduced = build(palette=1.0, colours=(3, 3), **drawn).augment(batch(), 0).clips
    assert torch.equal(ink(reduced), ink(plain))
    assert colours_of(reduced) == [3 + 1] * 6


def test_held_frames_stay_equal_after_painting():
    painted = dict.fromkeys(["flatten", "smooth", "palette", "outline", "permute"], 1.0)
    edited = build(hold=1.0, kept=(0.3, 0.3), **painted).augment(batch(), 0).clips
    distinct = [len(clip.transpose(0, 1).flatten(1).unique(dim=0)) for clip in edited]
    assert distinct == [4] * 6


def test_clips_draw_for_themselves():
    edited = build(palette=0.5).augment(batch(count=40, frames=2, side=8), 0).clips
    changed = (edited != batch(count=40, frames=2, side=8).clips).flatten(1).any(1)
    assert 8 < changed.sum() < 32


def test_half_of_the_clips_are_left_alone_by_default():
    algorithm = GififyAugment(
        nn.Identity(), GififyConfig(), Context(("a",), torch.Generator(), torch.Generator())
    )
    given = batch(count=60, frames=4, side=8)
    same = (algorithm.augment(given, 0).clips == given.clips).flatten(1).all(1)
    assert 18 < same.sum() < 42


@pytest.mark.parametrize(
    ("options", "key"),
    [({"kept": (0.5, 0.2)}, "range"), ({"speed": 1.5}, "speed"), ({"colours": (1, 8)}, "colours")],
)
def test_ranges_that_make_no_sense_are_refused(options, key):
    with pytest.raises((InputError, ValidationError), match=key):
        GififyConfig(**options)
