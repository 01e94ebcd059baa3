"""Progress: a bar on a terminal, lines elsewhere, the items untouched."""

import pytest

from anigifs.core import progress
from anigifs.core.progress import track


@pytest.mark.parametrize("terminal", [False, True])
def test_the_items_come_through_in_order_once(monkeypatch, terminal):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    assert list(track(iter(range(5)), "count")) == [0, 1, 2, 3, 4]
    assert list(track([], "none")) == []


def test_items_are_taken_only_when_asked_for():
    taken = []
    shown = track((taken.append(number) for number in range(9)), "lazy")
    next(shown)
    next(shown)
    assert len(taken) == 2
    shown.close()


def test_lines_tell_label_count_rate_and_time_left(monkeypatch, capsys):
    seconds = iter(range(0, 100, 2))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(seconds)))
    monkeypatch.setattr(progress, "LINE_EVERY_S", 3.0)
    list(track(range(4), "decode"))
    assert capsys.readouterr().err.splitlines() == [
        "decode: 2/4, 0.5/s, 4 s left",
        "decode: 4/4, 0.5/s",
        "decode: 4/4, 0.4/s",
    ]


def test_work_of_unknown_length_has_no_time_left(monkeypatch, capsys):
    seconds = iter(range(0, 100, 20))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(seconds)))
    list(track(iter("ab"), "walk"))
    assert capsys.readouterr().err.splitlines()[0] == "walk: 1, 0.1/s"


def test_quick_work_is_silent(capsys):
    list(track(range(3), "quick"))
    assert capsys.readouterr().err == ""
