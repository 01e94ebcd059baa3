"""Which licences let a release hold the bytes."""

import pytest

from anigifs.collect import licences as reading
from anigifs.core.licences import releasable


@pytest.mark.parametrize(
    "spdx",
    ["CC0-1.0", "CC-PDM-1.0", "CC-BY-4.0", "CC-BY-SA-3.0-DE", "LicenseRef-CC-BY-SA-2.1-JP"],
)
def test_free_licences_let_bytes_be_released(spdx):
    assert releasable(spdx)


@pytest.mark.parametrize(
    "spdx",
    ["NOASSERTION", "", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC-BY-NC-SA-4.0", "MIT", "CC0-1.0 x"],
)
def test_all_others_do_not(spdx):
    assert not releasable(spdx)


def test_collecting_goes_by_the_same_rule():
    assert reading.releasable is releasable
