"""Files are whole or absent."""

import hashlib
import json
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.core import files


def test_what_is_written_is_there_and_nothing_else(tmp_path):
    path = tmp_path / "deep" / "er" / "a.txt"
    files.write_text(path, "é\n")
    assert path.read_bytes() == b"\xc3\xa9\n"
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_failure_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "a.txt"
    files.write_text(path, "old")
    with pytest.raises(RuntimeError), files.atomic(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_new_file_is_invisible_until_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    with files.atomic(path) as part:
        part.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"


@given(st.dictionaries(st.text(), st.integers() | st.text()))
def test_the_same_value_is_the_same_json_whatever_the_order(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "v.json"
    backwards = dict(reversed(value.items()))
    files.write_json(path, value)
    first = path.read_bytes()
    files.write_json(path, backwards)
    assert path.read_bytes() == first
    assert json.loads(first) == value


def test_sha256_is_that_of_the_standard(tmp_path):
    """The SHA-256 of "abc" is an example of FIPS 180-4."""
    (tmp_path / "abc").write_bytes(b"abc")
    assert files.sha256(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    big = bytes(range(256)) * 5000
    (tmp_path / "big").write_bytes(big)
    assert files.sha256(tmp_path / "big") == hashlib.sha256(big).hexdigest()


WRITER = """
import sys
from pathlib import Path
from anigifs.core import files
print("ready", flush=True)
for number in range(10**6):
    files.write_bytes(Path(sys.argv[1]), bytes([number % 256]) * 1_000_000)
"""


def test_killed_while_writing_it_leaves_a_whole_file(tmp_path):
    path = tmp_path / "a.bin"
    for wait_s in (0.02, 0.05, 0.11):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
        ) as process:
            process.stdout.readline()
            time.sleep(wait_s)
            process.send_signal(signal.SIGKILL)
        if path.exists():
            data = path.read_bytes()
            assert len(data) == 1_000_000
            assert len(set(data)) == 1
    assert path.exists()
