"""Keys: read from the environment or a file, shown nowhere."""

import copy
import json
import pickle

import pytest

from anigifs.collect.keys import Keys, Secret
from anigifs.core.errors import ConfigError


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "keys.toml"
    path.write_text('giphy = "from-file"\nklipy = " spaced "\n')
    path.chmod(0o600)
    return path


def test_the_environment_wins_over_the_file(file):
    keys = Keys({"ANIGIFS_GIPHY_KEY": "from-env"}, file)
    assert keys.get("giphy").reveal() == "from-env"
    assert keys.get("klipy").reveal() == "spaced"
    assert keys.get("openverse") is None


def test_a_file_can_be_named_in_the_environment(file):
    assert Keys({"ANIGIFS_KEYS": str(file)}).get("giphy").reveal() == "from-file"


def test_a_file_that_others_can_read_is_refused_with_the_remedy(file):
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        Keys({}, file)


def test_a_key_that_is_no_text_is_refused_without_showing_it(file):
    file.write_text("giphy = 12345\n")
    with pytest.raises(ConfigError, match="giphy") as caught:
        Keys({}, file)
    assert "12345" not in str(caught.value)


def test_a_secret_prints_as_stars_and_cannot_be_written():
    secret = Secret("hush", "Bearer ")
    for shown in (str(secret), repr(secret), f"{secret}", f"{[secret]}", f"{secret!s:>9}"):
        assert "hush" not in shown
    for write in (pickle.dumps, json.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(secret)
    assert secret.reveal() == "Bearer hush"


def test_scrubbing_finds_the_key_plain_and_quoted():
    secret = Secret("a/b c", "Bearer ")
    told = "plain a/b c, path a%2Fb%20c, form a%2Fb+c"
    assert secret.scrub(told) == "plain ***, path ***, form ***"
