"""Licences: from a provider's words to SPDX. Which of them let bytes be released: core.licences.

Source: SPDX licence list 3.27 (the Creative Commons family). A port that the list leaves out
becomes a `LicenseRef-`, as the SPDX specification asks; what cannot be told is `NOASSERTION`.
"""

from __future__ import annotations

import re

from anigifs.collect.records import Licence
from anigifs.core.licences import releasable

__all__ = ["PORTS", "UNKNOWN", "licence", "releasable"]

UNKNOWN = "NOASSERTION"

PORTS = {
    "CC-BY": {"2.5-AU", "3.0-AT", "3.0-AU", "3.0-DE", "3.0-IGO", "3.0-NL", "3.0-US"},
    "CC-BY-NC": {"3.0-DE"},
    "CC-BY-NC-ND": {"3.0-DE", "3.0-IGO"},
    "CC-BY-NC-SA": {"2.0-DE", "2.0-FR", "2.0-UK", "3.0-DE", "3.0-IGO"},
    "CC-BY-ND": {"3.0-DE"},
    "CC-BY-SA": {"2.0-UK", "2.1-JP", "3.0-AT", "3.0-DE", "3.0-IGO"},
}
"""Versions with a country that SPDX lists; 1.0, 2.0, 2.5, 3.0 and 4.0 it lists for all."""

_VERSIONS = {"1.0", "2.0", "2.5", "3.0", "4.0"}
_NAMED = re.compile(r"(?:cc[ _-]*)?(by(?:[ _-](?:nc|nd|sa))*)[ _-]*(\d\.\d)(?:[ _-]+([a-z]{2,4}))?")
_LINK = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/licenses/(by(?:-(?:nc|nd|sa))*)/(\d\.\d)"
    r"(?:/([a-z]{2,4}))?(?:/(?:deed|legalcode)\S*)?/?"
)
_ZERO_LINK = re.compile(r"https?://(?:www\.)?creativecommons\.org/publicdomain/(zero|mark)/1\.0\S*")
_ZERO = {"cc0", "cc0 1.0", "cc-zero", "cc0-1.0", "cc zero"}
_MARK = {"pdm", "pdm 1.0", "cc-pdm-1.0", "public domain mark 1.0", "public domain mark"}


def licence(text: str, url: str = "") -> Licence:
    """The licence that `text` and `url` name. The link wins where it names one: it is exact."""
    return Licence(text, url, _from_link(url) or _from_name(text) or UNKNOWN)


def _from_link(url: str) -> str:
    low = url.strip().lower()
    if zero := _ZERO_LINK.fullmatch(low):
        return "CC0-1.0" if zero[1] == "zero" else "CC-PDM-1.0"
    return _spdx(*found.groups()) if (found := _LINK.fullmatch(low)) else ""


def _from_name(text: str) -> str:
    low = " ".join(text.lower().split())
    if low in _ZERO:
        return "CC0-1.0"
    if low in _MARK:
        return "CC-PDM-1.0"
    return _spdx(*found.groups()) if (found := _NAMED.fullmatch(low)) else ""


def _spdx(kind: str, version: str, port: str | None) -> str:
    parts = re.split(r"[ _-]", kind)
    family = "-".join(["CC", *(part.upper() for part in ("by", "nc", "nd", "sa") if part in parts)])
    full = f"{version}-{port.upper()}" if port and port != "intl" else version
    listed = full in _VERSIONS or full in PORTS.get(family, ())
    known = family in PORTS and version in _VERSIONS | {"2.1"}
    return f"{family}-{full}" if listed and known else f"LicenseRef-{family}-{full}" * known
