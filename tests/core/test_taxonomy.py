"""Class lists against the published ones, names that mean the same, and the maps."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.core import taxonomy
from anigifs.core.errors import ConfigError, InputError, UnknownName
from anigifs.core.taxonomy import class_list, load_map, match, normalise, require
from anigifs.core.taxonomy.maps import known_maps

SIZES = {
    "ava-80": 80, "hac": 7, "kinetics-400": 400, "kinetics-600": 600, "kinetics-700": 700,
    "ucf-hmdb": 12,
}  # fmt: skip


def test_the_lists_have_their_published_sizes():
    assert {name: len(class_list(name)) for name in taxonomy.known_lists()} == SIZES


@pytest.mark.parametrize("name", SIZES)
def test_no_two_classes_of_a_list_are_the_same_name(name):
    assert len({normalise(one) for one in class_list(name)}) == SIZES[name]


@pytest.mark.parametrize("name", ["kinetics-400", "kinetics-600", "kinetics-700"])
def test_kinetics_lists_are_sorted_as_published_models_index_them(name):
    assert list(class_list(name)) == sorted(class_list(name))


def test_the_odd_capitals_of_the_published_lists_are_kept():
    """The 600 list writes one of its American football classes in lower case, one not."""
    assert [name for name in class_list("kinetics-600") if name != name.lower()] == [
        "passing American football (in game)",
        "throwing ball (not baseball or American football)",
    ]
    assert "passing american football (not in game)" in class_list("kinetics-600")


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("kinetics-400", "label_map_400.txt"),
        ("kinetics-600", "label_map_600.txt"),
        ("kinetics-700", "mmaction2_label_map_k700.txt"),
    ],
)
def test_the_kinetics_lists_equal_the_published_files(real_data, name, file):
    published = (real_data / "labels/kinetics" / file).read_text("utf-8")
    assert list(class_list(name)) == published.splitlines()


@pytest.mark.real
@pytest.mark.parametrize("number", [400, 600])
def test_every_label_of_the_official_annotations_is_in_its_list(real_data, number):
    with (real_data / f"labels/kinetics/kinetics-{number}_val.csv").open() as file:
        labels = {row["label"] for row in csv.DictReader(file)}
    assert labels == set(class_list(f"kinetics-{number}"))


@pytest.mark.real
def test_ava_actions_have_their_published_ids(real_data):
    text = (real_data / "labels/ava/ava_action_list_v2.1_for_activitynet_2018.pbtxt").read_text()
    pairs = re.findall(r'name: "(.+)"\s+id: (\d+)', text)
    assert len(pairs) == 60
    for name, number in pairs:
        assert class_list("ava-80")[int(number) - 1] == name


@pytest.mark.real
def test_the_ucf_hmdb_classes_and_their_ucf_folders_are_the_published_ones(real_data):
    lists = real_data / "labels/ucf-hmdb-da/ta3n"
    names = (lists / "classInd_hmdb_ucf.txt").read_text().split()[1::2]
    assert list(class_list("ucf-hmdb")) == names
    lines = (lists / "ucf101_splits/class_list_hmdb_ucf.txt").read_text().splitlines()
    published = {name: names[int(index)] for index, name in map(str.split, lines)}
    assert load_map("ucf101_to_ucf-hmdb").pairs == published


@pytest.mark.real
def test_a_published_union_of_the_lists_contradicts_only_what_we_say_it_does(real_data):
    """Kinetics-710 gives each class of Kinetics-400 a line; ours leaves four of them apart."""
    lines = (real_data / "labels/kinetics/mmaction2_label_map_k710.txt").read_text().splitlines()
    published = dict(zip(class_list("kinetics-400"), lines[:400], strict=True))
    ours = load_map("kinetics-400_to_kinetics-700")
    apart = {
        name for name, other in published.items() if name != other and ours.pairs.get(name) != other
    }
    assert apart == {
        "drinking", "picking fruit", "skiing (not slalom or crosscountry)", "sniffing"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Putting On Sari", "putting on sari"),
        ("putting_on_sari", "putting on sari"),
        ("PuttingOnSari", "putting on sari"),
        ("Making Jewellery", "making jewelry"),
        ("mixing colors", "mixing colours"),
        ("making paper airplanes", "making paper aeroplanes"),
        ("eating_donuts", "eating doughnuts"),
        ("massaging persons head", "massaging person's head"),
        ("“playing rubik’s cube”", "playing rubiks cube"),
        ("shoveling-snow", "Shovelling Snow"),
        ("passing American football (not in game)", "passing american football not in game"),
        ("  Push\tup ", "push up"),
        ("cooking_sausages_(not_on_barbecue)", "cooking sausages (not on barbeque)"),
        ("watching television", "watching tv"),
        ("Robot\u00a0Dancing", "robot dancing"),
    ],
)
def test_names_that_mean_the_same_are_the_same(one, other):
    assert normalise(one) == normalise(other)


def test_names_that_differ_stay_apart():
    assert normalise("hugging (not baby)") != normalise("hugging baby")
    assert normalise("дрель") == "дрель"


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_a_match_is_in_the_spelling_of_the_list():
    assert match("passing_American_football_(not_in_game)", class_list("kinetics-600")) == (
        "passing american football (not in game)"
    )
    assert match("nothing of the kind", class_list("kinetics-600")) is None


def test_an_unknown_class_or_list_gets_a_suggestion():
    with pytest.raises(UnknownName, match="Did you mean 'squat'"):
        require("squatt", class_list("kinetics-600"))
    with pytest.raises(UnknownName, match="Did you mean 'kinetics-600'"):
        class_list("kinetics-60")
    with pytest.raises(UnknownName, match="Did you mean 'ava-80_to_kinetics-600'"):
        load_map("ava_to_kinetics-600")


def test_a_list_can_be_a_file(tmp_path):
    (tmp_path / "mine.txt").write_text("\ufeffsquat\n\n push up \n")
    assert taxonomy.list_of(str(tmp_path / "mine.txt")) == ("squat", "push up")
    assert taxonomy.list_of("hac") == class_list("hac")


@pytest.mark.parametrize("name", known_maps())
def test_every_row_of_a_packaged_map_says_how_it_was_decided(name):
    found = load_map(name)
    assert f"{found.source}_to_{found.target}" == name
    assert found.decided
    assert all(found.decided.values())


@pytest.mark.parametrize(
    ("name", "equal", "renamed", "left"),
    [
        # equal: counted with `comm` on the lower-cased published files
        ("kinetics-400_to_kinetics-600", 369, 10, 21),
        ("kinetics-400_to_kinetics-700", 378, 10, 12),
        ("kinetics-600_to_kinetics-700", 597, 0, 3),
    ],
)
def test_every_kinetics_class_is_mapped_or_left_out_with_a_reason(name, equal, renamed, left):
    found = load_map(name)
    assert len(found.pairs) == equal + renamed
    by_hand = [one for one in found.decided if one in found.pairs]
    assert len(by_hand) == renamed
    assert len(found.decided) - renamed == left
    assert found.one_to_one
    assert set(class_list(found.source)) == found.pairs.keys() | found.decided.keys()


def test_a_map_can_be_read_backwards():
    back = load_map("kinetics-600_to_kinetics-400")
    assert back.get("Inflating Balloons") == "balloon blowing"
    assert back.get("hugging baby") is None
    with pytest.raises(InputError, match="not one-to-one"):
        load_map("ucf-hmdb_to_ucf101")


def test_the_map_of_study_2_joins_twelve_classes_one_to_one():
    found = load_map("ava-80_to_kinetics-600")
    assert len(found.pairs) == 12
    assert found.one_to_one
    assert len(found.decided) == 80
    assert found.get("hand clap") == "clapping"
    assert list(found.targets) == sorted(found.pairs.values())


@pytest.mark.real
def test_the_map_of_study_2_uses_only_evaluated_classes(real_data):
    with (real_data / "labels/ava/ava_80.csv").open() as file:
        evaluated = {row["name"] for row in csv.DictReader(file) if row["in_published_60"] == "1"}
    assert load_map("ava-80_to_kinetics-600").pairs.keys() <= evaluated


def test_a_map_of_the_users_replaces_the_packaged_one(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("ava-80,kinetics-600,decided\nBrush Teeth,brushing_teeth,mine\ndance,,many\n\n")
    found = load_map(path)
    assert found.pairs == {"brush teeth": "brushing teeth"}
    assert found.decided == {"brush teeth": "mine", "dance": "many"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "first line must name two lists"),
        ("ava-80,kinetics-600\ndanse,clapping\n", "line 2: class of ava-80 .*Did you mean 'dance'"),
        ("ava-80,kinetics-600\ndance,claping\n", "Did you mean 'clapping'"),
        ("ava-80,kinetics-600\ndance,clapping\nDance,clapping\n", "line 3: 'dance' .* twice"),
    ],
)
def test_a_wrong_map_is_one_clear_error(tmp_path, text, error):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises((ConfigError, UnknownName), match=error):
        load_map(path)
