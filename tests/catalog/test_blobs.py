"""Blobs: whole or absent, under their own name."""

import errno
import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.catalog import DISK_FULL, OK, BlobStore, Outcome, Then, WorkspaceFault
from anigifs.core.errors import InputError, IntegrityError
from tests.catalog.test_workspace import workspace  # noqa: F401


@given(st.binary(max_size=300))
def test_bytes_come_back_under_their_sha256(tmp_path_factory, data):
    store = BlobStore(tmp_path_factory.mktemp("blobs"))
    name = store.put(data)
    assert name == hashlib.sha256(data).hexdigest()
    assert store.put(data) == name
    assert store.read(name) == data
    assert list(store) == [name]
    assert name in store
    assert list(store.incoming.iterdir()) == []


def test_a_changed_or_missing_blob_is_told(tmp_path):
    store = BlobStore(tmp_path)
    name = store.put(b"abc")
    store.path(name).chmod(0o644)
    store.path(name).write_bytes(b"abd")
    with pytest.raises(IntegrityError, match="changed on disk"):
        store.read(name)
    store.path(name).unlink()
    with pytest.raises(IntegrityError, match="missing"):
        store.read(name)
    assert store.absent([name]) == [name]


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "/"])
def test_a_name_that_is_no_sha256_never_becomes_a_path(tmp_path, name):
    with pytest.raises(InputError, match="64 lower-case hex digits"):
        BlobStore(tmp_path).path(name)


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    store = BlobStore(tmp_path)
    kept = store.put(b"before")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkspaceFault, match="full; free some space") as fault:
        store.put_all([b"one", b"two"])
    assert fault.value.reason == DISK_FULL
    assert list(store) == [kept]
    assert list(store.incoming.iterdir()) == []


def test_what_a_killed_run_left_is_swept(tmp_path):
    store = BlobStore(tmp_path)
    name = store.put(b"abc")
    (store.incoming / "half").write_bytes(b"a")
    assert store.sweep(0.0) == 0, "too young"
    assert store.sweep(float("inf")) == 1
    assert list(store) == [name]


def test_a_row_without_its_bytes_is_refused(workspace):  # noqa: F811
    with pytest.raises(InputError, match="put the bytes before the row"):
        workspace.fetches.record(
            [Outcome(url="http://a.test", reason=OK, then=Then.DONE, sha256="0" * 64)]
        )
    assert workspace.fetches.of("http://a.test") == []
