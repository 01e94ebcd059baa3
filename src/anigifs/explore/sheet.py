"""A contact sheet: clips of one or more datasets by class, each as a strip of its frames."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydantic import Field

from anigifs.core.config import Config
from anigifs.core.errors import InputError, MediaError, UnknownName
from anigifs.core.progress import track
from anigifs.core.records import Clip, ClipSet, Problem
from anigifs.core.seeds import stream
from anigifs.explore.typeset import DOMAIN_COLOURS, INK, PAPER, RULE, SOFT, Place, chip, fit, font
from anigifs.media.decode import decode
from anigifs.media.frames import Frames, Timing
from anigifs.media.sampling import spread

MARGIN, GAP, HEAD, CAPTION, NAMES = 20, 22, 66, 16, 172
BROKEN = (244, 239, 236)


class SheetConfig(Config):
    """What a contact sheet shows."""

    clips: int = Field(2, ge=1, le=50)
    """Clips of each class from each dataset."""
    classes: int = Field(20, ge=1, le=1000)
    """Classes at most, the first ones that have clips."""
    names: tuple[str, ...] = ()
    """Only these classes, in this order; the Ani-GIFs paper's figure 1 has bench pressing,
    brushing teeth and breakdancing."""
    frames: int = Field(8, ge=1, le=64)
    """Frames of each clip, equally spaced."""
    thumb_px: int = Field(96, ge=16, le=512)
    """Side of the square that a frame is fitted into."""
    boxes: bool = False
    """Draw person boxes."""
    seed: int | None = None
    """Draw the clips of a class at random; unset shows the first ones."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture, and the clips that could not be shown."""

    image: Image.Image
    problems: tuple[Problem, ...]

    def png(self, colours: int = 0) -> bytes:
        """As PNG bytes; `colours` 2 to 256 makes a smaller file with a palette."""
        buffer = io.BytesIO()
        image = self.image.quantize(colours, dither=Image.Dither.NONE) if colours else self.image
        image.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class _Strip:
    """One decoded clip; without thumbs it could not be decoded."""

    clip: Clip
    thumbs: tuple[Image.Image, ...]
    caption: str


def contact_sheet(sets: Sequence[ClipSet], config: SheetConfig | None = None) -> Sheet:
    """Draw the datasets side by side, a row for every clip, grouped by class.

    A clip that cannot be decoded gets an empty strip and a `Problem`.

    Raises:
        InputError: no dataset, or none of them has a clip.
        UnknownName: none of them has a clip of a class in `config.names`.
    """
    config = config or SheetConfig()
    labels = _labels(sets, config)
    chosen = {
        (column, label): _chosen(clips, label, config)
        for column, clips in enumerate(sets)
        for label in labels
    }
    wanted = [clip for clips in chosen.values() for clip in clips]
    strips = {id(clip): _strip(clip, config) for clip in track(wanted, "contact sheet")}
    cells = {key: [strips[id(clip)] for clip in clips] for key, clips in chosen.items()}
    problems = tuple(
        Problem(str(strip.clip.path), strip.caption)
        for strip in strips.values()
        if not strip.thumbs
    )
    return Sheet(_Drawing(sets, labels, cells, config).draw(), problems)


def _labels(sets: Sequence[ClipSet], config: SheetConfig) -> list[str]:
    with_clips = {clip.label for clips in sets for clip in clips.clips}
    ordered = dict.fromkeys(name for clips in sets for name in clips.classes)
    names = [name for name in ordered if name in with_clips]
    names += sorted(with_clips - set(names))
    if unknown := [name for name in config.names if name not in with_clips]:
        raise UnknownName("class with clips", unknown[0], with_clips)
    names = list(config.names) or names
    if not names:
        raise InputError("there is no clip to show; give a dataset and a split that hold clips")
    return names[: config.classes]


def _chosen(clips: ClipSet, label: str, config: SheetConfig) -> list[Clip]:
    found = [clip for clip in clips.clips if clip.label == label]
    if config.seed is None:
        return found[: config.clips]
    order = stream(config.seed, "sheet", label).permutation(len(found))[: config.clips]
    return [found[index] for index in order]


def _strip(clip: Clip, config: SheetConfig) -> _Strip:
    def choose(timing: Timing) -> NDArray[np.int64]:
        return spread(max(1, len(timing)), config.frames)

    try:
        frames = decode(clip.path, choose, span_s=clip.span_s)
    except MediaError as error:
        return _Strip(clip, (), str(error))
    shown = [Image.fromarray(pixels) for pixels in frames.pixels]
    if config.boxes:
        _outline(shown, clip, frames)
    for image in shown:
        image.thumbnail((config.thumb_px, config.thumb_px), Image.Resampling.BOX)
    seconds = frames.timing.duration_ms / 1000
    return _Strip(clip, tuple(shown), f"{len(frames.timing)} frames · {seconds:.1f} s")


