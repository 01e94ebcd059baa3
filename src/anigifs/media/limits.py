"""What a media file may ask for, checked before any pixel is decoded."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from anigifs.core.config import Config
from anigifs.core.errors import LimitExceeded

LimitName = Literal[
    "max_bytes",
    "max_side_px",
    "max_canvas_px",
    "max_frames",
    "max_total_px",
    "max_output_px",
    "max_duration_s",
]


class Limits(Config):
    """Caps on one file. The defaults are our choice: ten times what real animations need."""

    max_bytes: int = Field(128 * 2**20, ge=1)
    """Size of the file, in bytes."""
    max_side_px: int = Field(65_535, ge=1)
    """Width and height of the canvas; 65,535 is all that a GIF can say."""
    max_canvas_px: int = Field(2**25, ge=1)
    """Pixels of the canvas, and of one image drawn on it (33.5 million: one 8K picture)."""
    max_frames: int = Field(20_000, ge=1)
    """Images in the file."""
    max_total_px: int = Field(2**30, ge=1)
    """Pixels of all frames together: seconds of work on one core."""
    max_output_px: int = Field(2**28, ge=1)
    """Pixels of the chosen frames together, 3 bytes each: memory."""
    max_duration_s: float = Field(3_600, gt=0)
    """Playing time of one pass."""

    def check(self, name: LimitName, value: float) -> None:
        """Compare `value` with the limit `name`.

        Raises:
            LimitExceeded: the value is above it; the message names both and the key to set.
        """
        limit = getattr(self, name)
        if value > limit:
            raise LimitExceeded(
                f"{name.removeprefix('max_')} is {value:,}, above the limit of {limit:,}; "
                f"raise `{name}` if the file is trusted"
            )


DEFAULT = Limits()
