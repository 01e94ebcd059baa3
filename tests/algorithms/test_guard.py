import pytest

from anigifs.algorithms.base import Need
from anigifs.algorithms.guard import check_needs
from anigifs.core.errors import ProtocolError


def test_a_need_that_is_met_passes_in_silence():
    check_needs("saliency", frozenset({Need.BOXES}), frozenset(Need))


@pytest.mark.parametrize(
    ("need", "why"),
    [
        (Need.BOXES, "no clip would ever be corrected"),
        (Need.SEVERAL_SOURCES, "plain training under another name"),
        (Need.TARGET_CLIPS, "adaptation protocol"),
    ],
)
def test_a_need_that_is_not_met_is_refused_with_the_reason(need, why):
    with pytest.raises(ProtocolError, match=f"'some-method'(?s:.)*{need.value}(?s:.)*{why}"):
        check_needs("some-method", frozenset({need}), frozenset(Need) - {need})


def test_every_missing_need_is_named_at_once():
    with pytest.raises(ProtocolError) as refused:
        check_needs("greedy", frozenset(Need), frozenset())
    assert all(need.value in str(refused.value) for need in Need)
