from __future__ import annotations

import pytest

from anigifs.catalog import Workspace
from tests.release.stats.made import Space


@pytest.fixture
def space(tmp_path):
    with Workspace.create(tmp_path / "space") as workspace:
        yield Space(workspace)
