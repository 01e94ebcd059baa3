"""Passes of the photometric edits over pixels in torch operations, for any device.

Same shapes, meaning and results as `photometric_cpu`. Clips are taken one at a time where an
operation needs wider numbers than bytes, so that memory stays within a few clips.
"""

from __future__ import annotations

import torch
from torch import Tensor


def fresh(pixels: Tensor) -> Tensor:
    """Memory for a result."""
    return torch.empty_like(pixels)


def lookup(pixels: Tensor, tables: Tensor, out: Tensor) -> None:
    """Each level through its frame's and channel's table; tables uint8 (B, T, 3, 256)."""
    for clip, table, target in zip(pixels, tables, out, strict=True):
        target.copy_(table.reshape(-1)[_entry(clip)])


def colour(pixels: Tensor, factor: float, out: Tensor) -> None:
    """Towards the pixel's luma."""
    for clip, target in zip(pixels, out, strict=True):
        target.copy_(_mix(_luma(clip), clip, factor))


def grayscale(pixels: Tensor, level: None, out: Tensor) -> None:
    """The luma in all three channels."""
    for clip, target in zip(pixels, out, strict=True):
        target.copy_(_luma(clip).expand_as(clip))


def sharpness(pixels: Tensor, factor: float, out: Tensor) -> None:
    """Towards the smoothed picture, whose border is the picture's own."""
    small = min(pixels.shape[3:]) < 3
    for clip, target in zip(pixels, out, strict=True):
        target.copy_(clip if small else _mix(_smooth(clip), clip, factor))


def histogram(pixels: Tensor) -> Tensor:
    """How often each level occurs, int32 (B, T, 3, 256)."""
    frames = pixels.shape[2]
    counts = [torch.bincount(_entry(clip).flatten(), minlength=frames * 768) for clip in pixels]
    return torch.stack(counts).view(-1, frames, 3, 256).int()


def luma_sum(pixels: Tensor, tables: Tensor | None) -> Tensor:
    """The sum of the luma over each frame after its tables, int64 (B, T)."""
    if tables is not None:
        shown = torch.empty_like(pixels)
        lookup(pixels, tables, shown)
        pixels = shown
    return torch.stack([_luma(clip).sum((1, 2), dtype=torch.int64) for clip in pixels])


def _entry(clip: Tensor) -> Tensor:
    """Where each pixel of (3, T, H, W) looks in a flat table of (T, 3, 256): int32."""
    channels, frames = clip.shape[:2]
    row = torch.arange(frames, device=clip.device, dtype=torch.int32) * channels
    row = row + torch.arange(channels, device=clip.device, dtype=torch.int32)[:, None]
    return clip.int() + 256 * row[:, :, None, None]


def _luma(clip: Tensor) -> Tensor:
    red, green, blue = clip.int()
    luma: Tensor = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
    return luma


def _smooth(clip: Tensor) -> Tensor:
    wide = clip.int()
    rows = wide[..., :-2, :] + wide[..., 1:-1, :] + wide[..., 2:, :]
    total = rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:] + 4 * wide[..., 1:-1, 1:-1]
    wide[..., 1:-1, 1:-1] = (2 * total + 13).div_(26, rounding_mode="floor")
    return wide


def _mix(base: Tensor, clip: Tensor, factor: float) -> Tensor:
    mixed = base.float() + (clip.int() - base).float() * factor
    return mixed.clamp_(0, 255).to(torch.uint8)
