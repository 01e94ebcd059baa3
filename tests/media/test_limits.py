import pytest
from pydantic import ValidationError

from anigifs.core.errors import LimitExceeded
from anigifs.media.limits import Limits


def test_a_value_at_the_limit_passes_and_one_above_names_value_limit_and_key():
    limits = Limits(max_frames=1000)

    limits.check("max_frames", 1000)
    with pytest.raises(LimitExceeded, match=r"frames is 1,001, above .* 1,000; raise `max_frames`"):
        limits.check("max_frames", 1001)


def test_a_limit_of_nothing_is_refused():
    with pytest.raises(ValidationError):
        Limits(max_frames=0)
