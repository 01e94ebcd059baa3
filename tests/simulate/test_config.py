"""What may be set, and that `sim-1` stays what it is."""

import pytest

from anigifs.core.config import load
from anigifs.core.errors import ConfigError, UnknownName
from anigifs.simulate.config import SIM_1, Counts, Look, SimConfig, fingerprint


def test_the_default_knobs_are_the_frozen_sim_1():
    assert fingerprint(SimConfig()) == SIM_1
    assert SimConfig().version == "sim-1"


def test_choosing_other_clips_is_still_sim_1():
    config = SimConfig(classes=("squat",), seed=4, side_px=64, real=Counts(train=1))
    assert config.version == "sim-1"


@pytest.mark.parametrize("change", [{"scene_bias": 0.2}, {"real_look": Look(palette=0.1)}])
def test_other_knobs_carry_another_name(change):
    assert SimConfig(**change).version.startswith("sim-custom-")


def test_a_misspelt_class_gets_a_suggestion():
    with pytest.raises(UnknownName, match="Did you mean 'squat'"):
        SimConfig(classes=("sqat",))


def test_a_knob_beyond_one_is_refused_by_name():
    with pytest.raises(ConfigError, match=r"real_look\.palette.*1\.5"):
        load(SimConfig, overrides=["real_look.palette=1.5"])
