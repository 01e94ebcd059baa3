"""The checks of screening, in order: each takes what was found and says pass or fail, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anigifs.core.errors import LimitExceeded, MediaError
from anigifs.curate.screen.config import ScreenConfig

Looked = Mapping[str, Any]
DIED = "decoding ended its worker process"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check says. reason: the code of a failure, "" for a pass."""

    check: str
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


def is_gif(looked: Looked, config: ScreenConfig) -> Outcome:
    """A GIF, or something that may be converted."""
    kind = looked["kind"]
    good = kind == "gif" or (config.convert and kind in ("webp", "apng"))
    return Outcome("gif", "" if good else "not-a-gif", {"kind": kind, "convert": config.convert})


def structure(looked: Looked, config: ScreenConfig) -> Outcome:
    """Sound, or broken in a way that still plays (unless only whole files are wanted)."""
    facts = looked.get("structure", {})
    broken = facts.get("ending", "trailer") != "trailer"
    bad = broken and config.whole
    return Outcome("structure", "incomplete" if bad else "", {**facts, "whole": config.whole})


def animated(looked: Looked, config: ScreenConfig) -> Outcome:
    """Enough frames that differ."""
    few = looked["distinct"] < config.distinct_frames
    evidence = {"frames": looked["frames"], "distinct": looked["distinct"]}
    return _measured("animated", "not-animated" if few else "", evidence, config.distinct_frames)


def size(looked: Looked, config: ScreenConfig) -> Outcome:
    """Both sides long enough."""
    small = min(looked["width"], looked["height"]) < config.side_px
    evidence = {"width": looked["width"], "height": looked["height"]}
    return _measured("size", "too-small" if small else "", evidence, config.side_px)


def duration(looked: Looked, config: ScreenConfig) -> Outcome:
    """Neither a flash nor a film."""
    played = looked["duration_ms"]
    reason = "too-short" if played < config.shortest_ms else ""
    reason = "too-long" if played > 1000 * config.longest_s else reason
    thresholds = [config.shortest_ms, 1000 * config.longest_s]
    return _measured("duration", reason, {"duration_ms": played}, thresholds)


def moving(looked: Looked, config: ScreenConfig) -> Outcome:
    """More than a blinking word."""
    still = looked["moving"] < config.moving_share
    evidence = {"moving": round(looked["moving"], 5)}
    return _measured("moving", "nearly-still" if still else "", evidence, config.moving_share)


CHECKS: tuple[Callable[[Looked, ScreenConfig], Outcome], ...] = (
    is_gif,
    structure,
    animated,
    size,
    duration,
    moving,
)
"""After `sensitive`, which needs no pixel, and `limits`, which looking itself may fail."""


def sensitive(flagged: bool, config: ScreenConfig) -> Outcome:
    """What the provider calls sensitive is left out, unless the config lets it through."""
    bad = flagged and not config.sensitive
    evidence = {"flagged": flagged, "let_through": config.sensitive}
    return Outcome("sensitive", "sensitive" if bad else "", evidence)


def failed(error: MediaError) -> Outcome:
    """The outcome of a file that could not be looked at."""
    text = str(error)
    reason = "too-large" if isinstance(error, LimitExceeded) else "broken"
    if DIED in text:
        reason = "worker-died"
    return Outcome("limits" if reason == "too-large" else "structure", reason, {"error": text})


def run(looked: Looked | MediaError, flagged: bool, config: ScreenConfig) -> list[Outcome]:
    """The outcomes up to the first failure, in order; the last one tells whether it passed."""
    found = [sensitive(flagged, config)]
    if found[-1].reason:
        return found
    if isinstance(looked, MediaError):
        return [*found, failed(looked)]
    for check in CHECKS:
        found.append(check(looked, config))
        if found[-1].reason:
            break
    return found


def _measured(check: str, reason: str, evidence: dict[str, Any], threshold: Any) -> Outcome:
    return Outcome(check, reason, {**evidence, "threshold": threshold})
