"""What is known of clips: from tables, from the catalog, from the media."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from anigifs.catalog import Fact, Said
from anigifs.core.records import Clip, Domain
from anigifs.datasets.release import ReleaseWriter
from anigifs.datasets.release.layout import FileFact
from anigifs.datasets.spec import open_clips
from anigifs.release.stats import facts
from anigifs.release.stats.facts import ClipFacts, of_clips, of_rows, of_workspace
from tests.release.stats.made import gif, release

LOOKS = {"width": 128.0, "height": 96.0, "frames": 2.0, "duration_ms": 500.0}


def test_a_gif_is_measured_as_it_was_drawn(tmp_path):
    path = tmp_path / "a.gif"
    path.write_bytes(gif())
    assert facts.look(path) == {**LOOKS, "colours": 1.5, "moving": 0.5}


def test_what_the_table_says_is_not_measured(tmp_path, monkeypatch):
    told = {**LOOKS, "colours": 9.0, "moving": 0.25}
    root = release(tmp_path / "r", {"clapping": 1}, **told)
    monkeypatch.setattr(facts, "look", None)
    (found,), problems = of_clips(open_clips(str(root)), root, tmp_path / "memory")
    assert not problems
    assert {name: getattr(found, name) for name in told} == told
    assert (found.label, found.split) == ("clapping", "test")
    assert found.bytes == len(gif())


def test_a_second_run_measures_nothing_again(tmp_path, monkeypatch):
    root = release(tmp_path / "r", {"clapping": 2})
    clips, memory = open_clips(str(root)), tmp_path / "memory"
    first, _ = of_clips(clips, root, memory)
    with memory.open("a") as file:
        file.write('{"clip": "cut sho')
    monkeypatch.setattr(facts, "look", None)
    second, _ = of_clips(clips, root, memory)
    assert first == second
    assert all(one.whole for one in second)


def test_a_file_that_changed_is_measured_again(tmp_path):
    folder = tmp_path / "set" / "clapping"
    folder.mkdir(parents=True)
    memory = tmp_path / "memory"
    for frames in (2, 3):
        (folder / "a.gif").write_bytes(gif(frames=frames))
        (found,), _ = of_clips(open_clips(str(tmp_path / "set")), tmp_path / "set", memory)
        assert found.frames == frames


def test_a_broken_clip_is_named_and_the_rest_is_measured(tmp_path):
    folder = tmp_path / "set" / "clapping"
    folder.mkdir(parents=True)
    (folder / "a.gif").write_bytes(b"GIF89a and no more")
    (folder / "b.gif").write_bytes(gif())
    clips = open_clips(str(tmp_path / "set"))
    found, problems = of_clips(clips, tmp_path / "set", tmp_path / "memory")
    assert [one.item for one in problems] == ["clapping/a.gif"]
    assert [one.frames for one in found] == [None, 2]
    assert [one.bytes for one in found] == [18, len(gif())]


def test_a_clip_whose_bytes_are_not_shipped_counts_all_the_same(tmp_path):
    writer = ReleaseWriter(tmp_path / "r", "tiny", "1.0.0", ["a"], Domain.ANIMATED_GIF, False, {})
    clip = Clip(id="c1", path=Path(), domain=Domain.ANIMATED_GIF, label="a")
    writer.add_absent(clip, FileFact.of(gif()), ".gif", {"media": "url", "frames": 7})
    here = replace(clip, id="c2")
    writer.add(here, gif(), ".gif", {"media": "shipped", "frames": 2})
    writer.close()
    root = tmp_path / "r"
    found, problems = of_clips(open_clips(str(root)), root, tmp_path / "memory")
    assert not problems
    assert [(one.id, one.frames, one.whole) for one in found] == [("c1", 7, False), ("c2", 2, True)]


def test_rows_of_a_table_become_facts():
    row = {"clip_id": "a", "label": "x", "split": None, "bytes": 7, "width": 3, "frames": None}
    assert of_rows([row]) == [ClipFacts(id="a", label="x", bytes=7, width=3.0)]


def test_the_newest_facts_of_screening_are_read(space):
    sha = space.put("clapping", None)
    evidence = [
        ("size", {"width": 1, "height": 1}), ("size", {"width": 128, "height": 96}),
        ("animated", {"frames": 2, "distinct": 2}), ("duration", {"duration_ms": 500}),
        ("drawn", {"colours": 1.5}), ("moving", {"moving": 0.5}),
    ]  # fmt: skip
    space.workspace.facts.append(
        [Fact(sha256=sha, check=name, said=Said.PASS, evidence=told) for name, told in evidence]
    )
    assert of_workspace(space.workspace, [sha]) == {sha: {**LOOKS, "colours": 1.5, "moving": 0.5}}
