"""Tables of where models look, from values known in advance."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from anigifs.evaluate.looks import SCORES, Looks, looks_file, write_looks
from anigifs.report.collect import collect
from anigifs.report.looking import as_plain, as_rich, captions, looking, lookings
from anigifs.report.page import render
from anigifs.report.tables import build_table
from tests.report.fakes import make_run


def looks(shift=0.0, seed=0, method="erm", **about):
    values = np.random.default_rng(1).random(40) * 0.5
    scores = {name: tuple((values + shift + 0.01 * seed).tolist()) for name in SCORES}
    return Looks(
        ids=tuple(map(str, range(40))),
        clusters=tuple(f"group {i // 2}" for i in range(40)),
        scores={**scores, "tube": (0.25,) * 40},
        labels=("squat",) * 40,
        answers=("squat",) * 30 + ("lunge",) * 10,
        on_label=(0.5,) * 40,
        on_answer=(0.5,) * 40,
        set_name="animated",
        method=method,
        seed=seed,
        **about,
    )


def test_a_paired_difference_stands_beside_the_means():
    table = looking({"erm": [looks()], "saliency": [looks(0.2, seed=7)]})
    line = next(line for line in table.lines if line.score == "energy-in-tube")
    assert line.differences[0] is None
    assert line.differences[1].estimate.value == pytest.approx(0.27)
    assert line.differences[1].estimate.clear_of_zero
    assert line.clips == 40
    assert table.accuracy == (0.75, 0.75)
    assert (table.clips, table.groups, table.seeds) == (40, 20, 1)


def test_scores_without_a_value_are_left_out_and_said_nowhere():
    bare = looks()
    bare.scores["peak-in-tube"] = bare.scores["tube"] = (None,) * 40
    table = looking({"erm": [bare]})
    assert {line.score for line in table.lines} == {"energy-in-tube", "deletion", "insertion"}
    assert not any("same everywhere" in text for text in captions(table))


def test_seeds_that_do_not_pair_are_noted_instead_of_compared():
    table = looking({"erm": [looks(seed=0), looks(seed=1)], "ada": [looks(seed=5), looks(seed=6)]})
    assert all(line.differences == (None, None) for line in table.lines)
    assert any("not compared" in text for text in captions(table))


def test_plain_rows_and_the_terminal_have_the_same_numbers():
    table = looking({"erm": [looks()], "saliency": [looks(0.2)]})
    rows = list(as_plain(table))
    assert len(rows) == 2 * 5
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(as_rich(table))
    said = console.export_text()
    assert all(f"{100 * row['value']:.1f}" in said for row in rows)
    assert "+" not in said
    assert "20.0" in said


def test_tables_are_rebuilt_from_run_folders(tmp_path):
    for seed in (0, 1):
        run = make_run(tmp_path, seed=seed, sets=("animated",))
        write_looks(looks_file(run, "animated"), looks(seed=seed))
    found = collect([tmp_path])
    (table,) = lookings(found)
    assert (table.set_name, table.methods, table.seeds) == ("animated", ("erm",), 2)
    page = render(found, build_table(found), "T")
    assert "Where the models look" in page
    assert f"<b>{100 * table.lines[0].means[0].estimate.value:.1f}</b>" in page


def test_the_baseline_stands_first_and_runs_that_asked_otherwise_are_left_out(tmp_path):
    for method, about in (("ada", {}), ("erm", {}), ("saliency", {"explained": "predicted"})):
        for seed in (0, 1):
            run = make_run(tmp_path, method, seed=seed, sets=("animated",))
            looked = looks(0.1 * (method == "ada"), seed, method, **(about if seed else {}))
            write_looks(looks_file(run, "animated"), looked)
    (table,) = lookings(collect([tmp_path]), "erm")
    assert table.methods == ("erm", "ada")
    assert table.lines[0].differences[1].estimate.value == pytest.approx(0.1)


def test_a_method_that_was_asked_otherwise_is_left_out_with_a_note(tmp_path):
    for method, steps in (("ada", 3), ("erm", 10)):
        run = make_run(tmp_path, method, sets=("animated",))
        settings = json.dumps({"look": {"steps": steps}, "view": {"side_px": steps}})
        write_looks(looks_file(run, "animated"), looks(method=method, settings=settings))
    (table,) = lookings(collect([tmp_path]), "erm")
    assert table.methods == ("erm",)
    assert "ada is left out" in captions(table)[-1]


def test_a_method_that_one_seed_did_not_look_with_is_left_out(tmp_path):
    run = make_run(tmp_path, seed=0, sets=("animated",))
    make_run(tmp_path, seed=1, sets=("animated",))
    write_looks(looks_file(run, "animated"), looks())
    found = collect([tmp_path])
    assert lookings(found) == []
    assert "Where the models look" not in render(found, build_table(found), "T")
