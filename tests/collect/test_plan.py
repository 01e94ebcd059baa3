"""What a job will ask."""

import pytest

from anigifs.collect.keys import Keys
from anigifs.collect.plan import CollectConfig, configure, make_plan
from anigifs.core.errors import ConfigError, InputError, UnknownName
from anigifs.net.config import NetConfig
from tests.collect.webs import KEYS


def test_by_default_every_provider_with_a_key_at_hand_is_asked_but_bing():
    assert set(make_plan(CollectConfig(), KEYS).providers) == {
        "commons", "gifcities", "giphy", "klipy", "openverse",
    }  # fmt: skip
    without = make_plan(CollectConfig(), Keys({}))
    assert set(without.providers) == {"commons", "gifcities", "openverse"}
    assert [problem.item for problem in without.left_out] == ["giphy", "klipy"]
    assert len(without.queries) == 3 * 1800


def test_a_provider_that_was_named_and_lacks_its_key_is_an_error():
    with pytest.raises(InputError, match="ANIGIFS_GIPHY_KEY"):
        make_plan(CollectConfig(providers=("giphy",)), Keys({}))


def test_bing_is_asked_when_a_person_names_it():
    assert set(make_plan(CollectConfig(providers=("bing",)), KEYS).providers) == {"bing"}


def test_the_requests_of_a_dry_run_hold_no_key():
    plan = make_plan(CollectConfig(only=("situp",)), KEYS)
    urls = [url for _, url in plan.requests()]
    assert len(urls) == 15
    assert not any("key" in url for url in urls)


@pytest.mark.parametrize(
    ("values", "error", "told"),
    [
        ({"providers": ("gifhy",)}, UnknownName, "Did you mean 'giphy'"),
        ({"providers": ("local",)}, InputError, "anigifs import"),
        ({"options": {"openvers": {}}}, UnknownName, "Did you mean 'openverse'"),
        ({"options": {"openverse": {"page_sise": 1}}}, ConfigError, "Did you mean 'page_size'"),
        ({"classes": "kinetics-601"}, UnknownName, "kinetics-600"),
    ],
)
def test_a_misspelt_name_is_an_error_with_a_suggestion(values, error, told):
    with pytest.raises(error, match=told):
        make_plan(CollectConfig(**values), KEYS)


@pytest.mark.parametrize(
    "web", ["https://example.org", "http://10.0.0.1", "http://127.0.0.1.example.org", "127.0.0.1"]
)
def test_only_a_server_on_this_computer_can_stand_for_the_web(web):
    with pytest.raises(ConfigError, match="web"):
        configure(None, [], {"web": web})


def test_flags_win_over_overrides_and_these_over_the_file(tmp_path):
    file = tmp_path / "c.toml"
    file.write_text('classes = "hmdb-51"\nonly = ["clap"]\n')
    config = configure(file, ['only=["hug"]'], {"only": ["run"], "providers": []})
    assert (config.classes, config.only, config.providers) == ("hmdb-51", ("run",), ())


def test_with_a_server_of_ones_own_only_its_address_is_let_in():
    plan = make_plan(CollectConfig(web="http://127.0.0.1:8765"), KEYS)
    net = plan.net(NetConfig())
    assert net.allow == ("127.0.0.1",)
    assert net.operator
    strict = NetConfig(operator="me@example.org")
    assert make_plan(CollectConfig(), KEYS).net(strict) == strict
