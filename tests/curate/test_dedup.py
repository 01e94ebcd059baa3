"""Duplicates in datasets: every kind of copy is found, told, clustered; others are left alone."""

import json

import numpy as np
import pytest

from anigifs.core.errors import ConfigError, InputError
from anigifs.curate.dedup.asjson import as_json, lines
from anigifs.curate.dedup.clusters import Item, Link, causes, clusters, keep
from anigifs.curate.dedup.config import DedupConfig
from anigifs.curate.dedup.licences import openness
from anigifs.curate.dedup.match import Match, match
from anigifs.curate.dedup.open import search_specs
from anigifs.curate.dedup.page import write_page
from anigifs.curate.dedup.run import between, within
from anigifs.media.fingerprint import fingerprint
from benchmarks.altered import COPIES
from tests.curate.made import DELAYS, clip_set, drawing, gif

CONFIG = DedupConfig()
TOLD = {
    "resized to 50 %": "resized",
    "re-timed x2": "re-timed",
    "every second frame": "other frame count",
    "loop shifted": "loop shifted",
    "mirrored": "mirrored",
    "reversed": "reversed",
    "darker by 30 %": "darker",
    "black border": "other margins",
    "caption above": "captioned or overlaid",
}


@pytest.fixture
def made(tmp_path):
    def write(data):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.gif"
        path.write_bytes(data)
        return fingerprint(path)

    return write


@pytest.mark.parametrize("name", COPIES)
def test_every_kind_of_copy_is_found_and_told(made, name):
    found = [match(made(gif(seed)), made(gif(seed, name)), CONFIG) for seed in range(4)]
    assert all(found), [each and each.bits for each in found]
    if name in TOLD:
        told = [TOLD[name] in each.labels for each in found]
        assert sum(told) >= 3, [each.labels for each in found]


def test_other_drawings_never_match(made):
    prints = [made(gif(seed)) for seed in range(12)]
    found = [match(a, b, CONFIG) for i, a in enumerate(prints) for b in prints[:i]]
    assert not any(found)


def test_equal_bytes_and_equal_pixels_are_told_apart(made):
    from anigifs.media.encode import encode_gif

    frames = drawing(0) // 128 * 128
    one, same = (made(encode_gif(frames, DELAYS)) for _ in range(2))
    other = made(encode_gif(frames, DELAYS, palette="local"))
    assert match(one, same, CONFIG) == Match(0, "bytes", "none", ("same bytes",))
    assert match(one, other, CONFIG) == Match(0, "pixels", "none", ("same pixels",))


def test_flat_animations_match_only_exactly(made):
    from anigifs.media.encode import encode_gif

    def flash(one, other):
        frames = np.array([one, other], np.uint8).repeat(40 * 40 * 3).reshape(2, 40, 40, 3)
        return made(encode_gif(frames, [50, 50]))

    assert match(flash(0, 255), flash(255, 0), CONFIG) is None
    assert match(flash(0, 255), flash(0, 255), CONFIG)


def test_clusters_keep_the_best_and_say_why_the_others_go(tmp_path):
    found = within(
        [
            clip_set(
                tmp_path,
                {
                    "run/small.gif": gif(0, "resized to 50 %"),
                    "run/one.gif": gif(0),
                    "run/mirrored.gif": gif(0, "mirrored"),
                    "run/other.gif": gif(1),
                    "jump/third.gif": gif(2),
                },
            )
        ],
        CONFIG,
        workers=1,
    )
    (cluster,) = found.clusters
    assert [found.items[place].title for place in cluster.members] == [
        "run/one.gif", "run/small.gif", "run/mirrored.gif",
    ]  # fmt: skip
    assert not cluster.conflict
    because = {found.items[place].title: link for place, link in causes(cluster).items()}
    assert "resized" in because["run/small.gif"].match.labels
    assert "mirrored" in because["run/mirrored.gif"].match.labels
    assert found.dropped == 2
    assert lines(found) == ["made: 5 animations, 1 clusters, 2 to drop"]


def test_two_classes_of_one_animation_are_for_people(tmp_path):
    sets = [clip_set(tmp_path, {"run/a.gif": gif(0), "walk/b.gif": gif(0, "32 colours")})]
    found = within(sets, CONFIG, workers=1)
    assert [each.conflict for each in found.clusters] == [True]
    assert found.dropped == 0
    said = as_json(found)
    assert said["clusters"][0]["kept"] is None
    assert [each["dropped"] for each in said["clusters"][0]["members"]] == [False, False]


def test_reversed_copies_are_reported_and_kept(tmp_path):
    sets = [clip_set(tmp_path, {"sit/a.gif": gif(0), "sit/b.gif": gif(0, "reversed")})]
    found = within(sets, CONFIG, workers=1)
    assert not found.clusters
    assert [link.match.reversed for link in found.reversed] == [True]
    assert as_json(found)["reversed"][0]["transforms"][0] == "reversed"


