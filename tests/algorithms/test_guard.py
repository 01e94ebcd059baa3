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
    own = {Need.LAYERS, Need.SEVERAL_CLIPS}
    assert all(need.value in str(refused.value) for need in set(Need) - own)


@pytest.mark.parametrize("need", [Need.LAYERS, Need.SEVERAL_CLIPS])
def test_layers_within_reach_and_clips_at_once_are_no_matter_of_the_protocol(need):
    check_needs("mixstyle", frozenset({need}), frozenset())


def test_mixing_clips_is_refused_where_a_device_has_one_at_once():
    options = {"algorithm": {"name": "mixstyle"}, "batch_size": 8}
    build(TrainConfig, options | {"grad_accumulation": 4}, "a test")
    for cut in ({"grad_accumulation": 8}, {"grad_accumulation": 4, "devices": 2}):
        with pytest.raises(
            ConfigError, match=r"'mixstyle'.*1 clip.*lower train\.grad_accumulation"
        ):
            build(TrainConfig, options | cut, "a test")
        build(TrainConfig, {"batch_size": 8} | cut, "a test")


@pytest.mark.parametrize("name", ["saliency", "mixstyle"])
def test_a_method_between_the_layers_is_refused_a_compiled_model_when_it_is_configured(name):
    build(TrainConfig, {"algorithm": {"name": name}}, "a test")
    with pytest.raises(ConfigError, match=rf"'{name}'.*set train\.compile = false"):
        build(TrainConfig, {"algorithm": {"name": name}, "compile": True}, "a test")
