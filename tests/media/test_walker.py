import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.core.errors import LimitExceeded, MediaError, NotDecodable
from anigifs.media.limits import Limits
from anigifs.media.walker import CLEAR, KEEP, RESTORE, ColourTable, Ending, walk
from tests.media.handmade import PALETTE, TRAILER, control, image, looping, screen

ONE = image([0], (0, 0, 1, 1))


def test_the_facts_of_a_small_animation_are_read_without_unpacking():
    data = screen(3, 2) + looping(7) + control(12, 2, 1) + image([0] * 2, (1, 0, 2, 1)) + TRAILER

    facts = walk(data)

    assert (facts.version, facts.width, facts.height, facts.loops) == ("GIF89a", 3, 2, 7)
    assert (facts.ending, facts.trailing_bytes) == (Ending.TRAILER, 0)
    (only,) = facts.images
    assert (only.left, only.top, only.width, only.height) == (1, 0, 2, 1)
    assert (only.delay_cs, only.disposal, only.transparent) == (12, CLEAR, 1)
    assert only.palette == ColourTable(13, 4)
    assert only.data_end == len(data) - 1


@pytest.mark.parametrize(
    ("written", "read"),
    [(0, KEEP), (1, KEEP), (2, CLEAR), (3, RESTORE), (4, RESTORE), (5, KEEP), (7, KEEP)],
)
def test_reserved_disposals_are_read_as_browsers_do(written, read):
    assert walk(screen(1, 1) + control(1, written) + ONE).images[0].disposal == read


def test_a_control_block_counts_for_one_image_only_and_the_last_one_counts():
    first, second = walk(screen(1, 1) + control(5, 2, 0) + control(9) + ONE + ONE).images

    assert (first.delay_cs, first.disposal, first.transparent) == (9, KEEP, -1)
    assert (second.delay_cs, second.disposal, second.transparent) == (0, KEEP, -1)


def test_an_own_palette_goes_before_the_files_and_none_is_none():
    own = image([0], (0, 0, 1, 1), colours=PALETTE[:2])

    assert walk(screen(1, 1) + own).images[0].palette == ColourTable(13 + 12 + 10, 2)
    assert walk(screen(1, 1, colours=()) + ONE).images[0].palette is None


@pytest.mark.parametrize("name", [b"NETSCAPE2.0", b"ANIMEXTS1.0"])
def test_loop_counts_of_both_extensions_are_read_and_absence_is_not_zero(name):
    assert walk(screen(1, 1) + looping(0, name) + ONE).loops == 0
    assert walk(screen(1, 1) + ONE).loops is None


@pytest.mark.parametrize("length", [0, 3, 10, 12, 255])
def test_a_looping_block_of_another_length_says_nothing_and_is_no_fault(length):
    """Found by fuzzing: its "sub-blocks" lie beyond the block, or beyond the file."""
    odd = b"\x21\xff" + bytes([length]) + looping(0)[3:]

    assert walk(screen(1, 1) + odd).loops is None
    assert walk(screen(1, 1) + odd + ONE + TRAILER + bytes(300)).loops is None


def test_a_file_that_ends_early_keeps_the_images_before_and_the_one_with_data():
    whole = screen(1, 1) + ONE + ONE
    inside_data = walk(whole[:-2])
    before_data = walk(whole + b"," + bytes(9) + b"\x02")

    assert (len(inside_data.images), inside_data.ending) == (2, Ending.TRUNCATED)
    assert (len(before_data.images), before_data.ending) == (2, Ending.TRUNCATED)


def test_bytes_behind_the_trailer_and_junk_between_blocks_are_counted():
    assert walk(screen(1, 1) + ONE + TRAILER + b"abc").trailing_bytes == 3
    junk = walk(screen(1, 1) + ONE + b"\0\0" + ONE)
    assert (len(junk.images), junk.ending) == (1, Ending.JUNK)


@pytest.mark.parametrize(
    ("claimed", "box", "canvas"),
    [
        ((0, 0), (1, 3, 2, 1), (3, 4)),
        ((2, 9), (0, 0, 4, 1), (4, 9)),
        ((2, 2), (1, 1, 2, 2), (2, 2)),
    ],
)
def test_only_a_first_image_larger_than_the_canvas_enlarges_it(claimed, box, canvas):
    facts = walk(screen(*claimed) + image([0], box) + image([0], (0, 0, 20, 20)))

    assert (facts.width, facts.height) == canvas


def test_an_image_without_size_covers_the_canvas():
    (only,) = walk(screen(3, 2) + image([0], (1, 1, 0, 5))).images

    assert (only.left, only.top, only.width, only.height) == (0, 0, 3, 2)


@pytest.mark.parametrize("data", [b"", b"GIF", b"\x89PNG\r\n", b"GIF90a" + bytes(7)])
def test_what_is_not_a_gif_is_refused_by_name(data):
    with pytest.raises(NotDecodable, match="not a GIF"):
        walk(data)


def test_a_header_without_its_screen_or_palette_is_not_a_whole_gif():
    for data in (b"GIF89a\1\0", screen(1, 1)[:-1]):
        with pytest.raises(NotDecodable, match="ends before the first image"):
            walk(data)


@pytest.mark.parametrize(
    ("limits", "data", "key"),
    [
        (Limits(max_bytes=20), screen(1, 1) + ONE, "max_bytes"),
        (Limits(max_side_px=9), screen(10, 1), "max_side_px"),
        (Limits(max_canvas_px=9), screen(5, 2), "max_canvas_px"),
        (Limits(max_canvas_px=9), screen(1, 1) + image([0], (0, 0, 5, 2)), "max_canvas_px"),
        (Limits(max_canvas_px=9), screen(1, 1) + ONE + image([0], (0, 0, 5, 2)), "max_canvas_px"),
        (Limits(max_frames=1), screen(1, 1) + ONE + ONE, "max_frames"),
        (Limits(max_total_px=9), screen(5, 1) + ONE + ONE, "max_total_px"),
        (Limits(max_duration_s=1), screen(1, 1) + control(101) + ONE, "max_duration_s"),
    ],
)
def test_each_limit_is_enforced_and_names_its_key(limits, data, key):
    with pytest.raises(LimitExceeded, match=f"raise `{key}`"):
        walk(data, limits)


def test_a_tiny_file_that_claims_the_largest_canvas_is_refused_at_once():
    with pytest.raises(LimitExceeded, match=r"4,294,836,225"):
        walk(screen(65535, 65535) + ONE + TRAILER)


@given(st.binary(max_size=300))
def test_any_bytes_behind_a_header_give_facts_or_a_media_error(tail):
    try:
        facts = walk(b"GIF89a" + tail)
    except MediaError:
        return
    assert all(13 <= i.data_at <= i.data_end <= len(tail) + 6 for i in facts.images)
