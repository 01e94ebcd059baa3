"""Reason codes of checks and people in words that fit into a figure."""

from __future__ import annotations

from collections.abc import Mapping

from anigifs.release.stats.draw import many

REASONS = {
    "animation": "no animation",
    "not-animation": "no animation",
    "broken": "broken file",
    "character": "no character",
    "no-character": "no character",
    "exact": "another action",
    "not-class": "another action",
    "other-class": "another class",
    "not-exact": "another action",
    "not-animated": "a still picture",
    "nearly-still": "hardly moves",
    "not-a-gif": "not a GIF",
    "sensitive": "sensitive",
    "too-large": "beyond the limits",
    "too-long": "too long",
    "too-short": "too short",
    "too-small": "too small",
    "incomplete": "cut short",
    "converted": "converted to a GIF",
    "worker-died": "could not be decoded",
}
"""Codes of screening and of the paper's three questions; others are shown as they are."""


def reason(code: str) -> str:
    """The reason in words."""
    return REASONS.get(code, code.replace("-", " ") or "rejected")


def reasons(counts: Mapping[str, int], most: int = 3) -> str:
    """The most frequent reasons with their counts, in one line."""
    joined: dict[str, int] = {}
    for code, number in counts.items():
        joined[reason(code)] = joined.get(reason(code), 0) + number
    order = sorted(joined.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [f"{many(number)} {name}" for name, number in order[:most]]
    rest = sum(number for _, number in order[most:])
    return ", ".join([*told, *([f"{many(rest)} others"] if rest else [])])