def test_against_finds_leaks_and_nothing_inside_either_set(tmp_path):
    train = clip_set(tmp_path, {"a/1.gif": gif(0), "a/2.gif": gif(0, "32 colours")}, "train")
    test = clip_set(tmp_path, {"b/1.gif": gif(1), "b/2.gif": gif(1, "mirrored")}, "test")
    assert not between([train], test, CONFIG, workers=1).links
    leaky = clip_set(tmp_path, {"b/1.gif": gif(0, "white border")}, "leaky")
    found = between([train], leaky, CONFIG, workers=1)
    assert {found.items[link.other].id for link in found.links} == {"leaky/b/1.gif"}
    assert len(found.links) == 2
    assert (found.shared, found.dropped) == (1, 0)
    assert as_json(found)["in_both"] == 1
    write_page(tmp_path / "page.html", found, CONFIG, workers=1)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "Shared: train against leaky" in page
    assert "two classes" not in page.lower()


def test_files_that_cannot_be_read_are_problems_of_their_own(tmp_path):
    files = {"a/1.gif": gif(0), "a/2.gif": b"GIF89a no", "a/3.gif": gif(0, "mirrored")}
    found = within([clip_set(tmp_path, files)], CONFIG, workers=1)
    assert [problem.item for problem in found.problems] == ["a/2.gif"]
    assert len(found.clusters) == 1


def test_the_page_is_whole_in_itself_and_escapes_what_it_shows(tmp_path):
    hostile = "a/<img src=x onerror=alert(1)>&.gif"
    files = {hostile: gif(0), "a/b.gif": gif(0, "mirrored"), "a/c.gif": gif(0, "reversed")}
    found = within([clip_set(tmp_path, files, "<b>set</b>")], CONFIG, workers=1)
    write_page(tmp_path / "page.html", found, CONFIG, workers=1)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror" in page
    assert "&lt;b&gt;set" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert page.count('src="data:image/gif;base64,') == 4
    assert "mirrored" in page
    assert "Backwards" in page
    write_page(tmp_path / "again.html", found, CONFIG, workers=1)
    assert (tmp_path / "again.html").read_text("utf-8") == page


def test_a_page_without_duplicates_says_so(tmp_path):
    found = within([clip_set(tmp_path, {"a/1.gif": gif(0)})], CONFIG, workers=1)
    write_page(tmp_path / "page.html", found, CONFIG, workers=1)
    assert "No animation appears twice" in (tmp_path / "page.html").read_text("utf-8")


def test_json_holds_nothing_but_plain_values(tmp_path):
    files = {"a/1.gif": gif(0), "a/2.gif": gif(0, "cropped 5 %")}
    said = as_json(within([clip_set(tmp_path, files)], CONFIG, workers=1))
    assert json.loads(json.dumps(said)) == said
    assert said["clusters"][0]["members"][1]["because"]["bits"] <= 48


def item(made, number, seed=0, **facts):
    return Item(id=str(number), path=None, found=made(gif(seed)), **facts)


def link(one, other, bits, *labels):
    return Link(one, other, Match(bits, "content", "none", labels))


def test_the_open_licence_and_then_the_first_is_kept(made):
    items = [item(made, n, licence=rank) for n, rank in enumerate((0, 2, 2))]
    assert keep(items, [0, 1, 2]) == 1
    assert keep(items, [2, 1]) == 1


def test_doubtful_clusters_come_first_and_chains_of_causes_end_at_the_kept_one(made):
    items = [item(made, n) for n in range(6)]
    found = clusters(items, [link(0, 1, 10), link(1, 2, 40), link(2, 3, 5), link(4, 5, 4)])
    assert [each.members for each in found] == [(0, 1, 2, 3), (4, 5)]
    assert [each.bits for each in found] == [40, 4]
    because = causes(found[0])
    assert {place: (each.one, each.other) for place, each in because.items()} == {
        1: (0, 1), 2: (1, 2), 3: (2, 3),
    }  # fmt: skip


def test_reversed_links_join_nothing(made):
    items = [item(made, n) for n in range(2)]
    assert not clusters(items, [link(0, 1, 0, "reversed")])


def test_licences_are_ordered_by_what_they_allow():
    names = ["NOASSERTION", "CC-BY-NC-ND-4.0", "CC-BY-NC-4.0", "CC-BY-SA-4.0", "CC-BY-4.0"]
    ranks = [openness(name) for name in [*names, "CC0-1.0"]]
    assert ranks == sorted(set(ranks))


def test_a_workspace_is_named_alone(tmp_path):
    (tmp_path / "catalog.db").touch()
    with pytest.raises(InputError, match="alone"):
        search_specs([str(tmp_path), "other"], "", CONFIG)
    with pytest.raises(InputError, match="name it first"):
        search_specs(["other"], str(tmp_path), CONFIG)


def test_an_unknown_turn_is_refused():
    from anigifs.core.config import build

    with pytest.raises(ConfigError, match="turns"):
        build(DedupConfig, {"turns": ("sideways",)}, "the test")
