"""The ten photometric edits of the Ani-GIFs paper on whole batches, equal to Pillow's.

Source: Ani-GIFs paper, section 4.1, after Volpi & Murino 2019; operations, levels and their
order are those of Volpi & Murino's released code. Pillow defines every operation: each frame
comes out byte for byte as `PIL.ImageOps` or `PIL.ImageEnhance` would give it, since solarize
and autocontrast blow up a difference of one level. There are no exceptions.

Most edits are a table of 256 entries, fixed or drawn up from a frame's statistics. Consecutive
ones are fused, so four of them cost one pass over the pixels; only colour, sharpness and
grayscale need the pixels themselves. The passes are in `photometric_cpu` (compiled) and
`photometric_torch` (any device), with equal results.

Algorithms get clips as floats in [-1, 1]; `to_levels` and `from_levels` cross between those and
the 0..255 that the edits are defined on without losing anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol, cast

import numpy as np
import torch
from torch import Tensor

from anigifs.core.errors import InputError, UnknownName


class Edit(NamedTuple):
    """One operation at one level: (op, level) as `POOL` lists them; None for grayscale."""

    op: str
    level: float | None


def _levels(low: float, high: float, count: int) -> tuple[float, ...]:
    return tuple(float(level) for level in np.linspace(low, high, count))


_FACTORS = _levels(0.6, 1.4, 20)
_SHIFTS = tuple(float(int(level)) for level in _levels(-120, 120, 30))

POOL: Mapping[str, tuple[float | None, ...]] = MappingProxyType(
    {
        "autocontrast": _levels(0, 0.3, 20),  # per cent of the pixels cut off at each end
        "brightness": _FACTORS,
        "colour": _FACTORS,
        "contrast": _FACTORS,
        "sharpness": _FACTORS,
        "solarize": tuple(float(int(level)) for level in _levels(0, 20, 20)),
        "grayscale": (None,),
        "red": _SHIFTS,
        "green": _SHIFTS,
        "blue": _SHIFTS,
    }
)
"""The levels of each operation. With the paper's levels solarize inverts nearly all pixels."""

TUPLE_LENGTH = 4
"""Edits in a tuple (the paper's N)."""


def draw_tuple(generator: torch.Generator, length: int = TUPLE_LENGTH) -> tuple[Edit, ...]:
    """`length` edits drawn with repetition: an operation uniformly, then one of its levels."""
    ops = list(POOL)
    edits = []
    for _ in range(length):
        op = ops[_draw(generator, len(ops))]
        edits.append(Edit(op, POOL[op][_draw(generator, len(POOL[op]))]))
    return tuple(edits)


def _draw(generator: torch.Generator, count: int) -> int:
    return int(torch.randint(count, (), generator=generator))


def to_levels(clips: Tensor) -> Tensor:
    """Clips in [-1, 1] as uint8 levels, same shape.

    The inverse of `from_levels`, exactly, for clips held in float32, bfloat16 or float16: at
    eight bits of mantissa a level is off by at most 1/4. Values between levels are rounded.
    """
    if clips.is_cpu and clips.ndim == 5 and clips.dtype == torch.float32:
        from anigifs.loader import photometric_cpu

        return photometric_cpu.to_levels(clips)
    levels: Tensor = (clips.float() + 1).mul_(127.5).round_()
    return levels.clamp_(0, 255).to(torch.uint8)


def from_levels(pixels: Tensor, layout: torch.memory_format | None = None) -> Tensor:
    """uint8 levels as float32 clips in [-1, 1], same shape: x / 127.5 - 1.

    layout: of the result, for pixels (B, C, T, H, W); on a CPU it then costs no pass of its own.
    """
    if layout is None:
        return pixels.float().div_(127.5).sub_(1)
    if not pixels.is_cpu:
        return from_levels(pixels).contiguous(memory_format=layout)
    from anigifs.loader import photometric_cpu

    every = torch.arange(256, dtype=torch.uint8)
    return photometric_cpu.from_levels(pixels, from_levels(every), layout)


def apply_tuple(pixels: Tensor, edits: Sequence[Edit]) -> Tensor:
    """Apply `edits` in order, the same to every frame of every clip.

    Args:
        pixels: uint8 (B, 3, T, H, W), RGB, on any device; it is left as it was.
        edits: from `POOL`, or any level that Pillow would take.

    Returns:
        uint8 of the same shape on the same device.

    Raises:
        InputError: `pixels` are not uint8 of that shape.
        UnknownName: an edit is none of the ten.
    """
    if pixels.dtype != torch.uint8 or pixels.ndim != 5 or pixels.shape[1] != 3:
        raise InputError(
            f"photometric edits take uint8 pixels of shape (B, 3, T, H, W); got {pixels.dtype} "
            f"{tuple(pixels.shape)}. Convert clips in [-1, 1] with to_levels first"
        )
    state = _Pending(pixels.contiguous())
    for op, level in edits:
        if op not in _TONES and op not in _PASSES:
            raise UnknownName("photometric edit", op, list(POOL))
        if op in _TONES:
            state.tone(_TONES[op](state, 0.0 if level is None else level))
        else:
            state.settle()
            state.run(op, level)
    state.settle()
    return pixels.clone() if state.pixels is pixels else state.pixels


