"""What is said of how classes were balanced."""

from anigifs.core import files
from anigifs.core.runs import RunFolder
from anigifs.report.collect import collect
from anigifs.report.training import training_notes
from tests.report.fakes import make_run


def run(path, **classes):
    facts = {name: {"there": there, "used": used} for name, (there, used) in classes.items()}
    files.write_json(path / "data.json", {"train": {"classes": facts}})
    return RunFolder(path)


def test_repeats_are_counted_once_for_all_methods_alike(tmp_path):
    both = [run(tmp_path / name, a=(5000, 2000), b=(312, 2000)) for name in ("x", "y")]
    assert training_notes(zip(("erm", "ada"), both, strict=True)) == [
        "Training of erm, ada: 2,000 clips of each of 2 classes; classes with fewer repeat theirs "
        "(different clips): b (312)."
    ]


def test_every_clip_once_needs_no_words_and_draws_without_repeats_few(tmp_path):
    assert training_notes([("erm", run(tmp_path / "a", a=(5, 5), b=(7, 7)))]) == []
    assert training_notes([("erm", run(tmp_path / "b", a=(5, 3), b=(7, 3)))]) == [
        "Training of erm: 3 clips of each of 2 classes, drawn from more."
    ]


def test_a_report_holds_the_notes(tmp_path):
    made = make_run(tmp_path)
    run(made.path, a=(1, 2))
    assert any("repeat theirs" in note for note in collect([tmp_path]).notes)