def _outline(images: list[Image.Image], clip: Clip, frames: Frames) -> None:
    """Draw the box nearest in time on each frame."""
    for image, moment in zip(images, frames.times_ms, strict=True):
        if not clip.boxes:
            return
        box = min(clip.boxes, key=lambda box: abs(box.time_ms - moment))
        wide, high = image.size
        corners = (box.x1 * wide, box.y1 * high, box.x2 * wide - 1, box.y2 * high - 1)
        ImageDraw.Draw(image).rectangle(corners, outline=(255, 64, 64), width=1 + wide // 200)


class _Drawing:
    """Places everything on one picture."""

    def __init__(
        self,
        sets: Sequence[ClipSet],
        labels: list[str],
        cells: dict[tuple[int, str], list[_Strip]],
        config: SheetConfig,
    ) -> None:
        self.sets, self.labels, self.cells, self.config = sets, labels, cells, config
        self.wide = config.frames * (config.thumb_px + 2) - 2
        self.high = config.thumb_px + CAPTION
        self.rows = {
            label: max(len(cells[column, label]) for column in range(len(sets))) for label in labels
        }

    def draw(self) -> Image.Image:
        """The whole sheet."""
        width = MARGIN + NAMES + len(self.sets) * (self.wide + GAP) - GAP + MARGIN
        height = HEAD + sum(self.rows.values()) * self.high + 14 * len(self.labels) + MARGIN
        image = Image.new("RGB", (width, height), PAPER)
        pen = ImageDraw.Draw(image)
        for column, clips in enumerate(self.sets):
            self._header(pen, self._left(column), clips)
        top = HEAD
        for label in self.labels:
            pen.line((MARGIN, top, width - MARGIN, top), RULE)
            self._class(image, top + 8, label)
            top += self.rows[label] * self.high + 14
        return image

    def _left(self, column: int) -> int:
        return MARGIN + NAMES + column * (self.wide + GAP)

    def _header(self, pen: ImageDraw.ImageDraw, left: int, clips: ClipSet) -> None:
        face = font(16, bold=True)
        pen.text((left, 14), fit(clips.name, self.wide, face), INK, face)
        x = float(left)
        for domain in sorted({clip.domain for clip in clips.clips}):
            x = chip(pen, Place(x, 38), domain.value, DOMAIN_COLOURS[domain]) + 6
        if clips.simulated:
            x = chip(pen, Place(x, 38), "simulated", SOFT) + 6
        many = len({clip.label for clip in clips.clips})
        pen.text((x + 2, 47), f"{len(clips.clips)} clips, {many} classes", SOFT, font(11), "lm")

    def _class(self, image: Image.Image, top: int, label: str) -> None:
        pen = ImageDraw.Draw(image)
        face = font(13, bold=True)
        pen.text((MARGIN, top + 4), fit(label or "(no label)", NAMES - 12, face), INK, face)
        for column, clips in enumerate(self.sets):
            count = sum(clip.label == label for clip in clips.clips)
            colour = _colour(clips)
            pen.text((MARGIN, top + 24 + 15 * column), _clips(count), colour, font(11))
            for row, strip in enumerate(self.cells[column, label]):
                self._strip(image, Place(self._left(column), top + row * self.high), strip)

    def _strip(self, image: Image.Image, at: Place, strip: _Strip) -> None:
        pen, side = ImageDraw.Draw(image), self.config.thumb_px
        for number, thumb in enumerate(strip.thumbs):
            left = round(at.x) + number * (side + 2) + (side - thumb.width) // 2
            image.paste(thumb, (left, round(at.y) + (side - thumb.height) // 2))
        if not strip.thumbs:
            pen.rectangle((at.x, at.y, at.x + self.wide, at.y + side), fill=BROKEN)
        note = strip.caption if strip.thumbs else f"not shown: {strip.caption}"
        pen.text((at.x, at.y + side + 1), fit(note, self.wide, font(9)), SOFT, font(9))


def _colour(clips: ClipSet) -> tuple[int, int, int]:
    domains = {clip.domain for clip in clips.clips}
    return DOMAIN_COLOURS[next(iter(domains))] if len(domains) == 1 else SOFT


def _clips(count: int) -> str:
    return f"{count} clip" if count == 1 else f"{count} clips"
