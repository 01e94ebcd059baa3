import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from anigifs.loader import animation


def stream(seed=0):
    return np.random.default_rng(seed)


def noise(*shape, seed=0):
    return torch.rand(3, *shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@given(st.integers(1, 60), st.data())
def test_held_moments_show_exactly_the_kept_frames_each_in_its_time(frames, data):
    kept = data.draw(st.integers(1, frames))
    moments = animation.hold(frames, kept, stream(data.draw(st.integers(0, 9))))
    assert len(moments) == frames
    assert len(set(moments.tolist())) == kept
    assert moments[0] == 0
    for moment, frame in enumerate(moments.tolist()):
        assert frame <= moment
        assert moments[frame] == frame


def test_replay_by_hand():
    assert animation.replay(6, 2.0).tolist() == [0, 2, 4, 0, 2, 4]
    assert animation.replay(6, 0.5, 2).tolist() == [2, 2, 3, 3, 4, 4]
    assert animation.replay(4, 1.5).tolist() == [0, 1, 3, 0]


def test_a_clip_of_few_far_colours_keeps_them_and_gets_no_others():
    """As many colours asked for as there are: k-means that starts on each finds each."""
    colours = torch.tensor([[-0.9, -0.9, -0.9], [0.9, -0.9, 0.1], [0.1, 0.9, -0.5]])
    which = torch.randint(3, (4, 16, 16), generator=torch.Generator().manual_seed(0))
    which[which == 2] = (torch.arange((which == 2).sum()) % 9 == 0).long() * 2  # a rare one
    clip = colours[which].permute(3, 0, 1, 2)
    for seed in range(5):
        assert torch.allclose(animation.reduce_palette(clip, 3, stream(seed)), clip, atol=1e-5)


@pytest.mark.parametrize("count", [2, 7, 32])
def test_a_palette_is_small_one_for_all_frames_and_near(count):
    clip = noise(5, 24, 24)
    reduced = animation.reduce_palette(clip, count, stream())
    assert len(reduced.flatten(1).T.unique(dim=0)) <= count
    for frame in range(5):
        assert (reduced[:, frame] - clip[:, frame]).abs().mean() < 0.55
    finer = animation.reduce_palette(clip, 32, stream())
    assert (finer - clip).abs().mean() <= (reduced - clip).abs().mean() + 1e-3


def test_a_pixel_gets_the_nearest_colour_of_its_palette():
    clip = noise(3, 16, 16)
    reduced = animation.reduce_palette(clip, 6, stream())
    palette = reduced.flatten(1).T.unique(dim=0)
    distance = torch.cdist(clip.flatten(1).T, palette)
    got = torch.cdist(reduced.flatten(1).T, palette).argmin(1)
    excess = distance.gather(1, got[:, None])[:, 0] - distance.amin(1)
    assert excess.max() < 2 * 3**0.5 * (2 / 32)  # a cell's diagonal, there and back


@pytest.mark.parametrize("side", [32, 128])
def test_smoothing_flattens_detail_and_keeps_edges(side):
    clip = torch.full((3, 2, side, side), -0.6)
    clip[..., side // 2 :] = 0.6
    noisy = clip + 0.04 * noise(2, side, side)
    out = animation.smooth(noisy, max(1, side // 32), 0.2)
    inside = (..., slice(0, side // 2 - side // 8))
    assert out[inside].std() < 0.5 * noisy[inside].std()
    step = out[..., side // 2 + 2].mean() - out[..., side // 2 - 3].mean()
    assert step > 1.0  # of 1.2
    assert torch.allclose(animation.smooth(clip * 0 + 0.3, 2, 0.2), clip * 0 + 0.3, atol=1e-5)


def test_smoothing_equals_the_guided_filter_written_out():
    """He et al. 2010, algorithm 1 with I = p, by brute force over every window."""
    clip, radius, contrast = noise(1, 9, 11), 2, 0.3
    plane = clip[1, 0].double().numpy()
    high, wide = plane.shape

    def mean_of(values, y, x):
        return values[
            max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1
        ].mean()

    a, b = np.empty_like(plane), np.empty_like(plane)
    for y in range(high):
        for x in range(wide):
            mean = mean_of(plane, y, x)
            variance = mean_of(plane**2, y, x) - mean**2
            a[y, x] = variance / (variance + contrast**2)
            b[y, x] = (1 - a[y, x]) * mean
    expected = [
        [mean_of(a, y, x) * plane[y, x] + mean_of(b, y, x) for x in range(wide)]
        for y in range(high)
    ]
    assert np.allclose(animation.smooth(clip, radius, contrast)[1, 0], expected, atol=1e-5)


def test_lines_are_drawn_where_the_picture_changes_and_nowhere_else():
    clip = torch.full((3, 2, 16, 16), 0.5)
    clip[:, :, 4:12, 4:12] = -0.5
    out = animation.outline(clip, clip, 0.2)
    ink = (out == animation.INK).all(0)
    assert torch.equal(out[:, ~ink], clip[:, ~ink])
    expected = torch.zeros(16, 16, dtype=torch.bool)
    expected[3, 4:12] = expected[11, 4:12] = True  # above the square, and its last row
    expected[4:12, 3] = expected[4:12, 11] = True
    assert torch.equal(ink[0], expected)
    assert torch.equal(ink[1], expected)
    wide = (animation.outline(clip, clip, 0.2, 3) == animation.INK).all(0)
    assert wide[0].sum() > 1.5 * ink[0].sum()


def test_a_plain_picture_gets_no_lines():
    clip = torch.full((3, 2, 8, 8), 0.1)
    assert torch.equal(animation.outline(clip, clip, 0.1), clip)


@pytest.mark.parametrize(("side", "width"), [(32, 1), (128, 1), (224, 2), (224, 3)])
def test_the_share_of_ink_is_the_share_asked_for(side, width):
    """Half of the picture changes, in columns that an even stride would meet or miss."""
    clip = noise(4, side, side)
    clip[..., :: side // 16] *= 0.1
    ink = (animation.outline(clip, clip, 0.1, width) == animation.INK).all(0)
    assert 0.08 < ink.float().mean() < 0.12


def test_the_still_part_becomes_one_colour_in_all_frames_and_the_moving_part_stays():
    still = noise(1, 64, 64).expand(-1, 6, -1, -1).clone()
    still[:, :, 16:48, 32:64] = noise(6, 32, 32, seed=1)
    out = animation.flatten_background(still, 0.5)
    flat = out[:, :, :, :24].flatten(1)
    assert torch.equal(flat, flat[:, :1].expand_as(flat))
    assert torch.equal(out[:, :, 20:44, 36:60], still[:, :, 20:44, 36:60])


def test_a_clip_in_which_nothing_moves_stays_and_a_still_background_is_flattened_whole():
    still = noise(1, 32, 32).expand(-1, 5, -1, -1)
    assert torch.equal(animation.flatten_background(still, 0.5), still)
    assert torch.equal(animation.flatten_background(still[:, :1], 0.5), still[:, :1])
    moving = still.clone()
    moving[:, :, :, 16:] = noise(5, 32, 16, seed=3)
    out = animation.flatten_background(moving, 0.1)
    assert len(out[:, :, :, :8].flatten(1).T.unique(dim=0)) == 1


def test_colours_are_permuted_by_name():
    clip = noise(2, 4, 4)
    assert torch.equal(animation.permute_colours(clip, (1, 2, 0)), clip[[1, 2, 0]])
