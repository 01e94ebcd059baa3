"""One method against another, from folders."""

import json

import pytest

from anigifs.core.errors import InputError
from anigifs.report.collect import collect
from anigifs.report.tables import build_table
from anigifs.report.versus import as_plain, versus
from tests.report.fakes import make_run


def two(root, seeds, sets=("real", "animated")):
    for seed in range(seeds):
        make_run(root / "a", "random-augment", seed, lift=0.35, sets=sets)
        make_run(root / "b", "erm", seed, sets=("animated",))
    return root / "a", root / "b"


def test_the_sets_that_both_have_are_compared(tmp_path):
    (found,) = versus(*two(tmp_path, 5))
    assert (found.a, found.b, found.set_name) == ("random-augment", "erm", "animated")
    assert found.seeds == (0, 1, 2, 3, 4)
    assert found.p_holm == found.p
    plain = json.loads(json.dumps(list(as_plain([found]))))
    assert plain[0]["verdict"] == found.verdict
    assert plain[0]["difference"]["value"] == found.difference.value


def test_two_runs_of_one_method_are_named_by_their_folders(tmp_path):
    a = make_run(tmp_path, "erm", 0, sets=("animated",)).path
    b = make_run(tmp_path, "erm", 1, sets=("animated",)).path
    (found,) = versus(a, b)
    assert (found.a, found.b) == (str(a), str(b))
    assert found.verdict == "too few seeds to say"


def test_no_set_in_common_says_how_to_get_one(tmp_path):
    with pytest.raises(InputError, match="with the same --on"):
        versus(*two(tmp_path, 1, sets=("real",)))


def test_a_folder_of_several_methods_is_refused(tmp_path):
    a, _ = two(tmp_path, 1)
    with pytest.raises(InputError, match="several methods"):
        versus(tmp_path, a)


def test_a_study_needs_no_folder_for_each_method(tmp_path):
    for seed in range(3):
        for method in ("erm", "random-augment"):
            make_run(tmp_path / "runs", method, seed)
    found = versus(tmp_path / "runs" / "random-augment", tmp_path / "runs" / "erm")
    assert {(one.a, one.b, one.seeds) for one in found} == {("random-augment", "erm", (0, 1, 2))}
    with pytest.raises(InputError, match="mixstyle does not exist"):
        versus(tmp_path / "runs" / "mixstyle", tmp_path / "runs" / "erm")


def test_two_methods_get_the_verdict_of_a_table_of_both(tmp_path):
    a, b = two(tmp_path, 5)
    made = build_table(collect([tmp_path]))
    theirs = {one.set_name: one.p_holm for one in made.comparisons}
    assert {one.set_name: one.p_holm for one in versus(a, b)} == theirs
