"""The structure of a GIF without its pixels: blocks, frames, times, loops, and what is broken.

Source: the GIF89a specification; where files break it, what browser engines do
(docs/gif-conformance.md lists each case). Truncation and junk are facts, not errors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum

from anigifs.core.errors import NotDecodable
from anigifs.media.frames import BROWSER_DELAY_MS, BROWSER_FLOOR_MS
from anigifs.media.limits import DEFAULT, Limits

KEEP, CLEAR, RESTORE = 1, 2, 3
"""What happens to an image when the next one comes: it stays, its area becomes transparent,
or its area becomes what it was before. "Unspecified" (0) and reserved values stay; 4 restores."""
_DISPOSALS = (KEEP, KEEP, CLEAR, RESTORE, RESTORE, KEEP, KEEP, KEEP)
_LOOPING = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
"""Names of application blocks behind their length: of any other length, browsers ignore them."""


class Ending(StrEnum):
    """How the file ends."""

    TRAILER = "trailer"
    TRUNCATED = "truncated"
    JUNK = "junk"


@dataclass(frozen=True, slots=True)
class ColourTable:
    """Where a palette lies in the file: `colours` RGB triples from the byte `at` on."""

    at: int
    colours: int


@dataclass(frozen=True, slots=True)
class Image:
    """One image of the file, not yet unpacked.

    left, top, width, height: its place on the canvas, in pixels; it may reach beyond. An image
        of width or height 0 covers the canvas (as in browsers).
    delay_cs: how long it shows, in hundredths of a second, as written; 0 without a control block.
    disposal: KEEP, CLEAR or RESTORE.
    transparent: the palette index that leaves the canvas alone, or -1.
    palette: its own, else the file's, else None: then browsers draw nothing.
    code_bits: the smallest LZW code size, as written.
    data_at, data_end: the bytes of its sub-blocks; data_end is behind the last one present.
    """

    left: int
    top: int
    width: int
    height: int
    delay_cs: int
    disposal: int
    transparent: int
    interlaced: bool
    palette: ColourTable | None
    code_bits: int
    data_at: int
    data_end: int


@dataclass(frozen=True, slots=True)
class GifFacts:
    """What a GIF says of itself.

    width, height: the canvas in pixels; a first image that is larger makes it larger, as in
        browsers, and is the only one that does.
    background: index into the global palette; no browser paints it, nor do we.
    loops: passes after the first; 0 is for ever; None when the file does not say.
    trailing_bytes: bytes that follow the trailer, or the point where the structure broke.
    """

    version: str
    width: int
    height: int
    background: int
    palette: ColourTable | None
    loops: int | None
    images: tuple[Image, ...]
    ending: Ending
    trailing_bytes: int


def walk(data: bytes, limits: Limits = DEFAULT) -> GifFacts:
    """Read the structure of a GIF in memory; no pixel is unpacked.

    Raises:
        NotDecodable: `data` does not start with the header and screen of a GIF.
        LimitExceeded: the file, canvas, images or playing time are above `limits`.
    """
    limits.check("max_bytes", len(data))
    return _Walker(data, limits).walk()


class _Truncated(Exception):
    """The file ends inside a block."""


class _Walker:
    """One pass over the blocks; `pos` is the next byte."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data, self.limits, self.pos = data, limits, 0
        self.images: list[Image] = []
        self.loops: int | None = None
        self.width = self.height = self.total_px = 0
        self.played_ms = 0.0
        self.palette: ColourTable | None = None
        self._forget_control()

    def walk(self) -> GifFacts:
        version, background = self._screen()
        try:
            ending = self._blocks()
        except _Truncated:
            ending = Ending.TRUNCATED
        trailing = 0 if ending is Ending.TRUNCATED else len(self.data) - self.pos
        return GifFacts(
            version=version,
            width=self.width,
            height=self.height,
            background=background,
            palette=self.palette,
            loops=self.loops,
            images=tuple(self.images),
            ending=ending,
            trailing_bytes=trailing,
        )

    def _screen(self) -> tuple[str, int]:
        if self.data[:6] not in (b"GIF87a", b"GIF89a"):
            raise NotDecodable(
                f"not a GIF: starts with {self.data[:6]!r}, not with GIF87a or GIF89a"
            )
        try:
            head = self._take(13)
            self.width, self.height, flags, background, _ = struct.unpack("<HHBBB", head[6:])
            self._check_canvas()
            self.palette = self._colour_table(flags)
        except _Truncated:
            raise NotDecodable("not a whole GIF: it ends before the first image") from None
        return head[:6].decode("ascii"), background

    def _blocks(self) -> Ending:
        while True:
            kind = self._take(1)
            if kind == b",":
                self._image()
            elif kind == b"!":
                self._extension()
            elif kind == b";":
                return Ending.TRAILER
            else:
                self.pos -= 1
                return Ending.JUNK

    def _extension(self) -> None:
        label = self._take(1)[0]
        start = self.pos
        if not self._skip_blocks():
            raise _Truncated
        if label == 0xF9:
            self._control(start)
        elif label == 0xFF and self.data[start : start + 12] in _LOOPING:
            self._looping(start)

    def _control(self, start: int) -> None:
        if self.data[start] < 4:
            return
        flags, self.delay_cs, transparent = struct.unpack_from("<BHB", self.data, start + 1)
        self.disposal = _DISPOSALS[flags >> 2 & 7]
        self.transparent = transparent if flags & 1 else -1

    def _looping(self, start: int) -> None:
        at = start + 1 + self.data[start]
        while size := self.data[at]:
            if size >= 3 and self.data[at + 1] & 7 == 1:
                self.loops = int.from_bytes(self.data[at + 2 : at + 4], "little")
            at += 1 + size

    def _image(self) -> None:
        left, top, width, height, flags = struct.unpack("<HHHHB", self._take(9))
        palette = self._colour_table(flags) or self.palette
        code_bits, data_at = self._take(1)[0], self.pos
        if width == 0 or height == 0:
            left, top, width, height = 0, 0, self.width, self.height
        elif not self.images and (width > self.width or height > self.height):
            self.width, self.height = max(self.width, left + width), max(self.height, top + height)
            self._check_canvas()
        whole = self._skip_blocks()
        image = Image(
            left=left,
            top=top,
            width=width,
            height=height,
            delay_cs=self.delay_cs,
            disposal=self.disposal,
            transparent=self.transparent,
            interlaced=bool(flags & 0x40),
            palette=palette,
            code_bits=code_bits,
            data_at=data_at,
            data_end=self.pos,
        )
        if whole or self.pos > data_at + 1:
            self._keep(image)
        if not whole:
            raise _Truncated
        self._forget_control()

    def _keep(self, image: Image) -> None:
        self.images.append(image)
        delay_ms = 10 * image.delay_cs
        self.played_ms += delay_ms if delay_ms > BROWSER_FLOOR_MS else BROWSER_DELAY_MS
        self.total_px += max(image.width * image.height, self.width * self.height)
        self.limits.check("max_frames", len(self.images))
        self.limits.check("max_canvas_px", image.width * image.height)
        self.limits.check("max_total_px", self.total_px)
        self.limits.check("max_duration_s", self.played_ms / 1000)

    def _forget_control(self) -> None:
        self.delay_cs, self.disposal, self.transparent = 0, KEEP, -1

    def _check_canvas(self) -> None:
        self.limits.check("max_side_px", max(self.width, self.height))
        self.limits.check("max_canvas_px", self.width * self.height)

    def _colour_table(self, flags: int) -> ColourTable | None:
        if not flags & 0x80:
            return None
        table = ColourTable(self.pos, 2 << (flags & 7))
        self._take(3 * table.colours)
        return table

    def _skip_blocks(self) -> bool:
        """Go behind the terminator; False, and to the end, where the file ends before it."""
        data, pos, end = self.data, self.pos, len(self.data)
        while pos < end and data[pos]:
            pos += 1 + data[pos]
        self.pos = min(pos + 1, end)
        return pos < end

    def _take(self, count: int) -> bytes:
        taken = self.data[self.pos : self.pos + count]
        if len(taken) < count:
            raise _Truncated
        self.pos += count
        return taken
