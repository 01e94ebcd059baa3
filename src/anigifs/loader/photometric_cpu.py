"""Passes of the photometric edits over pixels on the CPU, compiled.

Pixels are uint8 (B, 3, T, H, W), contiguous; shapes and meaning as `photometric` says. The
arithmetic is Pillow's: luma in 16-bit fixed point, blends in single precision without fused
multiply-add, the 3 x 3 smoothing rounded to nearest (its sums never fall on a half, so whole
numbers give what Pillow's floats give).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

F = TypeVar("F", bound=Callable[..., Any])
Bytes = NDArray[np.uint8]


def _compiled(function: F) -> F:
    return cast(F, numba.njit(nogil=True, cache=True)(function))


def lookup(pixels: Tensor, tables: Tensor) -> Tensor:
    """Each level through its frame's and channel's table; tables uint8 (B, T, 3, 256)."""
    out = torch.empty_like(pixels)
    _lookup(_planes(pixels), tables.numpy(), _planes(out))
    return out


def histogram(pixels: Tensor) -> Tensor:
    """How often each level occurs, int64 (B, T, 3, 256)."""
    clips, _, frames = pixels.shape[:3]
    counts = np.zeros((clips, frames, 3, 256), np.int64)
    _histogram(_planes(pixels), counts)
    return torch.from_numpy(counts)


def luma_sum(pixels: Tensor, tables: Tensor) -> Tensor:
    """The sum of the luma over each frame after `tables`, int64 (B, T)."""
    out = np.zeros((pixels.shape[0], pixels.shape[2]), np.int64)
    weights = np.array([19595, 38470, 7471], np.int32)[:, None] * tables.numpy().astype(np.int32)
    _luma_sum(_planes(pixels), weights, out)
    return torch.from_numpy(out)


def colour(pixels: Tensor, factor: float) -> Tensor:
    """Towards the pixel's luma."""
    out = torch.empty_like(pixels)
    _colour(_planes(pixels), np.float32(factor), _planes(out))
    return out


def grayscale(pixels: Tensor, level: None = None) -> Tensor:
    """The luma in all three channels."""
    out = torch.empty_like(pixels)
    _grayscale(_planes(pixels), _planes(out))
    return out


def sharpness(pixels: Tensor, factor: float) -> Tensor:
    """Towards the smoothed picture, whose border is the picture's own."""
    out = pixels.clone()
    if min(pixels.shape[3:]) >= 3:
        _sharpness(pixels.numpy(), np.float32(factor), out.numpy())
    return out


def _planes(pixels: Tensor) -> Bytes:
    return cast(Bytes, pixels.flatten(3).numpy())


@_compiled
def _lookup(planes: Bytes, tables: Bytes, out: Bytes) -> None:
    clips, channels, frames, area = planes.shape
    for b in range(clips):
        for c in range(channels):
            for t in range(frames):
                source, table, target = planes[b, c, t], tables[b, t, c], out[b, c, t]
                for i in range(area):
                    target[i] = table[source[i]]


@_compiled
def _histogram(planes: Bytes, counts: NDArray[np.int64]) -> None:
    clips, channels, frames, area = planes.shape
    part = np.zeros((4, 256), np.int64)  # four tallies: equal neighbours do not wait in line
    for b in range(clips):
        for c in range(channels):
            for t in range(frames):
                source = planes[b, c, t]
                part[:] = 0
                for i in range(area):
                    part[i & 3, source[i]] += 1
                counts[b, t, c] = part[0] + part[1] + part[2] + part[3]


@_compiled
def _luma_sum(planes: Bytes, weights: NDArray[np.int32], out: NDArray[np.int64]) -> None:
    clips, _, frames, area = planes.shape
    for b in range(clips):
        for t in range(frames):
            red, green, blue = planes[b, 0, t], planes[b, 1, t], planes[b, 2, t]
            wr, wg, wb = weights[b, t, 0], weights[b, t, 1], weights[b, t, 2]
            total = 0
            for i in range(area):
                total += (wr[red[i]] + wg[green[i]] + wb[blue[i]] + 0x8000) >> 16
            out[b, t] = total


@_compiled
def _luma(red: np.uint8, green: np.uint8, blue: np.uint8) -> np.int32:
    return np.int32(
        (np.uint32(red) * np.uint32(19595) + np.uint32(green) * np.uint32(38470)
         + np.uint32(blue) * np.uint32(7471) + np.uint32(0x8000)) >> np.uint32(16)
    )  # fmt: skip


@_compiled
def _mix(base: np.int32, level: np.uint8, factor: np.float32) -> np.uint8:
    value = np.float32(base) + factor * np.float32(np.int32(level) - np.int32(base))
    value = min(max(value, np.float32(0)), np.float32(255))
    return np.uint8(np.int32(value))


@_compiled
def _colour(planes: Bytes, factor: np.float32, out: Bytes) -> None:
    clips, _, frames, area = planes.shape
    for b in range(clips):
        for t in range(frames):
            red, green, blue = planes[b, 0, t], planes[b, 1, t], planes[b, 2, t]
            to_red, to_green, to_blue = out[b, 0, t], out[b, 1, t], out[b, 2, t]
            for i in range(area):
                base = _luma(red[i], green[i], blue[i])
                to_red[i] = _mix(base, red[i], factor)
                to_green[i] = _mix(base, green[i], factor)
                to_blue[i] = _mix(base, blue[i], factor)


@_compiled
def _grayscale(planes: Bytes, out: Bytes) -> None:
    clips, _, frames, area = planes.shape
    for b in range(clips):
        for t in range(frames):
            red, green, blue = planes[b, 0, t], planes[b, 1, t], planes[b, 2, t]
            target = out[b, 0, t]
            for i in range(area):
                target[i] = np.uint8(_luma(red[i], green[i], blue[i]))
            out[b, 1, t] = target
            out[b, 2, t] = target


@_compiled
def _sharpness(pixels: Bytes, factor: np.float32, out: Bytes) -> None:
    clips, channels, frames, height, _ = pixels.shape
    for b in range(clips):
        for c in range(channels):
            for t in range(frames):
                plane, target = pixels[b, c, t], out[b, c, t]
                for y in range(1, height - 1):
                    _sharpen_row(plane[y - 1], plane[y], plane[y + 1], factor, target[y])


@_compiled
def _sharpen_row(above: Bytes, row: Bytes, below: Bytes, factor: np.float32, out: Bytes) -> None:
    for x in range(1, row.shape[0] - 1):
        total = np.uint32(4) * np.uint32(row[x])
        for near in (above, row, below):
            total += np.uint32(near[x - 1]) + np.uint32(near[x]) + np.uint32(near[x + 1])
        smooth = np.int32((np.uint32(2) * total + np.uint32(13)) // np.uint32(26))
        out[x] = _mix(smooth, row[x], factor)
