from math import cos, pi
from pathlib import Path

import pytest

import anigifs.train
from anigifs.algorithms.random_augment import RandomAugmentConfig
from anigifs.core.config import load
from anigifs.core.errors import ConfigError, UnknownName
from anigifs.train.config import TrainConfig, as_plain

SHIPPED = Path(anigifs.train.__file__).parent / "configs"


def test_the_defaults_are_the_papers_figures():
    config = TrainConfig()
    assert (config.total_steps(640), config.batch_size) == (60 * 20, 32)
    assert (config.optimiser, config.lr, config.betas) == ("adam", 1e-4, (0.9, 0.999))
    assert config.selection == "source-val"


def test_a_methods_options_stand_beside_its_name_and_are_checked():
    config = TrainConfig(algorithm={"name": "random-augment", "edits": 2})
    assert config.algorithm.options() == RandomAugmentConfig(edits=2)
    with pytest.raises(ConfigError, match=r"'random-augment'(?s:.)*edit.*Did you mean 'edits'"):
        TrainConfig(algorithm={"name": "random-augment", "edit": 2})
    with pytest.raises(UnknownName, match="Did you mean 'erm'"):
        TrainConfig(algorithm={"name": "emr"})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epochs": 3, "steps": 100}, "keep one"),
        ({"batch_size": 10, "devices": 4}, "multiple of 4"),
        ({"batch_size": 12, "devices": 2, "num_nodes": 2, "grad_accumulation": 2}, "multiple of 8"),
    ],
)
def test_values_that_contradict_each_other_are_refused(values, message):
    with pytest.raises(ConfigError, match=message):
        TrainConfig(**values)


def test_a_training_set_smaller_than_a_batch_is_refused_with_the_size_that_fits():
    with pytest.raises(ConfigError, match=r"batch_size to 20 or less"):
        TrainConfig().steps_per_epoch(20)


def test_the_learning_rate_warms_up_and_follows_half_a_cosine():
    config = TrainConfig(lr=1.0, schedule="cosine", warmup_steps=3)
    rates = [config.lr_at(step, 13) for step in range(13)]
    assert rates[:4] == [0.25, 0.5, 0.75, 1.0]
    assert rates[8] == pytest.approx((1 + cos(pi * 0.5)) / 2)
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert 0 < rates[-1] < 0.03
    assert {TrainConfig().lr_at(step, 10) for step in range(10)} == {1e-4}


def test_plain_values_come_back_as_the_same_config():
    config = TrainConfig(algorithm={"name": "random-augment", "edits": 2}, ema_decay=0.9)
    assert TrainConfig(**as_plain(config)) == config


def test_searching_on_can_be_set_from_text_and_comes_back_from_plain_values():
    path, asked = SHIPPED / "paper.toml", ["algorithm.name=worst-case", "algorithm.searches=0"]
    config = load(TrainConfig, path, asked)
    assert config.algorithm.options().searches == 0
    assert TrainConfig(**as_plain(config)).algorithm.options().searches == 0
    options = config.algorithm.options()
    assert type(options)(**as_plain(options)) == options


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.name)
def test_the_shipped_files_are_valid(path):
    load(TrainConfig, path)


def test_the_shipped_files_hold_the_papers_figures():
    assert len(list(SHIPPED.glob("*.toml"))) == 2
    paper = load(TrainConfig, SHIPPED / "paper.toml")
    assert (paper.epochs, paper.batch_size, paper.devices) == (60, 32, 4)
    tuned = load(TrainConfig, SHIPPED / "paper-finetune.toml", ["devices=1"])
    assert (tuned.steps, tuned.batch_size, tuned.lr) == (2400, 8, 1e-4)
