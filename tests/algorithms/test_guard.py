import pytest

from anigifs.algorithms.base import Need
from anigifs.algorithms.guard import check_needs
from anigifs.core.config import build
from anigifs.core.errors import ConfigError, ProtocolError
from anigifs.train.config import TrainConfig


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
    assert all(need.value in str(refused.value) for need in set(Need) - {Need.LAYERS})


def test_a_layer_within_reach_is_no_matter_of_the_protocol():
    check_needs("mixstyle", frozenset({Need.LAYERS}), frozenset())


@pytest.mark.parametrize("name", ["saliency", "mixstyle"])
def test_a_method_between_the_layers_is_refused_a_compiled_model_when_it_is_configured(name):
    build(TrainConfig, {"algorithm": {"name": name}}, "a test")
    with pytest.raises(ConfigError, match=rf"'{name}'.*set train\.compile = false"):
        build(TrainConfig, {"algorithm": {"name": name}, "compile": True}, "a test")
