import json

import numpy as np
import pytest

from anigifs.media.frames import Timing
from anigifs.media.wire import pack, unpack


def pulling(data):
    """A pipe that holds `data`."""
    left = bytearray(data)

    def pull(memory):
        if len(left) < len(memory):
            raise EOFError
        memory[:] = left[: len(memory)]
        del left[: len(memory)]

    return pull


def message(plain):
    text = json.dumps(plain).encode()
    return len(text).to_bytes(8, "little") + text


def there_and_back(value):
    return unpack(pulling(b"".join(pack(value))), 10**6)


def test_records_of_the_media_package_keep_their_class():
    timing = Timing(np.array([1.0, 2.0]), np.array([100.0, 100.0]))

    back = there_and_back([timing])

    assert isinstance(back[0], Timing)
    assert back[0].raw_delays_ms.tolist() == [1, 2]


def test_numbers_of_numpy_become_plain_numbers():
    assert there_and_back((np.int64(3), np.float32(0.5))) == (3, 0.5)


@pytest.mark.parametrize(
    "value", [{1: 2}, {2, 3}, np.array([None]), np.array(["a"]), open, 1j, lambda: 0]
)
def test_what_is_not_plain_data_is_refused_before_it_is_sent(value):
    with pytest.raises(TypeError, match="cannot leave the sandbox"):
        pack(value)


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ({"record": ["os:system", {}]}, "record of 'os'"),
        ({"record": ["anigifs.media.frames:normalise_delays", {}]}, "is no record"),
        ({"record": ["anigifs.media.frames:np", {}]}, "is no record"),
        ({"array": ["|O", [1]]}, "an array of"),
        ({"array": ["<u8", [-1]]}, "an array of"),
        ({"array": ["<u8", [10**9, 10**9]]}, "larger arrays"),
        ({"pickle": "gASVAAAAAAAAAAAu"}, "unknown kind"),
        ({"list": [], "tuple": []}, "unpack"),
        ({"list": 3}, "malformed"),
        ({"array": ["nonsense", [1]]}, "malformed"),
        ({"bytes": 3}, "malformed"),
        ({"record": ["anigifs.media.frames:Timing", {"other": 1}]}, "malformed"),
        ({"record": ["anigifs.media.no_such_module:Timing", {}]}, "malformed"),
    ],
)
def test_a_hostile_message_is_an_error_and_nothing_else(plain, says):
    with pytest.raises(ValueError, match=says):
        unpack(pulling(message(plain)), 10**6)


def test_a_message_that_claims_to_be_huge_is_refused_before_memory_is_taken():
    with pytest.raises(ValueError, match="above"):
        unpack(pulling((2**60).to_bytes(8, "little")), 10**6)
