"""Class folders."""

import io

import pytest
from PIL import Image

from anigifs.core.errors import ConfigError
from anigifs.core.records import Domain
from anigifs.datasets import open_clips
from tests.datasets.standins import fill


def test_folder_names_go_through_the_taxonomy_and_unknown_ones_are_counted(tmp_path):
    fill(tmp_path, ["Putting On Sari/a.gif", "push_up/b.gif", "wriggling/c.gif", "wriggling/d.gif"])
    fill(tmp_path, ["_later/squat/e.gif", "loose.gif"])
    found = open_clips(str(tmp_path), taxonomy="kinetics-600")
    assert [(clip.id, clip.label) for clip in found.clips] == [
        ("Putting On Sari/a.gif", "putting on sari"),
        ("push_up/b.gif", "push up"),
    ]
    assert found.classes == ("push up", "putting on sari")
    assert [(problem.item, problem.reason) for problem in found.problems] == [
        ("files outside class folders", "1 files passed over"),
        ("_later", "1 files passed over: '_' marks a folder that is no class"),
        ("wriggling", "2 files passed over: no class of kinetics-600 is so named"),
    ]


def test_without_a_taxonomy_every_folder_is_a_class(tmp_path):
    fill(tmp_path, ["b/1.gif", "a/deep/er/2.gif"])
    found = open_clips(str(tmp_path))
    assert found.classes == ("a", "b")
    assert [clip.id for clip in found.clips] == ["a/deep/er/2.gif", "b/1.gif"]
    assert found.name == tmp_path.name


def test_a_class_list_of_ones_own_gives_the_order(tmp_path):
    fill(tmp_path / "data", ["a/1.gif", "b/1.gif", "c/1.gif"])
    (tmp_path / "classes.txt").write_text("c\nx\na\n")
    found = open_clips(f"{tmp_path / 'data'}?taxonomy={tmp_path / 'classes.txt'}")
    assert found.classes == ("c", "a")


def test_the_domain_is_guessed_from_the_kind_of_file(tmp_path):
    fill(tmp_path, ["a/1.gif", "a/2.mp4", "a/3.webp"])
    assert [clip.domain for clip in open_clips(str(tmp_path)).clips] == [
        Domain.ANIMATED_GIF, Domain.REAL_VIDEO, Domain.ANIMATED_GIF
    ]  # fmt: skip


def test_a_still_png_is_no_clip_and_an_animated_one_is(tmp_path):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    (tmp_path / "a").mkdir()
    frames[0].save(tmp_path / "a/still.png")
    moving = io.BytesIO()
    frames[0].save(moving, "PNG", save_all=True, append_images=frames[1:])
    (tmp_path / "a/moving.png").write_bytes(moving.getvalue())
    assert [clip.id for clip in open_clips(str(tmp_path), check="probe").clips] == ["a/moving.png"]


def test_files_that_share_a_drawing_share_a_group(tmp_path):
    fill(tmp_path, ["a/1.gif", "a/2.gif"])
    (tmp_path / "groups.tsv").write_text("path\tgroup\trelation\na/2.gif\twave\trecolour\n")
    found = open_clips(str(tmp_path), groups="groups.tsv")
    assert [clip.group for clip in found.clips] == ["", "wave"]
    (tmp_path / "groups.tsv").write_text("file\tgroup\na/2.gif\twave\n")
    with pytest.raises(ConfigError, match="columns path and group"):
        open_clips(str(tmp_path), groups="groups.tsv")
    with pytest.raises(ConfigError, match="no such file"):
        open_clips(str(tmp_path), groups="grups.tsv")


def test_links_are_followed_and_circles_end(tmp_path):
    fill(tmp_path / "elsewhere", ["1.gif"])
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data/a/round").symlink_to(tmp_path / "data")
    assert [clip.id for clip in open_clips(str(tmp_path / "data")).clips] == ["a/1.gif"]


@pytest.mark.real
def test_the_real_animations_are_read_with_their_groups(real_data):
    found = open_clips(
        f"{real_data / 'animated'}?taxonomy=kinetics-600&groups=GROUPS.tsv&check=probe"
    )
    assert (len(found.clips), len(found.classes)) == (71, 29)
    assert sum(bool(clip.group) for clip in found.clips) == 11
    assert [problem.item for problem in found.problems] == ["_no-k600-class"]
