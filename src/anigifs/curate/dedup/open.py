"""What to search: one workspace, or any datasets, alone or against another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anigifs.catalog import Workspace
from anigifs.core.errors import InputError
from anigifs.curate.dedup import pool, run
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.run import Found
from anigifs.datasets import open_clips

CATALOG = "catalog.db"


def search_specs(
    specs: Sequence[str], against: str, config: DedupConfig, workers: int = 0
) -> Found:
    """Search a workspace (one, alone or against a dataset) or datasets.

    Raises:
        InputError: a workspace is named with other things. As `open_clips` for datasets.
    """
    spaces = [spec for spec in specs if is_workspace(spec)]
    if spaces and len(specs) > 1:
        raise InputError(f"name the workspace {spaces[0]} alone, or against a dataset")
    if against and is_workspace(against):
        raise InputError(f"{against} is a workspace; name it first: dedup {against} --against …")
    if spaces:
        with Workspace.open(Path(spaces[0])) as workspace:
            if against:
                return pool.against(workspace, open_clips(against), config, workers)
            return pool.dedup_workspace(workspace, config, workers)
    sets = [open_clips(spec) for spec in specs]
    if against:
        return run.between(sets, open_clips(against), config, workers)
    return run.within(sets, config, workers)


def is_workspace(spec: str) -> bool:
    """Whether the text names a folder that holds a catalog."""
    return (Path(spec) / CATALOG).is_file()
