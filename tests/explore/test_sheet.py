"""Contact sheets show every chosen clip, and say which they could not show."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from anigifs.core.errors import InputError, UnknownName
from anigifs.core.records import ClipSet, Domain
from anigifs.explore.sheet import SheetConfig, contact_sheet
from anigifs.explore.typeset import fit, font
from tests.explore.made import clip_set, flat

RED, BLUE = (200, 10, 10), (10, 10, 200)
CONFIG = SheetConfig(clips=2, frames=3, thumb_px=32)


def count(image, colour):
    return int((np.abs(np.asarray(image).astype(int) - colour).max(-1) <= 4).sum())


def test_frames_of_all_sets_are_on_the_sheet(tmp_path):
    red = clip_set(tmp_path, "reds", [("squat", flat(RED)), ("lunge", flat(RED))])
    blue = clip_set(tmp_path, "blues", [("squat", flat(BLUE))], Domain.REAL_GIF)
    sheet = contact_sheet([red, blue], CONFIG)
    assert count(sheet.image, RED) == 2 * 3 * 32 * 32
    assert count(sheet.image, BLUE) == 1 * 3 * 32 * 32
    assert sheet.problems == ()
    assert Image.open(io.BytesIO(sheet.png())).size == sheet.image.size


def test_only_so_many_clips_and_classes_are_shown(tmp_path):
    many = clip_set(tmp_path, "many", [(name, flat(RED)) for name in "aaabbbccc"])
    sheet = contact_sheet([many], SheetConfig(clips=1, classes=2, frames=2, thumb_px=32))
    assert count(sheet.image, RED) == 2 * 2 * 32 * 32


def test_chosen_classes_are_shown_in_their_order_and_absent_ones_refused(tmp_path):
    two = clip_set(tmp_path, "two", [("a", flat(RED)), ("b", flat(BLUE)), ("c", flat((9, 9, 9)))])
    sheet = contact_sheet([two], CONFIG.model_copy(update={"names": ("b", "a")}))
    rows = [np.abs(np.asarray(sheet.image).astype(int) - c).max(-1) <= 4 for c in (BLUE, RED)]
    assert np.flatnonzero(rows[0])[-1] < np.flatnonzero(rows[1])[0]
    assert count(sheet.image, (9, 9, 9)) == 0
    with pytest.raises(UnknownName, match="'d'"):
        contact_sheet([two], CONFIG.model_copy(update={"names": ("d",)}))


def test_a_broken_clip_is_named_and_the_rest_is_shown(tmp_path):
    clips = clip_set(tmp_path, "some", [("squat", flat(RED)), ("squat", flat(BLUE))])
    clips.clips[0].path.write_bytes(b"GIF89a nonsense")
    sheet = contact_sheet([clips], CONFIG)
    assert [problem.item for problem in sheet.problems] == [str(clips.clips[0].path)]
    assert count(sheet.image, BLUE) == 3 * 32 * 32


def test_person_boxes_are_drawn_on_request(tmp_path):
    clips = clip_set(tmp_path, "boxed", [("squat", flat(BLUE))])
    plain, boxed = (
        contact_sheet([clips], CONFIG.model_copy(update={"boxes": wanted})).image
        for wanted in (False, True)
    )
    assert count(boxed, (255, 64, 64)) > count(plain, (255, 64, 64)) == 0


def test_a_seed_chooses_other_clips(tmp_path):
    colours = [(10 * number, 200, 90) for number in range(20)]
    clips = clip_set(tmp_path, "mixed", [("squat", flat(colour)) for colour in colours])
    images = [
        contact_sheet([clips], CONFIG.model_copy(update={"seed": seed})).image for seed in (1, 1, 2)
    ]
    assert (np.asarray(images[0]) == np.asarray(images[1])).all()
    assert (np.asarray(images[0]) != np.asarray(images[2])).any()


def test_nothing_to_show_is_an_error():
    empty = ClipSet(name="none", classes=("squat",), clips=())
    with pytest.raises(InputError, match="no clip to show"):
        contact_sheet([empty])


def test_clips_without_a_label_have_a_row_too(tmp_path):
    clips = clip_set(tmp_path, "bare", [("", flat(RED))])
    assert count(contact_sheet([replace(clips, classes=())], CONFIG).image, RED) == 3 * 32 * 32


def test_long_names_are_cut_to_the_width_given():
    face = font(12)
    assert fit("short", 500, face) == "short"
    cut = fit("a very long class name indeed", 60, face)
    assert cut.endswith("…")
    assert face.getlength(cut) <= 60


@pytest.mark.real
def test_a_sheet_of_real_animations(real_data):
    from anigifs.datasets import open_clips

    clips = open_clips(f"folder:{real_data / 'animated'}")
    sheet = contact_sheet([clips], SheetConfig(clips=1, classes=5, frames=4, thumb_px=48))
    assert sheet.problems == ()
    assert len(sheet.png(colours=64)) < len(sheet.png())
