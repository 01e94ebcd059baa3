"""How people are asked: the table `[annotate]` of workspace.toml."""

from __future__ import annotations

from pydantic import Field

from anigifs.catalog.workspace import SETTINGS, Workspace
from anigifs.core.config import Config, build


class AnnotateConfig(Config):
    """Who is asked how often, and what follows from the votes. The defaults are our choice."""

    k: int = Field(2, ge=1, le=50)
    """How many people vote on each item; the Ani-GIFs paper does not say."""
    rule: str = "majority"
    """How votes become a verdict: unanimous, majority or adjudicated."""
    more: int = Field(1, ge=0, le=10)
    """How many people more are asked, one by one, where a majority is wanted and there is none."""
    lease_s: float = Field(900.0, gt=0)
    """How long an item is kept for the person who was given it."""
    gold_share: float = Field(0.05, ge=0, le=0.5)
    """The share of golds among the items that a person is given, while there are some."""
    rare: int = Field(20, ge=0)
    """Classes with fewer candidates than this come earlier."""
    classes: str = ""
    """The class list for neighbours and other classes: a packaged one or a file; "" is automatic:
    the smallest packaged list that holds every class found."""


def config_of(workspace: Workspace) -> AnnotateConfig:
    """What workspace.toml says. Raises `ConfigError` where it is faulty."""
    where = f"[annotate] in {workspace.root / SETTINGS}"
    return build(AnnotateConfig, workspace.settings.annotate, where)
