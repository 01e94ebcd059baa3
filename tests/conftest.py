"""Fixtures for all tests: no network but loopback, real data where it is at hand."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # a busy computer is no bug
settings.load_profile("patient")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: `make test &`
    signal.signal(signal.SIGINT, signal.default_int_handler)  # or no program here could be stopped

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("ANIGIFS_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch):
    """A test that opens a socket to anywhere but this computer fails."""
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to connect to {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real GIFs, videos and lists; the test is skipped, aloud, without it."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real test data absent: {REAL_DATA} (set ANIGIFS_TEST_DATA)")
    return REAL_DATA
