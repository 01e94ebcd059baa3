"""The chapter on how a test set came to be."""

from anigifs.report.collect import collect
from anigifs.report.page import render
from anigifs.report.story import Link, Step, Story
from anigifs.report.tables import build_table
from tests.report.fakes import make_study

STORY = Story(
    "From <query> to release",
    "All of it simulated.",
    (Step("found", 200), Step("kept", 50, "150 were <b>junk</b>")),
    (("agreement", "0.81 [0.75, 0.86]"),),
    (Link("duplicates", "duplicates.html"),),
    "simulated people",
)


def test_a_page_tells_each_step_with_a_bar_of_its_share(tmp_path):
    found = collect([make_study(tmp_path, 1)])
    page = render(found, build_table(found), "A title", (), STORY)
    assert "From &lt;query&gt; to release" in page
    assert "150 were &lt;b&gt;junk&lt;/b&gt;" in page
    assert "width:100.00%" in page
    assert "width:25.00%" in page
    assert "0.81 [0.75, 0.86]" in page
    assert 'href="duplicates.html"' in page
    assert page.index("simulated people") < page.index("How accuracy changes")


def test_a_page_without_a_story_has_no_chapter_of_it(tmp_path):
    found = collect([make_study(tmp_path, 1)])
    assert 'class="story"' not in render(found, build_table(found), "A title")


def test_a_story_of_nothing_has_bars_of_no_length():
    assert Story("t", "l", (Step("found", 0),)).most == 1
