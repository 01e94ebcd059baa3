"""The demo's story on a small web: every step leaves what the next one needs."""

import pytest

from anigifs.collect.fakeweb.world import Item, Sort, World, WorldConfig
from anigifs.datasets import open_clips
from anigifs.datasets.release import verify_release
from anigifs.study.story.people import shows, truth_of
from anigifs.study.story.tell import Size, tell

CLASSES = ("push up", "squat")


def test_what_is_accepted_for_its_class_is_right_and_footage_never_is():
    world = World(WorldConfig(CLASSES))
    good, wrong, filmed = (
        truth_of(Item("squat", 0, sort), world) for sort in (Sort.GOOD, Sort.WRONG, Sort.FOOTAGE)
    )
    assert shows(good, "squat")
    assert not shows(wrong, "squat")
    assert shows(wrong, "push up"), "the next class of the list, around its end"
    assert not shows(filmed, "squat")


@pytest.mark.slow
def test_the_story_ends_in_a_release_that_opens_and_tells_its_numbers(tmp_path):
    size = Size(WorldConfig(CLASSES, per_class=12), 48)
    story = tell(tmp_path, size, 1)
    counts = [step.count for step in story.steps]
    assert counts == sorted(counts, reverse=True), "each step leaves fewer"
    clips = open_clips(f"{tmp_path / 'release'}?split=test")
    assert clips.simulated
    assert len(clips.clips) == counts[-1] > 5
    assert verify_release(tmp_path / "release") == []
    for link in story.links:
        assert (tmp_path / link.address).is_file()
    again = tell(tmp_path, size, 1)
    assert again.steps == story.steps, "a second call changes nothing"
