"""Accepted and rejected animations side by side, with the reasons: the paper's figure 2.

Frames are a copy of somebody's work: only animations whose licence lets a release hold the bytes
are shown, and `examples.csv` names the makers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anigifs.catalog import Said, Verdict, Workspace
from anigifs.core.errors import MediaError
from anigifs.core.licences import releasable
from anigifs.media.decode import decode
from anigifs.media.frames import Timing
from anigifs.media.sampling import spread
from anigifs.release.stats.draw import (
    BLUE,
    DPI,
    LINE,
    ORANGE,
    WIDTH_IN,
    Drawn,
    canvas,
    cut,
    finish,
    place,
)
from anigifs.release.stats.words import reason

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLASSES = 4
FRAMES = 3
CELL_IN, GAP_IN = 0.5, 0.03
STRIP_IN = FRAMES * (CELL_IN + GAP_IN) - GAP_IN
ROW_IN, HEAD_IN, FOOT_IN = 0.84, 0.16, 0.13
NOTE_CHARS = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One animation in the figure, and whom it is from. Texts are as the provider gave them."""

    label: str
    said: str
    reason: str
    sha256: str
    creator: str = ""
    licence: str = ""
    page_url: str = ""


Pair = tuple[Example, Example]
"""A rejected and an accepted animation of one class."""


def choose(workspace: Workspace, most: int = CLASSES) -> list[Pair]:
    """One rejected and one accepted animation of a few classes, with as many reasons as can be.

    The owner's examples come first, else the first by sha256; classes by their verdicts. An
    animation that was taken down, or whose licence does not allow it, is left out.
    """
    picked = {example.sha256 for example in workspace.guidance.examples()}
    gone = workspace.takedowns.names()
    sides: dict[str, dict[Said, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    for verdict in workspace.verdicts.current():
        if verdict.sha256 not in gone:
            sides[verdict.label][verdict.said].append(verdict)
    order = sorted(sides, key=lambda label: (-sum(map(len, sides[label].values())), label))
    pairs: list[Pair] = []
    for seen_too in (False, True):
        for label in order:
            seen = {reason(pair[0].reason) for pair in pairs}
            done = {pair[0].label for pair in pairs}
            if len(pairs) < most and label not in done:
                found = _pair(workspace, sides[label], picked, () if seen_too else seen)
                pairs += [found] if found else []
    return pairs


def _pair(
    workspace: Workspace, sides: dict[Said, list[Verdict]], picked: Collection[str],
    seen: Collection[str],
) -> Pair | None:  # fmt: skip
    new = [verdict for verdict in sides[Said.FAIL] if reason(verdict.reason) not in seen]
    rejected = _first(workspace, new, picked)
    accepted = _first(workspace, sides[Said.PASS], picked) if rejected else None
    return (rejected, accepted) if rejected and accepted else None


def _first(
    workspace: Workspace, verdicts: Iterable[Verdict], picked: Collection[str]
) -> Example | None:
    for verdict in sorted(verdicts, key=lambda one: (one.sha256 not in picked, one.sha256)):
        if verdict.sha256 not in workspace.blobs:
            continue
        for hit in workspace.hits.of(verdict.sha256):
            if releasable(hit.spdx):
                return Example(
                    label=verdict.label,
                    said="accepted" if verdict.said is Said.PASS else "rejected",
                    reason=verdict.reason,
                    sha256=verdict.sha256,
                    creator=hit.creator or hit.credit,
                    licence=hit.spdx,
                    page_url=hit.page_url,
                )
    return None


def examples(pairs: Sequence[Pair], blobs: Path) -> tuple[Drawn | None, list[Pair]]:
    """The figure, and the pairs that are in it: those that decode.

    blobs: the folder of the workspace's blob store.
    """
    shown = [(pair, strips) for pair in pairs if (strips := _strips(pair, blobs))]
    if not shown:
        return None, []
    with canvas(WIDTH_IN, ROW_IN * len(shown) + 0.02) as figure:
        for row, (pair, strips) in enumerate(shown):
            _row(figure, row * ROW_IN, pair, strips)
        caption = (
            "Left: rejected, with the reason; right: accepted. Three equally spaced frames each. "
            "Makers and licences stand in examples.csv."
        )
        told = "; ".join(
            f"{no.label}: one rejected ({reason(no.reason)}), one accepted" for (no, _), _ in shown
        )
        words = ("Rejected and accepted", caption, f"{told}.")
        return finish(figure, "examples", words), [pair for pair, _ in shown]


def _row(figure: Figure, top: float, pair: Pair, strips: Sequence[NDArray[np.uint8]]) -> None:
    across, down = figure.get_size_inches()
    figure.text(0.02 / across, 1 - (top + 0.11) / down, cut(pair[0].label, 60), fontsize=6.5,
                weight="bold")  # fmt: skip
    notes = (f"\u2717 {cut(reason(pair[0].reason), NOTE_CHARS)}", "\u2713 accepted")
    for side, (note, colour) in enumerate(zip(notes, (ORANGE, BLUE), strict=True)):
        left = 0.02 if side == 0 else across - 0.02 - STRIP_IN
        for number, picture in enumerate(strips[side]):
            axes = place(
                figure, (left + number * (CELL_IN + GAP_IN), top + HEAD_IN, CELL_IN, CELL_IN)
            )
            axes.imshow(picture, interpolation="nearest", aspect="auto")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_visible(True)
            axes.spines[:].set_color(LINE)
            axes.spines[:].set_linewidth(0.5)
        low = 1 - (top + HEAD_IN + CELL_IN + 0.1) / down
        figure.text(left / across, low, note, fontsize=6, color=colour)


def _strips(pair: Pair, blobs: Path) -> list[NDArray[np.uint8]]:
    """The frames of both, each uint8 (FRAMES, side, side, 3); empty if one does not decode."""
    try:
        return [_strip(blobs / one.sha256[:2] / one.sha256) for one in pair]
    except MediaError:
        return []


def _strip(path: Path) -> NDArray[np.uint8]:
    def equally(timing: Timing) -> NDArray[np.int64]:
        return spread(max(1, len(timing)), FRAMES)

    return np.stack([_square(frame) for frame in decode(path, equally).pixels])


def _square(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A frame (H, W, 3) fitted into a white square of the figure's own pixels."""
    import cv2

    side = round(CELL_IN * DPI)
    scale = side / max(frame.shape[:2])
    size = max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    small = cv2.resize(frame, size, interpolation=how)
    square = np.full((side, side, 3), 255, np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = small
    return square
