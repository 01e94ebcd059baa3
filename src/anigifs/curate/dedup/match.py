"""Whether two animations are one, how far apart they are, and what was done to the copy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anigifs.curate.dedup.config import DedupConfig
from anigifs.media.fingerprint import CONTENT, VIEWS, Fingerprint
from anigifs.media.fingerprint.pdq import Turn, distances, turned

Hashes = NDArray[np.uint8]
NEVER = 257
"""A distance that no pair of hashes has."""
SLACK = 4
"""Bits by which a pair may be farther apart under a simpler explanation, which is then told."""
ORDER_BITS = 6.0
"""Mean bits by which the frames must fit better backwards to be called reversed."""
OTHER_TIME, OTHER_SIZE, OTHER_FRAMES = 0.05, 0.12, 0.1
"""Relative differences that are told: playing time, size of the moving part, frames."""
OTHER_COLOUR, OTHER_LIGHT = 16.0, 10.0
"""Differences of the mean colour that are told, in levels: hue and saturation, lightness."""
OTHER_AREA = 1.15
"""Factor between the shares of the canvas that content takes, above which a border is told."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two animations that are one.

    bits: the distance by which they match: the smallest at which `share` of the keys of one and
        `share_back` of the other's have a frame that near; 0 for equal bytes or pixels.
    view: how they were compared: "bytes", "pixels", "content", "motion", "frame" or "crop".
    turn: how the first must be turned to become the second.
    labels: what tells the second from the first, for people: "resized", "mirrored", …
    """

    bits: int
    view: str
    turn: Turn
    labels: tuple[str, ...]

    @property
    def reversed(self) -> bool:
        """Its frames run backwards: perhaps another action, so it is reported, never dropped."""
        return "reversed" in self.labels


def match(one: Fingerprint, other: Fingerprint, config: DedupConfig) -> Match | None:
    """How these two match, by the simplest explanation that is nearly the best; or None."""
    for key, view in (("sha256", "bytes"), ("pixels_sha256", "pixels")):
        if getattr(one, key) == getattr(other, key) != "":
            return Match(0, view, "none", ("same " + view,))
    tried = _tried(one, other, config)
    best = min((bits for bits, _, _ in tried), default=NEVER)
    if best > config.bits:
        return None
    chosen = next(each for each in tried if each[0] <= min(best + SLACK, config.bits))
    labels = _labels(one, other, chosen, config)
    if chosen[1] == "motion" and not _matches(tried, "content", chosen[2], config):
        labels = ("captioned or overlaid", *(each for each in labels if each != "recompressed"))
    return Match(*chosen, labels)


Explanation = tuple[int, str, Turn]
"""Bits, view and turn."""


def _tried(one: Fingerprint, other: Fingerprint, config: DedupConfig) -> list[Explanation]:
    """The simplest explanations first, up to the first kind of them that leaves no doubt."""
    found: list[Explanation] = []
    mine = [usable(one, view, config.quality) for view in range(len(VIEWS))]
    yours = [usable(other, view, config.quality) for view in range(len(VIEWS))]
    for turn in config.turns:
        for view, name in enumerate(VIEWS):
            found.append((distance(_turned(mine[view], turn), yours[view], config), name, turn))
        if min(found)[0] <= config.doubtful_bits:
            return found
    if config.crops:
        bits = min(_cropped(one, other, config), _cropped(other, one, config))
        found.append((bits, "crop", "none"))
    return found


def _matches(tried: list[Explanation], view: str, turn: Turn, config: DedupConfig) -> bool:
    return any(each[0] <= config.bits and each[1:] == (view, turn) for each in tried)


def usable(found: Fingerprint, view: int, least: int) -> tuple[Hashes, Hashes]:
    """The hashes of the keys and of all frames that show something, (k, 32) and (n, 32)."""
    shows = found.quality[view] >= max(1, least)
    return found.hashes[view][found.keys[shows[found.keys]]], found.hashes[view][shows]


def distance(one: tuple[Hashes, Hashes], other: tuple[Hashes, Hashes], config: DedupConfig) -> int:
    """The distance of two sets of (keys, frames); see `Match.bits`."""
    if not len(one[0]) or not len(other[0]):
        return NEVER
    forth, back = (
        np.sort(distances(one[0], other[1]).min(1)),
        np.sort(distances(other[0], one[1]).min(1)),
    )
    most, least = config.share, config.share_back
    return min(
        max(_at(forth, most), _at(back, least)),
        max(_at(forth, least), _at(back, most)),
    )


def _at(ordered: NDArray[np.int64], share: float) -> int:
    return int(ordered[int(np.ceil(share * len(ordered) - 1e-9)) - 1])


def _turned(hashes: tuple[Hashes, Hashes], turn: Turn) -> tuple[Hashes, Hashes]:
    return (turned(hashes[0], turn), turned(hashes[1], turn)) if turn != "none" else hashes


def _cropped(whole: Fingerprint, copy: Fingerprint, config: DedupConfig) -> int:
    """The distance of the copy from the crop of `whole` that it is most like."""
    shows = whole.quality[CONTENT][whole.keys] >= max(1, config.quality)
    yours = usable(copy, CONTENT, config.quality)
    crops = [crop[shows] for crop in whole.crops]
    return min((distance((crop, crop), yours, config) for crop in crops), default=NEVER)


def _labels(
    one: Fingerprint, other: Fingerprint, how: tuple[int, str, Turn], config: DedupConfig
) -> tuple[str, ...]:
    _, view, turn = how
    labels = [] if turn == "none" else [_spoken(turn)]
    if view == "crop":
        labels.append("cropped")
    elif _ratio(_area(one), _area(other)) > OTHER_AREA:
        labels.append("other margins")
    order = _order(one, other, (view, turn), config)
    labels += [order] if order else []
    if abs(np.log(_ratio(one.duration_ms, other.duration_ms))) > OTHER_TIME:
        labels.append("re-timed")
    if abs(np.log(_ratio(one.frames, other.frames))) > OTHER_FRAMES:
        labels.append("other frame count")
    return tuple(labels + _looks(one, other, turn)) or ("recompressed",)


def _looks(one: Fingerprint, other: Fingerprint, turn: Turn) -> list[str]:
    labels = []
    across = turn in ("transpose", "rotate-90", "rotate-270", "anti-transpose")
    sizes = _size(one)[::-1] if across else _size(one)
    if any(
        abs(np.log(_ratio(a, b))) > OTHER_SIZE for a, b in zip(sizes, _size(other), strict=True)
    ):
        labels.append("resized")
    apart = other.colour.astype(float) - one.colour
    if np.abs(apart - apart.mean()).max() > OTHER_COLOUR:
        labels.append("recoloured")
    elif abs(apart.mean()) > OTHER_LIGHT:
        labels.append("brighter" if apart.mean() > 0 else "darker")
    return labels


def _order(one: Fingerprint, other: Fingerprint, how: tuple[str, Turn], config: DedupConfig) -> str:
    """ "reversed" or "loop shifted" where the order of the frames says so, else ""."""
    view = VIEWS.index(how[0]) if how[0] in VIEWS else CONTENT
    mine, yours = (usable(each, view, config.quality)[1] for each in (one, other))
    if min(len(mine), len(yours)) < 3:
        return ""
    apart = distances(turned(mine, how[1]), yours)
    steps = np.arange(len(mine)) * len(yours) // len(mine)
    rows, shifts = np.arange(len(mine)), np.arange(len(yours))[:, None]
    forth = apart[rows, (shifts + steps) % len(yours)].mean(1)
    back = apart[rows, (shifts - steps) % len(yours)].mean(1)
    if back.min() + ORDER_BITS < forth.min():
        return "reversed"
    return "loop shifted" if forth.min() + ORDER_BITS < forth[0] else ""


def _spoken(turn: Turn) -> str:
    if "rotate" in turn:
        return turn.replace("rotate-", "rotated by ")
    return {"mirror": "mirrored", "flip": "upside down"}.get(turn, "mirrored and rotated")


def _area(found: Fingerprint) -> float:
    top, bottom, left, right = found.box.tolist()
    return float((bottom - top) * (right - left))


def _size(found: Fingerprint) -> tuple[float, float]:
    """Width and height of the moving part, in pixels."""
    top, bottom, left, right = found.moving.tolist()
    return (right - left) * found.width, (bottom - top) * found.height


def _ratio(one: float, other: float) -> float:
    """The larger by the smaller."""
    return max(one, other, 1e-9) / max(min(one, other), 1e-9)
