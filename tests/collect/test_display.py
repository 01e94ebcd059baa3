"""How a job looks."""

import io
from collections import Counter

from rich.console import Console

from anigifs.collect.display import plain_line, summary, table
from anigifs.collect.tally import Row, Tally


def tally():
    rows = {
        "openverse": Row(done=12, asked=45, found=1240, fetched=180, failed=4, waiting=38),
        "giphy": Row(done=1, asked=45, found=50, listed=50),
    }
    made = Tally(rows, Counter(gone=3, stalled=1), Counter({"host-waits": 2}), to_do=860)
    made.bytes, made.started_s = 12_300_000, made.started_s - 60
    return made


def drawn(width):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(table(tally()))
    return console.file.getvalue()


def test_each_provider_has_a_line_and_the_sum_stands_below():
    lines = [line.split() for line in drawn(100).splitlines() if line.strip()]
    assert lines[0] == ["queries", "found", "fetched", "failed", "waiting"]
    assert lines[1] == ["giphy", "1/45", "50", "ids", "only", "0", "0"]
    assert lines[2] == ["openverse", "12/45", "1,240", "180", "4", "38"]
    assert lines[3] == ["all", "13/90", "1,290", "180", "4", "38"]


def test_it_fits_a_small_terminal():
    assert all(len(line) <= 80 for line in drawn(80).splitlines())
    assert "860 to fetch" in drawn(80)


def test_the_plain_line_says_the_same_in_one_line():
    line = plain_line(tally())
    assert "\n" not in line
    for part in ("13/90 queries", "180 fetched", "38 waiting", "12.3 MB", "860 to fetch", "left"):
        assert part in line


def test_the_last_word_names_the_reasons_and_the_remedy():
    told = summary(tally())
    assert "gone 3, stalled 1" in told
    assert "--retry stalled" in told
    assert "host-waits 2" in told
    assert "50 items are listed by id only" in told
    assert summary(Tally()) == ""


def test_waiting_requests_are_shared_by_those_who_ask_the_host():
    made = tally()
    with (
        made.opened("openverse", "http://a/x"),
        made.opened("openverse", "http://a/y"),
        made.opened("giphy", "http://b/z"),
    ):
        made.share_waiting({"a": 5, "b": 1}.__getitem__)
        assert (made.row("openverse").waiting, made.row("giphy").waiting) == (2, 1)
    made.share_waiting({"a": 0, "b": 0}.__getitem__)
    assert made.total.waiting == 0