class _Passes(Protocol):
    """What needs a look at every pixel; pixels and out are uint8 (B, 3, T, H, W), contiguous.

    `out` takes the result and may be `pixels` itself: fresh memory costs as much as an edit.
    Tables are uint8 (B, T, 3, 256): of each frame and channel, what a level becomes.
    """

    def fresh(self, pixels: Tensor) -> Tensor: ...
    def lookup(self, pixels: Tensor, tables: Tensor, out: Tensor) -> None: ...
    def colour(self, pixels: Tensor, factor: float, out: Tensor) -> None: ...
    def sharpness(self, pixels: Tensor, factor: float, out: Tensor) -> None: ...
    def grayscale(self, pixels: Tensor, level: None, out: Tensor) -> None: ...
    def histogram(self, pixels: Tensor) -> Tensor: ...
    def luma_sum(self, pixels: Tensor, tables: Tensor | None) -> Tensor: ...


def _passes(pixels: Tensor) -> _Passes:
    if pixels.device.type == "cpu":
        from anigifs.loader import photometric_cpu

        return cast(_Passes, photometric_cpu)
    from anigifs.loader import photometric_torch

    return cast(_Passes, photometric_torch)


class _Pending:
    """Pixels, and the tables that still wait to be applied to them.

    tables: uint8, of a shape that broadcasts to (B, T, 3, 256); None: nothing waits.
    """

    def __init__(self, pixels: Tensor) -> None:
        self.given = self.pixels = pixels
        self.tables: Tensor | None = None

    @property
    def frames(self) -> tuple[int, int]:
        return self.pixels.shape[0], self.pixels.shape[2]

    @property
    def area(self) -> int:
        return self.pixels.shape[3] * self.pixels.shape[4]

    def tone(self, table: Tensor) -> None:
        """Put a table, of a shape that broadcasts to (B, T, 3, 256), after the ones that wait."""
        table = table.to(self.pixels).view(*(1,) * (4 - table.ndim), *table.shape)
        if self.tables is not None:
            table, waiting = torch.broadcast_tensors(table, self.tables)  # type: ignore[no-untyped-call]
            table = table.gather(3, waiting.long())
        self.tables = table

    def settle(self) -> None:
        """Apply what waits."""
        if self.tables is not None:
            self.run("lookup", self.whole())
            self.tables = None

    def whole(self) -> Tensor | None:
        """The tables that wait, (B, T, 3, 256)."""
        if self.tables is None:
            return None
        return self.tables.expand(*self.frames, 3, 256).contiguous()

    def run(self, name: str, argument: Tensor | float | None) -> None:
        """One pass: into new memory the first time, then in place."""
        passes = _passes(self.pixels)
        out = passes.fresh(self.pixels) if self.pixels is self.given else self.pixels
        getattr(passes, name)(self.pixels, argument, out)
        self.pixels = out


def _brightness(state: _Pending, factor: float) -> Tensor:
    return _blend(torch.zeros(1), _ramp(), factor)


def _solarize(state: _Pending, threshold: float) -> Tensor:
    ramp = _ramp()
    return torch.where(ramp < threshold, ramp, 255 - ramp)


def _shift(channel: int, amount: float) -> Tensor:
    tables = _ramp().repeat(3, 1)
    tables[channel] = (tables[channel] + int(amount)).clamp(0, 255)
    return tables


def _contrast(state: _Pending, factor: float) -> Tensor:
    """Towards the frame's mean luma, rounded as `int(mean + 0.5)`."""
    total = _passes(state.pixels).luma_sum(state.pixels, state.whole())
    mean = (2 * total + state.area).div(2 * state.area, rounding_mode="floor")
    ramp = _ramp().to(state.pixels.device)
    return _blend(mean[:, :, None, None].float(), ramp, factor)


def _autocontrast(state: _Pending, cutoff: float) -> Tensor:
    """The darkest level that remains becomes 0 and the lightest 255, per frame and channel."""
    counts = _passes(state.pixels).histogram(state.pixels)
    if state.tables is not None:
        becomes = state.tables.expand(counts.shape).long()
        counts = torch.zeros_like(counts).scatter_add_(3, becomes, counts)
    cut = int(state.area * cutoff // 100)
    darker = counts.cumsum(3, dtype=torch.int32)  # pixels up to each level
    low = (darker <= cut).sum(3, keepdim=True).double()
    high = (darker < state.area - cut).sum(3, keepdim=True).double()
    ramp = _ramp().to(low)
    scale = torch.full_like(low, 255) / (high - low).clamp(min=1)  # `255 / x` would round twice
    stretched = (ramp * scale).sub_(low * scale).clamp_(0, 255).to(torch.uint8)
    return torch.where(high > low, stretched, ramp.to(torch.uint8))


def _blend(base: Tensor, image: Tensor, factor: float) -> Tensor:
    """`PIL.Image.blend` in its own single precision: cut to [0, 255], fraction dropped."""
    return (base + (image.float() - base) * factor).clamp_(0, 255).trunc_()


def _ramp() -> Tensor:
    return torch.arange(256)


_TONES: Mapping[str, Callable[[_Pending, float], Tensor]] = {
    "autocontrast": _autocontrast,
    "brightness": _brightness,
    "contrast": _contrast,
    "solarize": _solarize,
    "red": lambda state, level: _shift(0, level),
    "green": lambda state, level: _shift(1, level),
    "blue": lambda state, level: _shift(2, level),
}
_PASSES = ("colour", "sharpness", "grayscale")
