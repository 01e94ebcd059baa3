"""Studies by name and by file."""

from pathlib import Path

import pytest

from anigifs.cli.study import HELP
from anigifs.core.errors import ConfigError, UnknownName
from anigifs.study.library import Where, load_study, shipped
from anigifs.study.places import fill
from anigifs.study.plan import plan
from anigifs.study.simulated import simulations

WHERE = Where(Path("data"), Path("out"))
OWN = """
title = "mine"
[places]
gifs = "folder:{data}/gifs?seed={seed}"
[base.data]
train = "{gifs}"
packs = "{out}/packs"
[methods.erm]
[methods.random-augment]
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    return path


def test_the_shipped_studies_are_these():
    assert shipped() == [
        "hac", "sim", "sim-bias", "sim-factors", "sim-long", "sim-small", "study-1", "study-2",
        "ucf-hmdb",
    ]  # fmt: skip


def test_the_help_names_every_shipped_study_and_no_other():
    told = HELP.partition("one that comes along:")[2].partition(".")[0]
    assert sorted(told.replace(",", " ").split()) == shipped()


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_study_makes_a_plan_of_valid_experiments(name):
    study = load_study(name, WHERE)
    jobs = plan(study, WHERE.out)
    simulations(study, WHERE.out)
    assert len({job.folder for job in jobs}) == len(jobs)
    starts = {job.folder for job in jobs}
    assert all(job.after is None or job.after in starts for job in jobs)
    assert not any("{" in spec for job in jobs for spec in job.config.data.sets.values())
    assert all(job.config.train.selection != "oracle" for job in jobs)
    assert study.baseline in study.methods


@pytest.mark.parametrize("name", shipped())
def test_no_shipped_study_chooses_on_what_it_measures(name):
    for job in plan(load_study(name, WHERE), WHERE.out):
        data, selection = job.config.data, job.config.train.selection
        chosen = {"source-val": data.val, "last": ""}[selection]
        assert bool(chosen) == (selection == "source-val")
        assert chosen not in data.sets.values()
        assert data.oracle not in data.sets.values()


@pytest.mark.parametrize("name", ["study-1", "study-2", "hac", "ucf-hmdb"])
def test_studies_on_real_data_choose_nothing_and_carry_no_clips_to_choose_on(name):
    for job in plan(load_study(name, WHERE), WHERE.out):
        assert (job.config.train.selection, job.config.data.val) == ("last", "")


def test_a_name_may_end_in_toml_and_a_misspelt_one_gets_a_suggestion():
    assert load_study("study-2.toml", WHERE) == load_study("study-2", WHERE)
    with pytest.raises(UnknownName, match="Did you mean 'study-2'"):
        load_study("study-3x.toml", WHERE)


def test_study_2_carries_the_papers_figures():
    for job in plan(load_study("study-2", WHERE), WHERE.out):
        train = job.config.train
        assert (train.batch_size, train.lr, train.betas) == (8, 1e-4, (0.9, 0.999))
        assert (train.optimiser, train.steps, job.config.data.per_class) == ("adam", 2400, 2000)
        assert job.config.view.sampling.frames == 40
        assert (job.config.view.side_px, job.config.view.short_side_px) == (224, 224)
        options = train.algorithm.options().model_dump()
        if train.algorithm.name in ("worst-case", "rada", "saliency"):
            assert options["every"] == 200
        if train.algorithm.name == "worst-case":
            assert (options["trials"], options["edits"], options["searches"]) == (50, 4, 12)


def test_study_1_trains_each_row_on_its_own_domain():
    jobs = {job.config.method: job for job in plan(load_study("study-1", WHERE), WHERE.out)}
    data = {name: job.config.data for name, job in jobs.items()}
    assert data["kinetics"].train == "kinetics:data/kinetics-600?split=train"
    assert list(data["kinetics"].test) == ["kinetics", "kinetics-gifs", "ani-gifs"]
    assert data["kinetics-gifs"].train.startswith("folder:data/kinetics-gifs?")
    assert list(data["kinetics-gifs"].test) == ["kinetics-gifs", "ani-gifs"]
    assert len(data["kinetics"].classes) == 600
    assert (jobs["kinetics"].config.train.epochs, jobs["kinetics"].config.train.batch_size) == (
        60, 32,
    )  # fmt: skip
    tuned = jobs["worst-case"]
    assert tuned.after == jobs["kinetics-gifs"].folder
    assert tuned.config.train.init_from == str(tuned.after / "checkpoints" / "last.pt")
    assert (tuned.config.train.batch_size, tuned.config.train.steps) == (8, 2400)


def test_places_are_filled_in_and_the_seed_by_run(own):
    study = load_study(str(own), WHERE, ["seeds=[3]"])
    (one, two) = plan(study, WHERE.out)
    assert one.config.data.train == two.config.data.train == "folder:data/gifs?seed=3"
    assert one.config.data.packs == "out/packs"
    moved = load_study(str(own), WHERE, ["places.gifs=folder:/elsewhere"])
    assert plan(moved, WHERE.out)[0].config.data.train == "folder:/elsewhere"


def test_an_unknown_place_names_the_text_and_suggests():
    with pytest.raises(UnknownName, match=r"'gif'.*Did you mean 'gifs'.*stands in 'a/\{gif\}'"):
        fill({"x": ["a/{gif}"]}, {"gifs": "b"})


def test_a_place_that_a_study_lacks_is_refused_by_name(own):
    with pytest.raises(UnknownName, match=r"place is named 'ani-gif'\. Did you mean 'ani-gifs'"):
        load_study("study-2", WHERE, ["places.ani-gif=x"])
    with pytest.raises(UnknownName, match="a new one goes into its file"):
        load_study(str(own), WHERE, ["places.videos=x"])


def test_a_study_that_extends_another_may_have_places_of_its_own(own, tmp_path):
    path = tmp_path / "second.toml"
    path.write_text(f'extends = "{own}"\n[places]\nmore = "{{data}}/more"\n')
    assert load_study(str(path), WHERE).places["more"] == "data/more"
    moved = load_study(str(path), WHERE, ["places.more=x", "places.gifs=y"]).places
    assert moved == {"more": "x", "gifs": "y"}


def test_a_study_extends_another_and_may_take_methods_out(own, tmp_path):
    path = tmp_path / "second.toml"
    path.write_text(
        f'extends = "{own}"\ntitle = "second"\n[methods]\nrandom-augment = false\n'
        "[methods.mixstyle]\n[base.train]\nsteps = 7\n"
    )
    study = load_study(str(path), WHERE)
    assert (study.title, list(study.methods)) == ("second", ["erm", "mixstyle"])
    assert study.base["data"]["train"] == load_study(str(own), WHERE).base["data"]["train"]
    path.write_text(f'extends = "{path}"\n')
    with pytest.raises(ConfigError, match="in a circle"):
        load_study(str(path), WHERE)


def test_a_place_may_not_take_a_name_with_a_meaning(own):
    with pytest.raises(ConfigError, match=r"places\.seed"):
        load_study(str(own), WHERE, ["places.seed=x"])


def test_the_factor_study_only_adds_sets_to_the_runs_of_sim():
    both = [plan(load_study(name, WHERE), WHERE.out) for name in ("sim", "sim-factors")]
    for sim, factors in zip(*both, strict=True):
        assert sim.folder == factors.folder
        assert sim.config.data.test.items() <= factors.config.data.test.items()
        same = {"data": sim.config.data}
        assert factors.config.model_copy(update=same) == sim.config


def test_the_long_study_shares_the_starts_of_the_reference_and_differs_in_length():
    sim, longer = (
        plan(load_study(name, WHERE, ["seeds=[0]"]), WHERE.out) for name in ("sim", "sim-long")
    )
    runs = {job.config.train.algorithm.name: job.config for job in sim if job.after}
    assert sim[0].config == longer[0].config
    assert [job.after for job in longer[1:]] == [sim[0].folder] * 2
    for job in longer[1:]:
        train = job.config.train
        assert train.steps == 3 * runs[train.algorithm.name].train.steps
        assert job.config.data == runs[train.algorithm.name].data
        assert job.config.model == runs[train.algorithm.name].model
    searching = longer[2].config.train
    assert searching.steps == searching.algorithm.options().every * 12


def test_the_factor_study_turns_one_knob_or_leaves_one_group_out():
    made = {one.root.name: one for one in simulations(load_study("sim-factors", WHERE), WHERE.out)}
    looks = {
        name: {knob for knob, value in one.config.animated_look.model_dump().items() if value}
        for name, one in made.items()
    }
    assert looks["none"] == set()
    single = [on for name, on in looks.items() if name.startswith("only-")]
    assert sorted(len(on) for on in single) == [1] * 10
    assert set.union(*single) == looks["test"] != set()
    left_out = [looks["test"] - on for name, on in looks.items() if name.startswith("without-")]
    assert sum(map(len, left_out)) == 10
    assert set.union(*left_out) == looks["test"]
    assert {one.config.seed for name, one in made.items() if "seed" not in name} == {1000}
    assert made["test"].config.version == "sim-1"


def test_data_seeds_follow_model_seeds_and_share_their_test():
    study = load_study("sim", WHERE, ["seeds=[0,5]"])
    made = {one.root.name: one.config for one in simulations(study, WHERE.out)}
    assert {"test", "watch", "train-seed0", "train-seed5"} == set(made)
    assert (made["train-seed0"].seed, made["train-seed5"].seed) == (0, 5)
    tests = {tuple(job.config.data.test.values()) for job in plan(study, WHERE.out) if job.after}
    assert len(tests) == 1


def test_the_biased_track_biases_the_source_clips_and_no_test_set():
    study = load_study("sim-bias", WHERE, ["seeds=[0]"])
    made = {one.root.name: one.config.scene_bias for one in simulations(study, WHERE.out)}
    assert made == {"test": 0, "watch": 0, "train-seed0": 0.15}
    jobs = plan(study, WHERE.out)
    source = {spec for job in jobs for spec in (job.config.data.train, job.config.data.val)}
    assert {Path(spec).parts[2] for spec in source} == {"train-seed0"}
    tests = {spec for job in jobs for spec in job.config.data.sets.values()}
    assert {Path(spec).parts[2] for spec in tests} == {"test"}
    assert {"erm", "saliency"} <= study.methods.keys()
