"""Cells of CSV files that hold texts of strangers: harmless in a spreadsheet, and reversible.

A spreadsheet takes a cell that begins with =, +, - or @ (or a tab or line end before them) for a
formula. Such a cell gets an apostrophe in front, and so does one that begins with an apostrophe:
taking one leading apostrophe away gives the text back.
"""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


def guarded(text: str) -> str:
    """`text` as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def original(cell: str) -> str:
    """The text that `guarded` made this cell of."""
    return cell.removeprefix("'")


def runs(text: str) -> bool:
    """Whether a spreadsheet could take `text` for a formula."""
    return text.startswith(_FORMULA)
