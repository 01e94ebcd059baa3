"""Which licences, as SPDX names them, let a release hold the bytes."""

from __future__ import annotations

import re


def releasable(spdx: str) -> bool:
    """Whether a release may hold the bytes: CC0, public-domain mark, BY and BY-SA."""
    return bool(re.fullmatch(r"CC0-1\.0|CC-PDM-1\.0|(LicenseRef-)?CC-BY(-SA)?-\d\S*", spdx))
