"""What a stranger may ask for: tries, and bodies."""

import json

import pytest

from anigifs.annotate.app.limits import (
    MOST_ADDRESSES,
    MOST_DEPTH,
    TRIES,
    TRIES_IN_ALL,
    WINDOW_S,
    Tries,
    parse,
)
from anigifs.annotate.app.refusal import Refused


class Clock:
    now_s = 100.0

    def __call__(self):
        return self.now_s


def test_an_address_has_so_many_wrong_tries_in_a_minute_and_others_are_not_held_up():
    clock = Clock()
    tries = Tries(clock)
    for _ in range(TRIES):
        assert tries.allowed("192.0.2.1")
        tries.failed("192.0.2.1")
    assert not tries.allowed("192.0.2.1")
    assert tries.allowed("192.0.2.2")
    clock.now_s += WINDOW_S - 1
    assert tries.wait_s() == 1
    clock.now_s += 1
    assert tries.allowed("192.0.2.1")


def test_everybody_together_has_a_limit_too():
    tries = Tries(Clock())
    for number in range(TRIES_IN_ALL):
        tries.failed(f"192.0.{number // 200}.{number % 200}")
    assert not tries.allowed("203.0.113.9")


def test_a_subscriber_with_a_whole_ipv6_network_is_one_address():
    tries = Tries(Clock())
    for number in range(TRIES):
        tries.failed(f"2001:db8:0:1::{number:x}")
    assert not tries.allowed("2001:db8:0:1:ffff::1")
    assert tries.allowed("2001:db8:0:2::1")


def test_the_memory_of_tries_is_bounded(monkeypatch):
    tries = Tries(Clock())
    for number in range(MOST_ADDRESSES + 50):
        tries.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(tries._counts) == MOST_ADDRESSES


def nested(depth):
    return {} if depth == 1 else {"a": nested(depth - 1)}


def test_json_is_accepted_up_to_a_depth():
    assert parse(json.dumps(nested(MOST_DEPTH)).encode()) == nested(MOST_DEPTH)
    with pytest.raises(Refused, match="deep"):
        parse(json.dumps(nested(MOST_DEPTH + 1)).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"[]", b'"text"', b"null", b"1", b'{"a": NaN}', b'{"a": Infinity}',
        b'{"a": "\\ud800"}', b'{"a": "\\u0000"}', b'{"\\u0007": 1}', b"[" * 100_000,
        b'{"a":' * 100_000, b'{"a": ' + b"9" * 5000 + b"}", b"\xef\xbb\xbf{}",
    ],
)  # fmt: skip
def test_what_is_no_plain_object_is_refused_in_a_sentence(body):
    with pytest.raises(Refused) as told:
        parse(body)
    assert told.value.status == 422
    assert told.value.why.endswith(".")


def test_texts_of_any_language_and_line_ends_pass():
    assert parse('{"note": "жест\\n\\t手を叩く 👏"}'.encode()) == {"note": "жест\n\t手を叩く 👏"}
