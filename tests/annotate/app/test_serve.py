"""The real server in a process: what it says, and what it never says."""

import signal
import socket
import subprocess
import sys

import httpx
import pytest

from anigifs.annotate.app.serve import exposure, serve
from anigifs.catalog import Workspace
from anigifs.core.errors import InputError
from benchmarks.annotate_kill import SERVE


@pytest.mark.parametrize(
    ("host", "name", "warned"),
    [
        ("127.0.0.1", "", False), ("localhost", "", False), ("::1", "", False),
        ("0.0.0.0", "", True), ("192.0.2.7", "", True), ("0.0.0.0", "http://a.example", True),
        ("0.0.0.0", "https://a.example", False),
    ],
)  # fmt: skip
def test_who_can_be_reached_from_elsewhere_is_told_that_tls_belongs_in_front(host, name, warned):
    assert ("TLS" in exposure(host, name)) is warned


def test_a_port_that_is_taken_and_a_name_that_is_none_are_told_plainly(tmp_path):
    Workspace.create(tmp_path / "work").close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="choose another with --port"):
            serve(tmp_path / "work", port=taken.getsockname()[1])
    with pytest.raises(InputError, match="whole address"):
        serve(tmp_path / "work", name="label.example.org")


@pytest.mark.slow
def test_the_server_tells_its_address_never_a_token_and_ends_in_order(tmp_path):
    root = tmp_path / "work"
    with Workspace.create(root) as workspace:
        token = workspace.people.invite("ant")[1]
    command = [sys.executable, "-c", SERVE, str(root)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        home = server.stdout.readline().split(" at ")[1].split()[0]
        assert home.startswith("http://127.0.0.1:")
        for given in (token, "wrong" + token):
            answer = httpx.post(home + "/join", json={"token": given}, headers={"Origin": home})
            assert answer.status_code == (204 if given == token else 403)
            assert "server" not in answer.headers
        httpx.get(f"{home}/join?token={token}")
        server.send_signal(signal.SIGINT)
        said, _ = server.communicate(timeout=60)
    assert server.returncode == 0
    assert token not in said
    assert "Traceback" not in said
    assert "every vote that was acknowledged is in the catalog" in said
