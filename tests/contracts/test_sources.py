"""What every dataset source promises. A new entry in SOURCES is tested here unasked.

It needs a stand-in dataset in tests/datasets/standins.py.
"""

import pytest

from anigifs.core.errors import ConfigError, DataAbsent, IntegrityError
from anigifs.core.records import Domain
from anigifs.datasets import SOURCES, open_clips, parse
from anigifs.datasets.sources.base import SourceConfig
from tests.datasets.standins import BUILDERS


@pytest.fixture(params=list(SOURCES))
def name(request):
    return request.param


@pytest.fixture
def standin(name, tmp_path):
    return BUILDERS[name](tmp_path / "data set")


@pytest.fixture
def spec(name, standin, tmp_path):
    return f"{name}:{tmp_path / 'data set'}?{standin.options}"


def test_every_clip_is_a_file_with_a_known_label_and_an_id_of_its_own(spec):
    found = open_clips(spec)
    assert found.clips
    assert found.name
    assert len({clip.id for clip in found.clips}) == len(found.clips)
    assert len(set(found.classes)) == len(found.classes)
    for clip in found.clips:
        assert clip.path.is_file()
        assert clip.label in found.classes
        assert isinstance(clip.domain, Domain)


def test_opening_twice_gives_the_same_and_leaves_no_trace(spec, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    assert open_clips(spec) == open_clips(spec)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_file_is_counted_and_passed_over(name, spec, standin):
    before = open_clips(spec)
    standin.victim.unlink()
    standin.victim.write_bytes(b"")
    if name == "release":  # a published file of another size is damage, not a gap
        with pytest.raises(IntegrityError, match="0 bytes"):
            open_clips(spec)
        return
    after = open_clips(spec)
    assert len(after.clips) == len(before.clips) - 1
    told = [problem.reason for problem in after.problems if standin.victim.name in problem.item]
    assert "the file is empty" in told


def test_a_file_that_does_not_decode_is_found_when_asked_for(spec, standin):
    before = open_clips(spec)
    size = standin.victim.stat().st_size
    standin.victim.unlink()
    standin.victim.write_bytes(b"x" * size)
    assert open_clips(spec).clips == before.clips
    after = open_clips(spec, check="probe")
    assert standin.victim not in {clip.path for clip in after.clips}
    assert len(after.clips) == len(before.clips) - 1
    assert len(after.problems) == len(before.problems) + 1


@pytest.mark.parametrize("make", [False, True], ids=["no folder", "empty folder"])
def test_a_dataset_that_is_absent_says_what_to_put_where(name, standin, tmp_path, make):
    if make:
        (tmp_path / "other").mkdir()
    with pytest.raises(DataAbsent) as caught:
        open_clips(f"{name}:{tmp_path / 'other'}?{standin.options}")
    assert str(tmp_path / "other") in str(caught.value)
    assert "Expected" in str(caught.value)
    assert "  PATH/" in str(caught.value)


def test_a_split_can_be_chosen_and_a_wrong_one_is_told(spec, standin):
    whole, part = open_clips(spec), open_clips(f"{spec}&split={standin.split}")
    assert 0 < len(part.clips) < len(whole.clips)
    assert {clip.split for clip in part.clips} == {standin.split}
    assert part.classes == whole.classes
    with pytest.raises(
        DataAbsent, match=rf"no clip of split 'tset' is there, only of .*{standin.split}"
    ):
        open_clips(spec, split="tset")


def test_a_domain_can_be_chosen(spec, standin):
    found = open_clips(f"{spec}&domain={standin.domain}")
    assert {clip.domain for clip in found.clips} == {Domain(standin.domain)}


def test_a_name_can_be_given(spec):
    assert open_clips(spec, name="mine").name == "mine"


def test_a_misspelt_option_gets_a_suggestion(spec):
    with pytest.raises(ConfigError, match="Did you mean 'domain'"):
        open_clips(f"{spec}&domian=real-gif")
    with pytest.raises(ConfigError, match="real-video"):
        open_clips(spec, domain="cartoon")


def test_its_options_are_those_of_every_dataset_and_documented_more(name):
    kind = SOURCES[name].Config
    assert issubclass(kind, SourceConfig)
    assert all(field.description for field in kind.model_fields.values())


def test_it_can_be_named_with_underscores_too(name, standin, tmp_path):
    assert parse(f"{name.replace('-', '_')}:{tmp_path}/x").source == name
