"""Passes of the photometric edits over pixels on the CPU, compiled.

Pixels are uint8 (B, 3, T, H, W), contiguous; shapes and meaning as `photometric` says. The
arithmetic is Pillow's: luma in 16-bit fixed point, blends in single precision without fused
multiply-add, the 3 x 3 smoothing rounded to nearest (its sums never fall on a half, so whole
numbers give what Pillow's floats give).
"""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from anigifs.media.jit import jit

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def fresh(pixels: Tensor) -> Tensor:
    """Memory for levels. NumPy's, which asks for huge pages: four times faster to come by."""
    return torch.from_numpy(np.empty(pixels.shape, np.uint8))


def lookup(pixels: Tensor, tables: Tensor, out: Tensor) -> None:
    """Each level through its frame's and channel's table; tables uint8 (B, T, 3, 256)."""
    _lookup(_planes(pixels), tables.numpy(), _planes(out))


def colour(pixels: Tensor, factor: float, out: Tensor) -> None:
    """Towards the pixel's luma."""
    _colour(_planes(pixels), np.float32(factor), _planes(out))


def grayscale(pixels: Tensor, level: None, out: Tensor) -> None:
    """The luma in all three channels."""
    _grayscale(_planes(pixels), _planes(out))


def sharpness(pixels: Tensor, factor: float, out: Tensor) -> None:
    """Towards the smoothed picture, whose border is the picture's own."""
    if min(pixels.shape[3:]) < 3:
        out.copy_(pixels)
    else:
        _sharpness(pixels.numpy(), np.float32(factor), out.numpy())


def histogram(pixels: Tensor) -> Tensor:
    """How often each level occurs, int32 (B, T, 3, 256)."""
    clips, _, frames = pixels.shape[:3]
    counts = np.zeros((clips, frames, 3, 256), np.int32)
    _histogram(_planes(pixels), counts)
    return torch.from_numpy(counts)


def luma_sum(pixels: Tensor, tables: Tensor | None) -> Tensor:
    """The sum of the luma over each frame after its tables, int64 (B, T); nothing is written."""
    out = np.zeros((pixels.shape[0], pixels.shape[2]), np.int64)
    if tables is None:
        _luma_sum(_planes(pixels), out)
    else:
        shares = tables.numpy() * np.array([[19595], [38470], [7471]], np.uint32)
        shares[:, :, 0] += np.uint32(0x8000)
        _share_sum(_planes(pixels), shares, out)
    return torch.from_numpy(out)


def to_levels(clips: Tensor) -> Tensor:
    """float32 clips in [-1, 1], in any memory layout, as levels."""
    levels = fresh(clips)
    _to_levels(clips.detach().flatten(3).numpy(), _planes(levels))
    return levels


def from_levels(pixels: Tensor, table: Tensor, layout: torch.memory_format) -> Tensor:
    """Each level's entry of `table`, float32 (256,), as clips in that memory layout."""
    batch, channels, *size = pixels.shape
    last = layout == torch.channels_last_3d
    shape = (batch, *size, channels) if last else (batch, channels, *size)
    made = torch.from_numpy(np.empty(shape, np.float32))
    clips = made.permute(0, 4, 1, 2, 3) if last else made
    _from_levels(_planes(pixels), table.numpy(), clips.flatten(3).numpy())
    return clips


def _planes(pixels: Tensor) -> Bytes:
    return cast(Bytes, pixels.flatten(3).numpy())


@jit
def _to_levels(clips: Floats, out: Bytes) -> None:
    batch, channels, frames, area = clips.shape
    for b in range(batch):
        for t in range(frames):
            for c in range(channels):
                source, target = clips[b, c, t], out[b, c, t]
                for i in range(area):
                    level = np.rint((source[i] + np.float32(1)) * np.float32(127.5))
                    level = min(max(level, np.float32(0)), np.float32(255))
                    target[i] = np.uint8(np.int32(level))


@jit
def _from_levels(planes: Bytes, table: Floats, out: Floats) -> None:
    batch, channels, frames, area = planes.shape
    for b in range(batch):
        for t in range(frames):
            for c in range(channels):
                source, target = planes[b, c, t], out[b, c, t]
                for i in range(area):
                    target[i] = table[source[i]]


@jit
def _lookup(planes: Bytes, tables: Bytes, out: Bytes) -> None:
    clips, channels, frames, area = planes.shape
    for b in range(clips):
        for c in range(channels):
            for t in range(frames):
                source, table, target = planes[b, c, t], tables[b, t, c], out[b, c, t]
                for i in range(area):
                    target[i] = table[source[i]]


