"""What counts as a duplicate."""

from __future__ import annotations

from pydantic import Field

from anigifs.core.config import Config
from anigifs.media.fingerprint.pdq import TURNS, Turn
from anigifs.media.limits import Limits
from anigifs.media.sandbox import SandboxConfig


class DedupConfig(Config):
    """When two animations are the same one. The defaults are our choice, set on copies of real
    animations; docs/benchmarks.md has the numbers behind them."""

    bits: int = Field(48, ge=0, le=96)
    """Two frames match when at most this many of their 256 bits differ."""
    doubtful_bits: int = Field(32, ge=0, le=96)
    """Pairs above this are shown first and called doubtful: a person should look."""
    share: float = Field(0.8, gt=0, le=1)
    """Share of one animation's key frames that match a frame of the other. Source: vPDQ."""
    share_back: float = Field(0.4, gt=0, le=1)
    """The same the other way round: half of the frames may be missing from a copy."""
    quality: int = Field(10, ge=0, le=100)
    """Frames with less to see are ignored: flat ones look alike."""
    turns: tuple[Turn, ...] = TURNS
    """How a copy may be turned or mirrored."""
    crops: bool = True
    """Also look for copies with up to a tenth of each side cut away."""
    limits: Limits = Limits()
    """What a file may ask for."""
    sandbox: SandboxConfig = SandboxConfig()
    """What decoding one file may use."""
