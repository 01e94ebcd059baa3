"""Saliency tubes over the frames of a clip: as a moving GIF, and as strips for a page.

Our choices: heat is drawn as strongly as the map speaks for the class, so that what does not count
stays visible; frames below it lose most of their colour, so that colour means heat; a clip's map is
scaled by its own maximum; the person's box is a thin frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw
from torch import Tensor
from torch.nn.functional import interpolate

from anigifs.core.errors import InputError
from anigifs.explore.typeset import INK, PAPER, fit, font
from anigifs.media.encode import encode_gif

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

STRENGTH = 0.7
"""How much of a pixel the heat may cover."""
COLOUR = 0.25
"""How much of its colour a frame keeps."""
BOX_RGB = (0, 255, 120)
RIGHT_RGB, WRONG_RGB = (0, 110, 80), (178, 44, 22)
MARGIN_PX = 4
TEXT_PX, TITLE_PX, GAP_PX, COLUMN_PX = 19, 30, 8, 24


def spread(map_: Tensor, size: tuple[int, int, int]) -> Floats:
    """The positive part of a map (T', H', W') on every pixel: float32 (T, H, W) in [0, 1].

    Linear between the middles of the cells. A map that is nowhere positive gives zeros.
    """
    positive = map_.detach().float().cpu().clamp(min=0)[None, None]
    fine = interpolate(positive, size=size, mode="trilinear", align_corners=False)[0, 0]
    return cast(Floats, (fine / fine.max().clamp(min=1e-12)).numpy())


def heat(frames: Pixels, saliency: Floats, boxes: Floats | None = None) -> Pixels:
    """Frames (T, H, W, 3) under their saliency (T, H, W) in [0, 1], as new frames.

    boxes: (T, 4), corners in [0, 1] of the picture, NaN where there is none.
    """
    if frames.shape[:3] != saliency.shape:
        raise InputError(
            f"{saliency.shape} is no saliency for frames of {frames.shape}; see overlay.spread"
        )
    out = np.empty_like(frames)
    for number, (frame, amount) in enumerate(zip(frames, saliency, strict=True)):
        colours = cv2.applyColorMap((amount * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
        share = STRENGTH * amount[..., None]
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)[..., None]
        pale = COLOUR * frame + (1 - COLOUR) * grey
        out[number] = pale * (1 - share) + colours[..., ::-1] * share + 0.5
        if boxes is not None and not np.isnan(boxes[number]).any():
            _frame(out[number], boxes[number])
    return out


def tube_gif(
    frames: Pixels, map_: Tensor, delays_ms: ArrayLike, boxes: Floats | None = None
) -> bytes:
    """A clip under its saliency tube, as a GIF file that plays with the clip's own delays."""
    size = cast(tuple[int, int, int], frames.shape[:3])
    return encode_gif(heat(frames, spread(map_, size), boxes), delays_ms, palette="local")


def strip(frames: Pixels, count: int = 8) -> Pixels:
    """`count` equally spaced frames side by side: uint8 (H, count x W + margins, 3)."""
    chosen = np.linspace(0, len(frames) - 1, count).round().astype(np.int64)
    gap = np.full((frames.shape[1], MARGIN_PX, 3), 255, np.uint8)
    parts: list[Pixels] = []
    for number in chosen.tolist():
        parts += [frames[number], gap]
    return np.concatenate(parts[:-1], axis=1)


class Line(NamedTuple):
    """A strip with the text above it; `right` marks an answer as right or wrong."""

    text: str
    strip: Pixels
    right: bool | None = None


def sheet(lines: Sequence[Line], title: str = "") -> Image.Image:
    """Strips under one another, each with its line of text above, on white paper."""
    if not lines:
        raise InputError("a sheet needs at least one row")
    head = TITLE_PX if title else 0
    width = max(line.strip.shape[1] for line in lines)
    height = head + sum(line.strip.shape[0] + TEXT_PX + GAP_PX for line in lines) - GAP_PX
    page = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(page)
    if title:
        pen.text((0, 0), fit(title, width, font(15, bold=True)), INK, font(15, bold=True))
    top = head
    for line in lines:
        _text(pen, top, width, line)
        page.paste(Image.fromarray(line.strip), (0, top + TEXT_PX))
        top += line.strip.shape[0] + TEXT_PX + GAP_PX
    return page


def beside(sheets: Sequence[Image.Image]) -> Image.Image:
    """Sheets side by side on one page: the Ani-GIFs paper's figure 5."""
    width = sum(one.width for one in sheets) + COLUMN_PX * (len(sheets) + 1)
    page = Image.new("RGB", (width, max(one.height for one in sheets) + 2 * COLUMN_PX), PAPER)
    left = COLUMN_PX
    for one in sheets:
        page.paste(one, (left, COLUMN_PX))
        left += one.width + COLUMN_PX
    return page


def _text(pen: ImageDraw.ImageDraw, top: int, width: int, line: Line) -> None:
    """Right and wrong differ in sign and in colour."""
    mark = "" if line.right is None else "✓ " if line.right else "✗ "
    colour = INK if line.right is None else RIGHT_RGB if line.right else WRONG_RGB
    face = font(12, bold=line.right is not None)
    pen.text((0, top + 1), fit(mark + line.text, width, face), colour, face)


def _frame(picture: Pixels, box: Floats) -> None:
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = (box * (width - 1, height - 1, width - 1, height - 1)).round().astype(int)
    thick = max(1, min(height, width) // 96)
    cv2.rectangle(picture, (int(x1), int(y1)), (int(x2), int(y2)), BOX_RGB, thick)
