"""Text and numbers of strangers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.collect import text


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("<b>Tom</b> &amp; Jerry", "Tom & Jerry"),
        ("a<script>alert(1)</script>b", "ab"),
        ("<style>p{}</style>x", "x"),
        ("1 < 2", "1 < 2"),
        ("&lt;b&gt; stays text", "<b> stays text"),
        ("line\nbreak\x00\ttab", "line break tab"),
        ("\ud800 half", "half"),
        ("<img src=x onerror=alert(1)>", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_markup_is_taken_out_of_titles(given_, expected):
    assert text.plain(given_) == expected


@given(st.text(max_size=300))
def test_any_text_becomes_one_printable_line(given_):
    for made in (text.plain(given_), text.clean(given_)):
        assert made.isprintable()
        assert "\n" not in made
        made.encode()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "file:///etc/passwd", "ftp://x/a", "//x/a", "http://", "http://[",
        "http://u:p@x/a", "http://x/a b", "http://x/\n", "http://x:0/", "http://x:99999/", "",
        None, 5, "http://x/" + "a" * 5000, "http://x/\ud800",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_none(url):
    assert text.web_url(url) == ""


@pytest.mark.parametrize("url", ["https://x.org/a.gif?b=c#d", "http://127.0.0.1:8000/é.gif"])
def test_a_web_address_is_kept_as_it_is(url):
    assert text.web_url(url) == url


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), ("150000", 150000), (0, 0), (True, None), (-1, None), ("-1", None), (2.5, None),
     ("٣", None), ("9" * 50, None), (2**60, None), (None, None), ([], None)],
)  # fmt: skip
def test_counts_are_whole_numbers_or_none(value, number):
    assert text.count(value) == number


@pytest.mark.parametrize("value", [None, "", True, "a b", "x" * 301, {}, "a\nb", 2.5])
def test_an_id_that_no_catalog_key_can_be_made_of_is_unusable(value):
    with pytest.raises(text.Unusable):
        text.own_id(value)


def test_digging_never_fails():
    assert text.dig({"a": [{"b": 5}]}, "a", 0, "b") == 5
    for path in (["a", 9], ["a", "b"], ["x"], ["a", 0, "b", "c"], [0]):
        assert text.dig({"a": [{"b": 5}]}, *path) is None


def test_digests_are_checked_for_their_length():
    assert text.digest("sha1", "A" * 40) == "sha1:" + "a" * 40
    assert text.digest("sha1", "a" * 39) == ""
    assert text.digest("sha256", "b" * 64) == "sha256:" + "b" * 64
