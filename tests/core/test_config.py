"""Configs: what a person writes becomes a value, or one clear error."""

import pytest
from pydantic import Field, ValidationError

from anigifs.core.config import Config, build, load, read_toml
from anigifs.core.errors import ConfigError


class Optimiser(Config):
    lr: float = Field(1e-4, gt=0)
    """The learning rate."""
    name: str = "adam"
    """Which one."""


class Toy(Config):
    optimiser: Optimiser = Optimiser()
    """How weights move."""
    epochs: int = 60
    """How often."""
    sets: tuple[str, ...] = ()
    """What is evaluated."""


def toml(tmp_path, text):
    path = tmp_path / "toy.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_the_defaults_hold():
    assert load(Toy) == Toy()


def test_a_file_and_then_the_overrides_win(tmp_path):
    path = toml(tmp_path, "epochs = 3\n[optimiser]\nlr = 1e-3\n")
    found = load(
        Toy, path, ["optimiser.lr=3e-4", 'sets=["real", "animated"]', "optimiser.name=sgd"]
    )
    assert found == Toy(
        epochs=3, optimiser=Optimiser(lr=3e-4, name="sgd"), sets=("real", "animated")
    )


def test_exponents_are_numbers_as_in_toml(tmp_path):
    assert load(Toy, toml(tmp_path, "[optimiser]\nlr = 1e-4\n")).optimiser.lr == 0.0001


def test_a_misspelt_key_gets_a_suggestion_at_any_depth(tmp_path):
    with pytest.raises(ConfigError, match=r"epoch: .*Did you mean 'epochs'"):
        load(Toy, toml(tmp_path, "epoch = 3"))
    with pytest.raises(ConfigError, match=r"optimiser\.lrr: .*Did you mean 'lr'"):
        load(Toy, overrides=["optimiser.lrr=1"])


def test_every_fault_is_told_at_once_with_the_file_and_the_values(tmp_path):
    path = toml(tmp_path, 'epochs = "many"\nepoch = 1\n[optimiser]\nlr = -1\n')
    with pytest.raises(ConfigError) as caught:
        load(Toy, path)
    for part in (str(path), "epochs:", "'many'", "epoch:", "optimiser.lr:", "greater than 0", "-1"):
        assert part in str(caught.value)


@pytest.mark.parametrize("override", ["epochs", "=3", " =3"])
def test_an_override_needs_a_key_and_a_value(override):
    with pytest.raises(ConfigError, match="takes key=value"):
        load(Toy, overrides=[override])


def test_an_override_cannot_go_below_a_value():
    with pytest.raises(ConfigError, match="'epochs' is a value, not a section"):
        load(Toy, overrides=["epochs=3", "epochs.first=1"])


def test_a_file_that_is_absent_or_not_toml_is_one_clear_error(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot read the config .*none\.toml"):
        load(Toy, tmp_path / "none.toml")
    with pytest.raises(ConfigError, match=r"is not TOML: .*line 1"):
        read_toml(toml(tmp_path, "epochs: 3"))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot read"):
        read_toml(tmp_path / "binary.toml")


def test_values_from_a_program_are_checked_too():
    assert build(Toy, {"epochs": 2}, "here") == Toy(epochs=2)
    with pytest.raises(ConfigError, match=r"^here is not a valid Toy"):
        build(Toy, {"epochs": "x"}, "here")


def test_a_config_is_frozen_and_says_what_its_fields_mean():
    with pytest.raises(ValidationError):
        Toy().epochs = 4
    assert Toy.model_fields["epochs"].description == "How often."
