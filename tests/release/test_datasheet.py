"""`DATASHEET.md` and the other documents of a release in the making."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.catalog import Fact, Said, Workspace
from anigifs.core.errors import ConfigError, UnknownName
from anigifs.core.records import Domain
from anigifs.release.card import write_documents
from anigifs.release.datasheet import UNANSWERED, Sheet, datasheet, plain, questions, read_about
from anigifs.release.records import Built, ClipRow, LeftOut, Media, Scheme
from tests.release.stats.made import Space, release

EVIL = "<script>alert(1)</script> [x](javascript:1) `# *b*`"


@pytest.fixture
def space(tmp_path):
    with Workspace.create(tmp_path / "space") as workspace:
        yield Space(workspace)


def built(space, sha, **changes):
    row = ClipRow(
        id="g1", sha256=sha, path="media/a/g1.gif", media=Media.SHIPPED, label="a",
        splits={"dg-full": "test"}, group="p", bytes=500, provider=EVIL, item="1",
        licence="CC0-1.0", creator="Ann", year=2025, frames=2,
    )  # fmt: skip
    told = {
        "name": "tiny", "version": "1.0.0", "domain": Domain.ANIMATED_GIF, "simulated": False,
        "classes": ("a",), "rows": (row,),
        "schemes": (Scheme(name="dg-full", classes=("a",), splits={"test": 1}, about="All test"),),
        "licences": {"CC0-1.0": {"shipped": 1}}, "funnel": space.workspace.funnel(),
        "empty": {EVIL: "nothing found"},
        "left_out": (LeftOut(sha256="b" * 64, label="a", reason="taken down"),),
    }  # fmt: skip
    return Built(**told | changes)


def documents(tmp_path, space, **changes):
    sha = space.put("a", None, creator=EVIL)
    looks = [("size", {"width": 128, "height": 96}), ("drawn", {"colours": 3})]
    space.workspace.facts.append(
        [Fact(sha256=sha, check=name, said=Said.PASS, evidence=told) for name, told in looks]
    )
    root = release(tmp_path / "staging", {"a": 1})
    write_documents(root, space.workspace, built(space, sha, **changes))
    return root


def test_all_57_questions_of_the_seven_sections_are_asked():
    found = Counter(one.section for one in questions())
    assert list(found.values()) == [4, 16, 12, 4, 6, 7, 8]
    assert len({one.key for one in questions()}) == 57


def test_what_nobody_answered_is_seen():
    text = datasheet(Sheet(title="t", answers={"funding": "By nobody."}))
    assert text.count(UNANSWERED) == 56
    assert "1 of 57 are answered." in text
    assert "**Who funded the creation of the dataset?**\n\nBy nobody.\n" in text


@given(st.text())
def test_text_from_outside_is_one_line_without_markup(text):
    found = plain(text)
    assert not set("<>\n\r") & set(found)
    for mark in "*_`[]#|":
        assert found.count(mark) == found.count("\\" + mark)


def test_the_sheet_tells_what_the_release_holds(tmp_path, space):
    text = (documents(tmp_path, space) / "DATASHEET.md").read_text("utf-8")
    assert "# Datasheet: tiny 1\\.0\\.0" in text
    assert "1 clip in 1 class, 1 to 1 in a class." in text
    assert "| CC0\\-1\\.0 | 1 | 0 | 0 |" in text
    assert "- `dg-full`: All test (test 1)." in text
    assert "Fetched 2025 (UTC)." in text
    assert "Accepted, but not released: 1: taken down." in text
    assert "**Who funded the creation of the dataset?**\n\n*not answered*" in text
    assert "<script" not in text
    assert "](javascript" not in text


def test_the_owners_answers_win(tmp_path, space):
    (space.workspace.root / "datasheet.toml").write_text(
        'creators = ["A <b>"]\ndate = "2026-02-03"\n[answers]\ntotal = "Enough.<i>"\n'
    )
    root = documents(tmp_path, space)
    text = (root / "DATASHEET.md").read_text("utf-8")
    assert "in total?**\n\nEnough.&lt;i>\n" in text
    assert "A &lt;b&gt;" in text
    told = json.loads((root / "croissant.json").read_text("utf-8"))
    assert told["datePublished"] == "2026-02-03"
    assert told["creator"] == [{"@type": "Person", "name": "A <b>"}]


def test_an_answer_to_no_question_is_refused(tmp_path):
    (tmp_path / "datasheet.toml").write_text('[answers]\nfundings = "x"\n')
    with pytest.raises(UnknownName, match="funding"):
        read_about(tmp_path)
    (tmp_path / "datasheet.toml").write_text('date = "tomorrow"\n')
    with pytest.raises(ConfigError):
        read_about(tmp_path)


def test_simulated_is_said_everywhere(tmp_path, space):
    root = documents(tmp_path, space, simulated=True)
    for name in ("DATASHEET.md", "croissant.json", "figures/index.html", "figures/table1.csv"):
        assert "simulated" in (root / name).read_text("utf-8").lower(), name


def test_the_figures_use_what_screening_found_and_measure_nothing(tmp_path, space):
    root = documents(tmp_path, space)
    told = json.loads((root / "figures" / "stats.json").read_text("utf-8"))
    assert told["classes"] == {"a": 1, EVIL: 0}
    assert told["clip_facts"]["short_side_px"]["median"] == 96
    assert told["clip_facts"]["colours"]["median"] == 3
    assert told["clip_facts"]["frames"]["median"] == 2
    assert "duration_s" not in told["clip_facts"]
    assert not list((root / "figures").glob(".*"))


def test_the_documents_are_the_same_bytes_each_time(tmp_path, space):
    root = documents(tmp_path, space)
    names = ["DATASHEET.md", "croissant.json"]
    names += [f"figures/{path.name}" for path in (root / "figures").iterdir()]
    first = {name: (root / name).read_bytes() for name in names}
    write_documents(root, space.workspace, built(space, space.shas[0]))
    assert first == {name: (root / name).read_bytes() for name in names}
    assert len(first) > 10
