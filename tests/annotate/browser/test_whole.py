"""The page, the server and the catalog together: what is pressed is what is kept."""

from benchmarks.annotate_browser import labelled


def test_twelve_items_by_keyboard_alone_leave_in_the_catalog_exactly_what_was_pressed(
    chromium, tmp_path
):
    """With undo, another class, a box, a note, a flag, a skip and a dropped connection."""
    result = labelled(chromium, tmp_path / "workspace", 12)
    assert result["differences"] == []
    assert result["items"] == 12
    assert result["rows_of_keys"] > 12  # something was undone
    assert result["turns"] >= 12