@jit
def _histogram(planes: Bytes, counts: NDArray[np.int32]) -> None:
    clips, channels, frames, area = planes.shape
    tallies = np.zeros((8, 256), np.uint32)  # eight: equal neighbours do not wait in line
    for b in range(clips):
        for c in range(channels):
            for t in range(frames):
                source = planes[b, c, t]
                tallies[:] = 0
                for i in range(0, area - 7, 8):
                    for k in range(8):
                        tallies[k, source[i + k]] += np.uint32(1)
                for i in range(area // 8 * 8, area):
                    tallies[0, source[i]] += np.uint32(1)
                counts[b, t, c] = tallies.sum(0)


@jit
def _luma(red: np.uint8, green: np.uint8, blue: np.uint8) -> np.uint32:
    return (
        np.uint32(red) * np.uint32(19595) + np.uint32(green) * np.uint32(38470)
        + np.uint32(blue) * np.uint32(7471) + np.uint32(0x8000)
    ) >> np.uint32(16)  # fmt: skip


@jit
def _luma_sum(planes: Bytes, out: NDArray[np.int64]) -> None:
    clips, _, frames, area = planes.shape
    for b in range(clips):
        for t in range(frames):
            red, green, blue = planes[b, 0, t], planes[b, 1, t], planes[b, 2, t]
            total = np.uint64(0)
            for i in range(area):
                total += np.uint64(_luma(red[i], green[i], blue[i]))
            out[b, t] = np.int64(total)


@jit
def _share_sum(planes: Bytes, shares: NDArray[np.uint32], out: NDArray[np.int64]) -> None:
    clips, _, frames, area = planes.shape
    row = np.empty(area, np.uint32)  # in two steps, of which the compiler can vectorise one
    for b in range(clips):
        for t in range(frames):
            red, green, blue = planes[b, 0, t], planes[b, 1, t], planes[b, 2, t]
            of_red, of_green, of_blue = shares[b, t, 0], shares[b, t, 1], shares[b, t, 2]
            for i in range(area):
                row[i] = of_red[red[i]] + of_green[green[i]] + of_blue[blue[i]]
            total = np.int64(0)
            for i in range(area):
                total += np.int64(row[i] >> np.uint32(16))
            out[b, t] = total


@jit
def _mix(base: np.uint32, level: np.uint8, factor: np.float32) -> np.uint8:
    value = np.float32(np.int32(base)) + factor * np.float32(np.int32(level) - np.int32(base))
    value = min(max(value, np.float32(0)), np.float32(255))
    return np.uint8(np.int32(value))


@jit
def _colour(planes: Bytes, factor: np.float32, out: Bytes) -> None:
    clips, _, frames, area = planes.shape
    frame = np.empty((3, area), np.uint8)  # of its own: the compiler cannot vectorise in place
    to_red, to_green, to_blue = frame[0], frame[1], frame[2]
    for b in range(clips):
        for t in range(frames):
            red, green, blue = planes[b, 0, t], planes[b, 1, t], planes[b, 2, t]
            for i in range(area):
                base = _luma(red[i], green[i], blue[i])
                to_red[i] = _mix(base, red[i], factor)
                to_green[i] = _mix(base, green[i], factor)
                to_blue[i] = _mix(base, blue[i], factor)
            out[b, :, t] = frame


@jit
def _grayscale(planes: Bytes, out: Bytes) -> None:
    clips, _, frames, area = planes.shape
    luma = np.empty(area, np.uint8)
    for b in range(clips):
        for t in range(frames):
            red, green, blue = planes[b, 0, t], planes[b, 1, t], planes[b, 2, t]
            for i in range(area):
                luma[i] = np.uint8(_luma(red[i], green[i], blue[i]))
            for c in range(3):
                out[b, c, t] = luma


@jit
def _sharpness(pixels: Bytes, factor: np.float32, out: Bytes) -> None:
    clips, channels, frames, height, _ = pixels.shape
    for b in range(clips):
        for c in range(channels):
            for t in range(frames):
                plane, target = pixels[b, c, t], out[b, c, t]
                above, row = plane[0].copy(), plane[1].copy()  # out may be pixels
                target[0] = above
                for y in range(1, height - 1):
                    below = plane[y + 1].copy()
                    _sharpen_row(above, row, below, factor, target[y])
                    above, row = row, below
                target[height - 1] = row


@jit
def _sharpen_row(above: Bytes, row: Bytes, below: Bytes, factor: np.float32, out: Bytes) -> None:
    last = row.shape[0] - 1
    out[0], out[last] = row[0], row[last]
    for x in range(1, last):
        total = np.uint32(4) * np.uint32(row[x])
        total += np.uint32(above[x - 1]) + np.uint32(above[x]) + np.uint32(above[x + 1])
        total += np.uint32(row[x - 1]) + np.uint32(row[x]) + np.uint32(row[x + 1])
        total += np.uint32(below[x - 1]) + np.uint32(below[x]) + np.uint32(below[x + 1])
        smooth = (np.uint32(2) * total + np.uint32(13)) // np.uint32(26)
        out[x] = _mix(smooth, row[x], factor)
