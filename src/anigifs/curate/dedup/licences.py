"""How much a licence allows, to choose which of several copies to keep."""

from __future__ import annotations

_FIRST = (
    ("CC0-", 6),
    ("CC-PDM-", 6),
    ("CC-BY-SA-", 4),
    ("CC-BY-NC-SA-", 2),
    ("CC-BY-NC-ND-", 1),
    ("CC-BY-NC-", 2),
    ("CC-BY-ND-", 1),
    ("CC-BY-", 5),
)


def openness(spdx: str) -> int:
    """From 0 (not known) to 6 (public domain); our order of the Creative Commons family."""
    name = spdx.removeprefix("LicenseRef-")
    return next((rank for start, rank in _FIRST if name.startswith(start)), 0)
