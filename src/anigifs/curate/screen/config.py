"""The thresholds of screening."""

from __future__ import annotations

from pydantic import Field

from anigifs.core.config import Config
from anigifs.media.limits import Limits
from anigifs.media.sandbox import SandboxConfig


class ScreenConfig(Config):
    """What passes. The defaults are our choice; docs/curate.md lists each with its reason code."""

    convert: bool = False
    """Turn animated WebP and APNG into GIFs; else they are rejected as `not-a-gif`."""
    whole: bool = False
    """Reject GIFs that end too early or break off, although what is there plays."""
    distinct_frames: int = Field(2, ge=1)
    """Least number of frames that differ: five equal frames are no animation."""
    side_px: int = Field(32, ge=1)
    """Least width and height."""
    shortest_ms: float = Field(60.0, ge=0)
    """Least playing time of one pass."""
    longest_s: float = Field(120.0, gt=0)
    """Greatest playing time of one pass."""
    moving_share: float = Field(0.002, ge=0, le=1)
    """Least share of the pixels that change visibly at some time; below, it is a banner with a
    blinking word or a nearly still picture."""
    sensitive: bool = False
    """Let through what its provider calls sensitive."""
    limits: Limits = Limits(max_bytes=32 * 2**20, max_total_px=2**29, max_duration_s=600)
    """What a file may ask for before it is decoded."""
    sandbox: SandboxConfig = SandboxConfig(memory_bytes=2 * 2**30, cpu_s=30, wall_s=60)
    """What looking at one file may use."""
